"""What every part of the running PaaS manager can reach: `app.state.paas`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nai.catalogue.applications import PaasUser
    from nai.core.bus import Bus
    from nai.core.cipher import Cipher
    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.core.logins import Logins
    from nai.nfvo.client import NfvoClient
    from nai.paas.engines.protocol import Engine
    from nai.paas.settings import PaasSettings
    from nai.vnfm.media_server.client import MediaServerClient


class Usage(Protocol):
    """What the applications need."""

    async def has_applications(self, project_id: str) -> bool:
        """Whether a project has any."""
        ...


class NothingRuns:
    """There is no application."""

    async def has_applications(self, project_id: str) -> bool:
        """Say no."""
        return False


@dataclass
class Paas:
    """The parts of the running PaaS manager.

    Attributes:
        settings: What it was told.
        database: Its own.
        bus: RabbitMQ, through which the orchestrator tells what happens.
        clock: Tells the time.
        cipher: For secrets at rest.
        engine: Builds and runs containers.
        nfvo: The orchestrator, in the project of the settings.
        media_servers: The media servers' manager.
        logins: Of the users.
        usage: What the applications need; they put themselves here when they run.
    """

    settings: PaasSettings
    database: Database
    bus: Bus
    clock: Clock
    cipher: Cipher
    engine: Engine
    nfvo: NfvoClient
    media_servers: MediaServerClient
    logins: Logins[PaasUser]
    usage: Usage = field(default_factory=NothingRuns)
