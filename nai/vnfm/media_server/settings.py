"""Settings of the media-server VNFM; the defaults are those of the wire contract 2.2 to 2.4."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.heartbeat.rules import HeartbeatRules
from nai.vnfm.media_server.lifecycle.settings import InstanceSettings
from nai.vnfm.media_server.model import MediaServerStatus
from nai.vnfm.media_server.pools import PREFERENCE
from nai.vnfm.media_server.state import IDLE_POOL_SIZE
from nai.vnfm.sdk.settings import VnfmSettings


class PlacementSettings(BaseModel):
    """Placement and pools.

    Attributes:
        preference: Pools in the order in which a placement looks into them; `[IDLE, ACTIVE, RELEASE]` spreads.
        idle_pool_size: Servers of a VNFR that stay IDLE before emptied ones wait in RELEASE to be scaled in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

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


class MediaServerSettings(VnfmSettings):
    """All settings of the service.

    Attributes:
        type: Name of this kind of VNFM; VNFDs say it as their `endpoint`.
        endpoint: Name it registers with.
        allocate_by_nfvo: This VNFM makes its instances itself (seed 2.3.7.1).
        listen_port: The original's port.
        placement: Placement and pools.
        heartbeat: When an application is given up.
        sessions: Who knows sessions.
        history_length: Samples of number and load that are kept, one each 5 s: two hours.
        autoscaling: Elasticity.
        instances: How instances are made.
    """

    type: str = "media-server"
    endpoint: str = "media-server-endpoint"
    allocate_by_nfvo: bool = False
    listen_port: int = Field(default=9000, ge=1, le=65535)
    placement: PlacementSettings = PlacementSettings()
    heartbeat: HeartbeatRules = HeartbeatRules()
    sessions: SessionSettings = SessionSettings()
    history_length: int = Field(default=1440, ge=1, le=100_000)
    autoscaling: AutoscalingSettings = AutoscalingSettings()
    instances: InstanceSettings = InstanceSettings()
