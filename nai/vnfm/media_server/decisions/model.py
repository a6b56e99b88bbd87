"""A decision of the autoscaling engine, as it is recorded and as the REST API shows it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from nai.core.identifiers import new_id
from nai.vnfm.media_server.autoscaling.decision import Outcome, Verdict
from nai.vnfm.media_server.autoscaling.evaluation import Evaluation
from nai.vnfm.media_server.autoscaling.fleet import Fleet
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingType


class DecisionState(StrEnum):
    """Where a decision stands; HELD ones were never to be carried out."""

    HELD = "HELD"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class _Document(BaseModel):
    """Names on the wire in camel case, as everything of this VNFM."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class AlarmSeen(_Document):
    """One alarm and what it saw; `measured` and `fired` are null when nothing could be read."""

    metric: str
    statistic: str
    comparison_operator: str
    threshold: float
    weight: float
    measured: float | None
    fired: bool | None


class FleetSeen(_Document):
    """The media servers at the moment of the decision."""

    instances: int
    maximum: int
    idle: int
    used_points: dict[str, float] = Field(default_factory=dict)


class Decision(_Document):
    """What a fired policy saw, what was decided and what became of it.

    `value` is the policy's value in percent (`value_high` differs when an alarm could not be read). A hold that
    repeats itself period after period is one decision with `repeats` and `last_at`.
    """

    id: str = Field(default_factory=new_id)
    vnfr_id: str
    policy: str
    type: ScalingType
    direction: Direction
    value: float
    value_high: float
    comparison_operator: str
    threshold: float
    alarms: list[AlarmSeen]
    fleet: FleetSeen
    outcome: Outcome
    reason: str
    count: int = 0
    share: dict[str, int] = Field(default_factory=dict)
    at: datetime
    last_at: datetime
    repeats: int = 1
    state: DecisionState = DecisionState.HELD
    detection_ms: float = 0
    decision_ms: float = 0
    execution_ms: float | None = None
    scaled: int | None = None
    servers: list[str] = Field(default_factory=list)
    cooldown_seconds: float = 0
    error: str | None = None
    finished_at: datetime | None = None


def describe(vnfr_id: str, evaluation: Evaluation, verdict: Verdict, fleet: Fleet, at: datetime) -> Decision:
    """Writes down a verdict and all that led to it.

    Args:
        vnfr_id: The VNFR.
        evaluation: The policy's evaluation.
        verdict: What was decided.
        fleet: What the VNFR had.
        at: When.

    Returns:
        The decision: RUNNING if the verdict scales, else HELD.
    """
    policy = evaluation.policy
    return Decision(
        vnfr_id=vnfr_id,
        policy=policy.name,
        type=policy.type,
        direction=policy.direction,
        value=evaluation.low,
        value_high=evaluation.high,
        comparison_operator=policy.comparison,
        threshold=policy.threshold,
        alarms=[
            AlarmSeen(
                metric=reading.alarm.metric,
                statistic=reading.alarm.statistic,
                comparison_operator=reading.alarm.comparison,
                threshold=reading.alarm.threshold,
                weight=reading.alarm.weight,
                measured=reading.measured,
                fired=reading.fired,
            )
            for reading in evaluation.readings
        ],
        fleet=FleetSeen(
            instances=fleet.instances,
            maximum=sum(unit.maximum for unit in fleet.units),
            idle=sum(unit.idle for unit in fleet.units),
            used_points=dict(fleet.used),
        ),
        outcome=verdict.outcome,
        reason=verdict.reason,
        count=verdict.count,
        share=dict(verdict.share),
        at=at,
        last_at=at,
        state=DecisionState.RUNNING if verdict.outcome.scales else DecisionState.HELD,
        cooldown_seconds=policy.cooldown,
    )
