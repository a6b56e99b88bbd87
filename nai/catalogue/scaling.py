"""When and how a function is scaled: policies, their alarms and actions (seed 2.3.5)."""

from __future__ import annotations

from enum import StrEnum

from nai.core.wire import WireModel, wire


class ScalingMode(StrEnum):
    """When a policy acts: after the fact, ahead of it, or on a forecast."""

    REACTIVE = "REACTIVE"
    PROACTIVE = "PROACTIVE"
    PREDICTIVE = "PREDICTIVE"


class ScalingType(StrEnum):
    """How the alarms of a policy are put together."""

    SINGLE = "SINGLE"
    VOTED = "VOTED"
    WEIGHTED = "WEIGHTED"


class ScalingActionType(StrEnum):
    """What a policy does once it fires: by so many instances, to so many, or to a flavour."""

    SCALE_OUT = "SCALE_OUT"
    SCALE_OUT_TO = "SCALE_OUT_TO"
    SCALE_OUT_TO_FLAVOUR = "SCALE_OUT_TO_FLAVOUR"
    SCALE_IN = "SCALE_IN"
    SCALE_IN_TO = "SCALE_IN_TO"
    SCALE_IN_TO_FLAVOUR = "SCALE_IN_TO_FLAVOUR"


class ScalingAlarm(WireModel):
    """One condition on one metric, with its weight among the alarms of the policy."""

    id: str | None = None
    version: int = 0
    metric: str | None = None
    statistic: str | None = None
    comparison_operator: str | None = wire("comparisonOperator")
    threshold: float = 0.0
    weight: float = 0.0


class ScalingAction(WireModel):
    """What to do; `value` is a number of instances, or a flavour."""

    id: str | None = None
    version: int = 0
    type: ScalingActionType | None = None
    value: str | None = None
    target: str | None = None


class AutoScalePolicy(WireModel):
    """A rule of automatic scaling.

    `threshold` is the share of alarms (in percent, by number or by weight as `type` says) that has to be raised;
    `period` and `cooldown` are seconds.
    """

    id: str | None = None
    version: int = 0
    name: str | None = None
    threshold: float = 0.0
    comparison_operator: str | None = wire("comparisonOperator")
    period: int = 0
    cooldown: int = 0
    mode: ScalingMode | None = None
    type: ScalingType | None = None
    alarms: list[ScalingAlarm] = []
    actions: list[ScalingAction] = []
