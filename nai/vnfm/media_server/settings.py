"""Settings of the media-server VNFM; the defaults are those of the wire contract 2.2 to 2.4."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from nai.core.settings import ServiceSettings
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.heartbeat.rules import HeartbeatRules
from nai.vnfm.media_server.model import MediaServerStatus
from nai.vnfm.media_server.pools import PREFERENCE
from nai.vnfm.media_server.state import IDLE_POOL_SIZE


class PlacementSettings(BaseModel):
    """Placement and pools.

    Attributes:
        points_per_vcpu: Points that a media server carries for each virtual CPU of its flavour.
        preference: Pools in the order in which a placement looks into them; `[IDLE, ACTIVE, RELEASE]` spreads.
        idle_pool_size: Servers of a VNFR that stay IDLE before emptied ones wait in RELEASE to be scaled in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points_per_vcpu: int = Field(default=100, ge=1)
    preference: tuple[MediaServerStatus, ...] = PREFERENCE
    idle_pool_size: int = Field(default=IDLE_POOL_SIZE, ge=0)


class SessionSettings(BaseModel):
    """Who is asked for the sessions of an application without heartbeat.

    Attributes:
        monitor: `kurento` asks the media server for its pipelines; `none` leaves it to time alone, as the original did.
        url: Where a media server answers; `{ip}` stands for its address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    monitor: Literal["kurento", "none"] = "kurento"
    url: str = "ws://{ip}:8888/kurento"


class MediaServerSettings(ServiceSettings):
    """All settings of the service.

    Attributes:
        listen_port: The original's port.
        placement: Placement and pools.
        heartbeat: When an application is given up.
        sessions: Who knows sessions.
        history_length: Samples of number and load that are kept, one each 5 s: two hours.
        autoscaling: Elasticity.
    """

    listen_port: int = Field(default=9000, ge=1, le=65535)
    placement: PlacementSettings = PlacementSettings()
    heartbeat: HeartbeatRules = HeartbeatRules()
    sessions: SessionSettings = SessionSettings()
    history_length: int = Field(default=1440, ge=1, le=100_000)
    autoscaling: AutoscalingSettings = AutoscalingSettings()
