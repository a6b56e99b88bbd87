"""An autoscaling policy, read and checked once so that evaluating it costs nothing but comparisons.

Source of the fields: `AutoScalePolicy`, `ScalingAlarm` and `ScalingAction` of the wire contract 6.3.
"""

from dataclasses import dataclass
from enum import StrEnum


class ScalingType(StrEnum):
    """How the fired alarms of a policy become its value, in percent."""

    SINGLE = "SINGLE"
    VOTED = "VOTED"
    WEIGHTED = "WEIGHTED"


class Direction(StrEnum):
    """Whether a policy adds or removes instances."""

    OUT = "OUT"
    IN = "IN"


class ActionType(StrEnum):
    """What a fired policy does; the two `…_TO_FLAVOUR` actions are refused, see `policy_reader`."""

    SCALE_OUT = "SCALE_OUT"
    SCALE_OUT_TO = "SCALE_OUT_TO"
    SCALE_IN = "SCALE_IN"
    SCALE_IN_TO = "SCALE_IN_TO"

    @property
    def direction(self) -> Direction:
        """Whether it adds or removes instances."""
        return Direction.OUT if self in (ActionType.SCALE_OUT, ActionType.SCALE_OUT_TO) else Direction.IN


@dataclass(frozen=True, slots=True)
class Alarm:
    """A comparison of one metric, over all instances of the VNFR, with a threshold."""

    metric: str
    statistic: str
    comparison: str
    threshold: float
    weight: float


@dataclass(frozen=True, slots=True)
class ScalingAction:
    """How many instances there shall be more or less, or in all (`…_TO`)."""

    type: ActionType
    value: int
    target: str | None = None

    def wanted(self, instances: int) -> int:
        """Gives the number of instances that this action asks for.

        Args:
            instances: How many there are now.

        Returns:
            How many there should be, before minimum and maximum are looked at. Never less than now for an action
            outwards and never more than now for one inwards: `SCALE_OUT_TO 3` with five instances changes nothing.
        """
        match self.type:
            case ActionType.SCALE_OUT:
                return instances + self.value
            case ActionType.SCALE_IN:
                return instances - self.value
            case ActionType.SCALE_OUT_TO:
                return max(instances, self.value)
            case ActionType.SCALE_IN_TO:
                return min(instances, self.value)


@dataclass(frozen=True, slots=True)
class ScalingPolicy:
    """A policy as the engine uses it; `period` and `cooldown` in seconds, `threshold` in percent."""

    name: str
    threshold: float
    comparison: str
    period: float
    cooldown: float
    type: ScalingType
    alarms: tuple[Alarm, ...]
    actions: tuple[ScalingAction, ...]

    @property
    def direction(self) -> Direction:
        """Whether it adds or removes instances; all actions of a policy go the same way."""
        return self.actions[0].type.direction

    @property
    def target(self) -> str | None:
        """The VDU (name or id) that the policy is about, None for any."""
        return next((action.target for action in self.actions if action.target), None)

    @property
    def metrics(self) -> frozenset[str]:
        """The names of all metrics that its alarms look at."""
        return frozenset(alarm.metric for alarm in self.alarms)

    def wanted(self, instances: int) -> int:
        """Applies all actions, one after the other, to the number of instances there are."""
        for action in self.actions:
            instances = action.wanted(instances)
        return instances
