"""The question of a dry run and its answer, as the REST API has them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from nai.vnfm.media_server.autoscaling.decision import Outcome


class _Document(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class DryRunRequest(_Document):
    """What would these policies have done between two times?

    Attributes:
        policies: As on the wire (`auto_scale_policy`); the VNFR's own when left out.
        since: Begin; the oldest recorded sample when left out.
        until: End; now when left out.
        maximum: `scale_in_out`; the VNFR's own when left out.
        minimum: How many media servers have to stay.
    """

    policies: list[dict[str, Any]] | None = Field(default=None, max_length=100)
    since: datetime | None = None
    until: datetime | None = None
    maximum: int | None = Field(default=None, ge=1, le=10_000)
    minimum: int = Field(default=1, ge=1, le=10_000)


class DryRunStep(_Document):
    """One moment at which a policy fired, and what would have come of it."""

    at: datetime
    policy: str
    value: float
    load: float
    instances: int
    outcome: Outcome
    count: int
    reason: str


class DryRunSample(_Document):
    """Recorded and simulated numbers at one moment; a load is the mean of the used points."""

    at: datetime
    recorded_instances: int
    recorded_load: float
    instances: int
    load: float


class DryRunResult(_Document):
    """What the policies would have done.

    Attributes:
        since: Time of the first sample used.
        until: Time of the last one.
        steps: Every moment at which a policy fired; a hold that goes on is told once.
        samples: Recorded beside simulated, thinned out to at most some hundreds.
        scale_outs: Number of instances added.
        scale_ins: Number of instances removed.
        instance_seconds: Seconds that all instances together would have run.
        recorded_instance_seconds: Seconds that they ran.
        highest_load: The highest mean load that would have been reached.
        notes: What the answer rests on.
    """

    since: datetime | None
    until: datetime | None
    steps: list[DryRunStep]
    samples: list[DryRunSample]
    scale_outs: int
    scale_ins: int
    instance_seconds: float
    recorded_instance_seconds: float
    highest_load: float
    notes: list[str]
