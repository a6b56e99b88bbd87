"""Bringing the marketplace up, and down again.

A database that is away when the service starts is waited for: the service lives, answers 503 and is not ready until it
is there. The PaaS manager may be away: who is not logged in does not notice.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.service import ready_when
from nai.marketplace.context import Market
from nai.marketplace.people import People
from nai.marketplace.samples import put_in_samples

if TYPE_CHECKING:
    import httpx
    from fastapi import FastAPI

    from nai.core.clock import Clock
    from nai.marketplace.settings import MarketplaceSettings

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


@dataclass(frozen=True)
class Parts:
    """What the service is put together from; tests put in others.

    Attributes:
        clock: Tells the time.
        paas: How requests to the PaaS manager are sent; None: over the network.
    """

    clock: Clock = field(default_factory=SystemClock)
    paas: httpx.AsyncBaseTransport | None = None


class BringingUp:
    """One run of the service."""

    def __init__(self, app: FastAPI, settings: MarketplaceSettings, parts: Parts) -> None:
        """Prepare; nothing is connected yet."""
        self._app = app
        self._settings = settings
        self._parts = parts
        self._database = Database(settings.database_url.get_secret_value())
        self._people: People | None = None
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Bring the service up, or begin to wait for its database.

        Raises:
            OSError: The PaaS manager's certificates cannot be read.
        """
        self._app.state.market = None
        if self._settings.paas is not None:
            self._people = People(self._settings.paas, self._parts.clock, self._parts.paas)
        ready_when(self._app, database=self._database.check)
        if not await self._attempt():
            self._task = asyncio.create_task(self._keep_trying(), name="bringing-up")

    async def end(self) -> None:
        """Bring the service down."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._app.state.market = None
        if self._people is not None:
            await self._people.close()
        await self._database.dispose()

    async def _keep_trying(self) -> None:
        while True:
            await self._parts.clock.sleep(RETRY_SECONDS)
            if await self._attempt():
                return

    async def _attempt(self) -> bool:
        clock = self._parts.clock
        try:
            if self._settings.samples:
                await put_in_samples(self._database, clock)
            await self._database.check()
        except (SQLAlchemyError, OSError) as error:
            # Only the driver's own words: SQLAlchemy adds the statement, and a URL has the password in it.
            log.warning("not up yet: %s", getattr(error, "orig", None) or error)
            return False
        self._app.state.market = Market(self._settings, self._database, clock, self._people)
        log.info("the marketplace is up")
        return True
