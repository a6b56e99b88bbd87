"""What every part of the running orchestrator can reach: `app.state.nfvo`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from nai.nfvo.identity.logins import open_logins

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.catalogue import EventEndpoint, User, VimInstance, VnfmManagerEndpoint
    from nai.core.bus import Bus
    from nai.core.cipher import Cipher
    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.core.logins import Logins
    from nai.nfvo.settings import NfvoSettings
    from nai.vim.driver import VimDriver


class Usage(Protocol):
    """Who of the running services needs what."""

    async def uses_vim(self, name: str) -> bool:
        """Say whether a running service has instances in the infrastructure."""
        ...

    async def uses_descriptor(self, descriptor_id: str) -> bool:
        """Say whether a running service was made of the descriptor."""
        ...


class Subscriptions(Protocol):
    """Who wants to know what happens."""

    async def subscribe(self, endpoint: EventEndpoint) -> EventEndpoint:
        """Take a subscriber in; the same one twice is the existing one."""
        ...

    async def unsubscribe(self, endpoint_id: str, project_id: str | None = None) -> None:
        """Forget a subscriber."""
        ...


class ManagerRegistry(Protocol):
    """The VNF managers."""

    async def unregister(self, endpoint: VnfmManagerEndpoint) -> None:
        """Forget a manager."""
        ...


class NothingRuns:
    """Nobody needs anything: no service was ever started."""

    async def uses_vim(self, name: str) -> bool:
        """Say no."""
        return False

    async def uses_descriptor(self, descriptor_id: str) -> bool:
        """Say no."""
        return False


@dataclass
class Nfvo:
    """The parts of the running orchestrator."""

    settings: NfvoSettings
    database: Database
    bus: Bus
    clock: Clock
    cipher: Cipher
    open_driver: Callable[[VimInstance], VimDriver]
    usage: Usage = field(default_factory=NothingRuns)
    events: Subscriptions = field(init=False)
    managers: ManagerRegistry = field(init=False)
    logins: Logins[User] = field(init=False)

    def __post_init__(self) -> None:
        """Open the log-ins."""
        self.logins = open_logins(self.database, self.clock, self.settings)
