"""Who asks: the PaaS manager is asked whose a token is."""

from __future__ import annotations

import hashlib
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from nai.catalogue import RoleEnum
from nai.catalogue.applications import PaasUser
from nai.core.errors import UnauthorizedError
from nai.marketplace.errors import PaasAwayError

if TYPE_CHECKING:
    from nai.core.clock import Clock
    from nai.marketplace.settings import PaasManagerSettings

MOST_REMEMBERED = 10_000
LONGEST_TOKEN = 4096


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        id: Of the user at the PaaS manager; empty: nobody is logged in.
        username: The user's name.
        is_administrator: Whether the user administers the PaaS manager.
    """

    id: str = ""
    username: str = ""
    is_administrator: bool = False

    @property
    def is_logged_in(self) -> bool:
        """Whether it is somebody."""
        return bool(self.id)


NOBODY = Caller()


class People:
    """The users of a PaaS manager."""

    def __init__(
        self, settings: PaasManagerSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            settings: Where the PaaS manager is.
            clock: Tells the time.
            transport: How requests are sent; tests put in an application.
        """
        self._client = httpx.AsyncClient(
            base_url=settings.url,
            timeout=settings.request_seconds,
            transport=transport,
            verify=ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else True,
        )
        self._remember_seconds = settings.remember_seconds
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def caller(self, token: str) -> Caller:
        """Whose a token is.

        Raises:
            UnauthorizedError: Nobody's.
            PaasAwayError: The PaaS manager does not tell.
        """
        if len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
            raise UnauthorizedError("That is no token of the PaaS manager")
        # Only the digest is kept: who reads this process's memory by some fault finds no token in it.
        key = hashlib.sha256(token.encode()).digest()
        now = self._clock.monotonic()
        if (known := self._known.get(key)) is not None and now - known[0] < self._remember_seconds:
            return known[1]
        self._known.pop(key, None)
        caller = await self._ask(token)
        self._known[key] = (now, caller)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def _ask(self, token: str) -> Caller:
        try:
            answer = await self._client.get("/api/v1/users/current", headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as error:
            raise PaasAwayError(f"The PaaS manager does not answer: {type(error).__name__}; try again") from error
        if answer.status_code in (401, 403):
            raise UnauthorizedError("The PaaS manager does not know the token, or not any more; log in again")
        try:
            user = PaasUser.from_wire(answer.json()) if answer.is_success else PaasUser()
        except (ValueError, ValidationError):
            user = PaasUser()
        if not user.id or not user.username:
            raise PaasAwayError(f"The PaaS manager does not tell whose the token is: HTTP {answer.status_code}")
        administers = any(role.role is RoleEnum.ADMIN for role in user.roles)
        return Caller(user.id, user.username, administers)
