"""Settings of elasticity, a section of the media-server VNFM's own settings (defaults of the wire contract 2.3)."""

from pydantic import BaseModel, ConfigDict, Field


class TerminationRule(BaseModel):
    """What a media server without points must say, besides, before it may be removed.

    Attributes:
        activate: Whether it is asked.
        metric: Name of the metric at the monitor.
        value: The text that the monitor has to answer, compared as text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = False
    metric: str = "pipelines"
    value: str = "0.0"


class PoolSettings(BaseModel):
    """The warm pool: instances that run and serve nobody yet.

    Attributes:
        activate: Whether there is one.
        size: Warm instances per VDU.
        period: Seconds between two checks.
        launches_per_round: How many instances one check may start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = False
    size: int = Field(default=1, ge=0, le=1000)
    period: float = Field(default=30, ge=1)
    launches_per_round: int = Field(default=5, ge=1)


class AutoscalingSettings(BaseModel):
    """Elasticity of the media servers.

    Attributes:
        activate: Whether policies are run at all.
        monitor_url: Where metrics other than `CONSUMED_CAPACITY` are read: `<url>/monitor/<host name>/<metric>`.
        monitor_timeout_seconds: How long one reading may take; later it counts as not readable.
        steady_periods: How many evaluations in a row a policy has to fire before it acts.
        hysteresis: Whether a scale-in that a scale-out policy would undo at once is held back.
        decisions_kept: How many decisions are kept per VNFR.
        deactivation_seconds: How long the end of elasticity waits for a running action.
        termination_rule: See there.
        pool: See there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    activate: bool = True
    monitor_url: str = "http://localhost:9000"
    monitor_timeout_seconds: float = Field(default=5, gt=0)
    steady_periods: int = Field(default=1, ge=1)
    hysteresis: bool = True
    decisions_kept: int = Field(default=500, ge=1)
    deactivation_seconds: float = Field(default=60, ge=0)
    termination_rule: TerminationRule = TerminationRule()
    pool: PoolSettings = PoolSettings()
