"""What is done about a policy that fired: a pure function over policies, measures and the fleet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from nai.vnfm.media_server.autoscaling.evaluation import Evaluation, Measures
from nai.vnfm.media_server.autoscaling.fleet import Fleet
from nai.vnfm.media_server.autoscaling.hysteresis import quiet_removals
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingPolicy
from nai.vnfm.media_server.autoscaling.sharing import share_in, share_out


class Outcome(StrEnum):
    """What became of a policy that fired."""

    SCALE_OUT = "SCALE_OUT"
    SCALE_IN = "SCALE_IN"
    NOT_ACTIVE = "NOT_ACTIVE"
    BUSY = "BUSY"
    COOLDOWN = "COOLDOWN"
    OVERRULED = "OVERRULED"
    AT_MAXIMUM = "AT_MAXIMUM"
    AT_MINIMUM = "AT_MINIMUM"
    SATISFIED = "SATISFIED"
    NO_IDLE_SERVER = "NO_IDLE_SERVER"
    HYSTERESIS = "HYSTERESIS"

    @property
    def scales(self) -> bool:
        """Whether instances are added or removed."""
        return self in (Outcome.SCALE_OUT, Outcome.SCALE_IN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one fired policy.

    Attributes:
        outcome: What is done, or why nothing is.
        reason: The same as a sentence with figures.
        count: How many instances are added or removed.
        share: VDU id to its part of `count`.
    """

    outcome: Outcome
    reason: str
    count: int = 0
    share: Mapping[str, int] = field(default_factory=dict)


def decide(
    evaluation: Evaluation, fleet: Fleet, policies: Sequence[ScalingPolicy], measures: Measures, hysteresis: bool = True
) -> Verdict:
    """Decides about a policy that fired, its VNFR being free to act.

    Args:
        evaluation: What fired.
        fleet: What the VNFR has.
        policies: All policies of the VNFR, for the hysteresis.
        measures: What was measured.
        hysteresis: Whether a scale-in that a scale-out policy would undo is held back.

    Returns:
        How many instances are added or removed, or why none.
    """
    if not fleet.active:
        return Verdict(Outcome.NOT_ACTIVE, "The VNFR is not ACTIVE.")
    fleet = fleet.only(evaluation.policy.target)
    if evaluation.policy.direction is Direction.OUT:
        return _decide_out(evaluation.policy, fleet)
    return _decide_in(evaluation.policy, fleet, policies, measures, hysteresis)


def _decide_out(policy: ScalingPolicy, fleet: Fleet) -> Verdict:
    wanted = policy.wanted(fleet.instances) - fleet.instances
    if wanted <= 0:
        return Verdict(Outcome.SATISFIED, f"There are already {fleet.instances} instances.")
    share = share_out(fleet.units, wanted)
    count = sum(share.values())
    maximum = sum(unit.maximum for unit in fleet.units)
    if count == 0:
        return Verdict(Outcome.AT_MAXIMUM, f"There are {fleet.instances} instances, and scale_in_out is {maximum}.")
    less = f" ({wanted} wanted, scale_in_out is {maximum})" if count < wanted else ""
    return Verdict(
        Outcome.SCALE_OUT, f"From {fleet.instances} to {fleet.instances + count} instances{less}.", count, share
    )


def _decide_in(
    policy: ScalingPolicy, fleet: Fleet, policies: Sequence[ScalingPolicy], measures: Measures, hysteresis: bool
) -> Verdict:
    wanted = fleet.instances - policy.wanted(fleet.instances)
    if wanted <= 0:
        return Verdict(Outcome.SATISFIED, f"There are only {fleet.instances} instances.")
    spare = sum(max(0, unit.instances - unit.minimum) for unit in fleet.units)
    if spare == 0:
        return Verdict(Outcome.AT_MINIMUM, f"There are {fleet.instances} instances, none more than have to stay.")
    removable = sum(share_in(fleet.units, wanted).values())
    if removable == 0:
        return Verdict(Outcome.NO_IDLE_SERVER, f"Each of the {fleet.instances} media servers has a session.")
    count = quiet_removals(policies, measures, removable) if hysteresis else removable
    if count == 0:
        return Verdict(
            Outcome.HYSTERESIS, f"With one of the {fleet.instances} media servers less a scale-out policy would fire."
        )
    less = f" ({wanted} wanted)" if count < wanted else ""
    return Verdict(
        Outcome.SCALE_IN,
        f"From {fleet.instances} to {fleet.instances - count} instances{less}.",
        count,
        share_in(fleet.units, count),
    )
