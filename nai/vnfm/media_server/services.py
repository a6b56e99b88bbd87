"""What the running service consists of; handlers find it as `app.state.services`."""

from dataclasses import dataclass
from typing import Any, Protocol

from nai.core.bus import Bus
from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.operations import Operations
from nai.vnfm.media_server.heartbeat import HeartbeatWatch
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.settings import MediaServerSettings


class Elastic(Protocol):
    """What scales, and handles the NFVO's actions: `lifecycle.elasticity.Elasticity`."""

    async def start(self) -> None:
        """Resumes what was interrupted, and begins."""
        ...

    async def stop(self) -> None:
        """Ends; what is under way is resumed by the next start."""
        ...

    async def nfvo_event(self, action: str, body: dict[str, Any]) -> None:
        """Takes an event of the NFVO."""
        ...


@dataclass(frozen=True)
class Services:
    """The parts.

    Attributes:
        settings: What the service was told.
        database: Its database.
        clock: Whose time counts.
        bus: RabbitMQ.
        operations: Persisted operations of the lifecycle; resumed by who registers their steps.
        plane: Media servers and applications.
        history: Their number and load over time.
        watch: Gives up applications that are not heard of.
    """

    settings: MediaServerSettings
    database: Database
    clock: Clock
    bus: Bus
    operations: Operations
    plane: Plane
    history: History
    watch: HeartbeatWatch
