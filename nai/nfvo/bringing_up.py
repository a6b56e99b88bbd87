"""Bringing the orchestrator up, and down again.

A database or broker that is away when the service starts is waited for: the service lives, answers 503 and is not
ready until both are there.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from nai.core.bus import AmqpBus, BusError
from nai.core.cipher import open_cipher
from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.service import ready_when
from nai.nfvo.context import ManagerRegistry, Nfvo, Subscriptions, Usage
from nai.nfvo.drivers import KeptDrivers
from nai.nfvo.identity.startup import ensure_identities
from nai.nfvo.vim_watch import VimWatch
from nai.vim.options import DriverOptions
from nai.vim.registry import open_driver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI

    from nai.catalogue import VimInstance
    from nai.core.bus import Bus
    from nai.core.cipher import Cipher
    from nai.core.clock import Clock
    from nai.nfvo.settings import NfvoSettings
    from nai.vim.driver import VimDriver

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


class Orchestrator(Protocol):
    """The part that looks after running services."""

    @property
    def records(self) -> Usage:
        """Return the running services, which know what they need."""
        ...

    @property
    def events(self) -> Subscriptions:
        """Return who wants to know what happens."""
        ...

    @property
    def managers(self) -> ManagerRegistry:
        """Return the VNF managers."""
        ...

    async def start(self) -> None:
        """Take up its work, and what was left unfinished."""
        ...

    async def stop(self) -> None:
        """Lay its work down; it is taken up at the next start."""
        ...


@dataclass(frozen=True)
class Parts:
    """What the service is put together from; tests put in others."""

    orchestrator_of: Callable[[Nfvo], Orchestrator]
    connect: Callable[[str], Awaitable[Bus]] = AmqpBus.connect
    opening: Callable[[NfvoSettings], Callable[[VimInstance], VimDriver]] = field(
        default=lambda settings: partial(open_driver, options=driver_options(settings))
    )
    clock: Clock = field(default_factory=SystemClock)


def driver_options(settings: NfvoSettings) -> DriverOptions:
    """Return the drivers' options from the settings."""
    return DriverOptions(
        ca_file=settings.vim_ca_file,
        request_timeout_seconds=settings.vim_request_seconds,
        server_timeout_seconds=settings.vim_server_seconds,
        network_range=settings.vim_network_range,
        name_servers=tuple(str(each) for each in settings.vim_name_servers),
    )


class BringingUp:
    """One run of the service."""

    def __init__(self, app: FastAPI, settings: NfvoSettings, parts: Parts) -> None:
        """Prepare; nothing is connected yet."""
        self._app = app
        self._settings = settings
        self._parts = parts
        self._database = Database(settings.database_url.get_secret_value())
        self._cipher: Cipher
        self._bus: Bus | None = None
        self._orchestrator: Orchestrator | None = None
        self._watch: VimWatch | None = None
        self._drivers = KeptDrivers(parts.opening(settings))
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Bring the service up, or begin to wait for what is away.

        Raises:
            CipherError: the encryption key cannot be used.
            OSError: it can be neither read nor made.
        """
        self._cipher = await open_cipher(self._settings.encryption_key, self._settings.encryption_key_file)
        ready_when(self._app, database=self._database.check, bus=self._check_bus)
        if not await self._attempt():
            self._task = asyncio.create_task(self._keep_trying(), name="bringing-up")

    async def end(self) -> None:
        """Bring the service down."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._app.state.nfvo = None
        if self._watch is not None:
            await self._watch.stop()
        if self._orchestrator is not None:
            await self._orchestrator.stop()
        await self._drivers.close()
        if self._bus is not None:
            await self._bus.close()
        await self._database.dispose()

    async def _keep_trying(self) -> None:
        while True:
            await self._parts.clock.sleep(RETRY_SECONDS)
            if await self._attempt():
                return

    async def _attempt(self) -> bool:
        try:
            await self._bring_up()
        except (SQLAlchemyError, BusError, OSError) as error:
            # Only the driver's own words: SQLAlchemy adds the statement, and a URL has the password in it.
            log.warning("not up yet: %s", getattr(error, "orig", None) or error)
            return False
        log.info("the orchestrator is up")
        return True

    async def _bring_up(self) -> None:
        await ensure_identities(self._database, self._settings)
        if self._bus is None:
            self._bus = await self._parts.connect(self._settings.broker_url.get_secret_value())
        nfvo = Nfvo(self._settings, self._database, self._bus, self._parts.clock, self._cipher, self._drivers)
        orchestrator = self._parts.orchestrator_of(nfvo)
        try:
            await orchestrator.start()
        except BaseException:
            # What has begun must not go on beside the next attempt.
            await orchestrator.stop()
            raise
        self._orchestrator = orchestrator
        nfvo.usage, nfvo.events, nfvo.managers = orchestrator.records, orchestrator.events, orchestrator.managers
        self._app.state.orchestrator = orchestrator
        self._app.state.nfvo = nfvo
        if self._settings.vim_active_check:
            self._watch = VimWatch(nfvo)
            self._watch.start()

    async def _check_bus(self) -> None:
        if self._bus is None:
            message = "not connected yet"
            raise BusError(message)
        await self._bus.check()
