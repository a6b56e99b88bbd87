"""Bringing the PaaS manager up, and down again.

A database or broker that is away when the service starts is waited for: the service lives, answers 503 and is not ready
until both are there. The engine, the orchestrator and the media servers' manager may be away: what needs them says so.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from nai.core.bus import AmqpBus, BusError
from nai.core.cipher import open_cipher
from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.login_guard import LoginGuard
from nai.core.logins import Logins
from nai.core.service import ready_when
from nai.paas.context import Paas, Usage
from nai.paas.identity.startup import ensure_identities
from nai.paas.identity.users import UserAccounts
from nai.paas.tables import TokenRow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI

    from nai.core.bus import Bus
    from nai.core.cipher import Cipher
    from nai.core.clock import Clock
    from nai.nfvo.client import NfvoClient
    from nai.paas.engines.protocol import Engine
    from nai.paas.settings import PaasSettings
    from nai.vnfm.media_server.client import MediaServerClient

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0


class Applications(Usage, Protocol):
    """The part that looks after applications."""

    async def start(self) -> None:
        """Take up its work, and what was left unfinished; may be called again where it failed.

        It does not wait for the engine or the orchestrator. BusError and SQLAlchemyError are what it may fail by.
        """
        ...

    async def stop(self) -> None:
        """Lay its work down; it is taken up at the next start."""
        ...


@dataclass(frozen=True)
class Parts:
    """What the service is put together from; tests put in others. Nothing is connected by making them."""

    applications_of: Callable[[Paas], Applications]
    open_engine: Callable[[PaasSettings], Engine]
    open_nfvo: Callable[[PaasSettings], NfvoClient]
    open_media_servers: Callable[[PaasSettings], MediaServerClient]
    connect: Callable[[str], Awaitable[Bus]] = AmqpBus.connect
    clock: Clock = field(default_factory=SystemClock)


class BringingUp:
    """One run of the service."""

    def __init__(self, app: FastAPI, settings: PaasSettings, parts: Parts) -> None:
        """Prepare; nothing is connected yet."""
        self._app = app
        self._settings = settings
        self._parts = parts
        self._database = Database(settings.database_url.get_secret_value())
        self._guard = LoginGuard(parts.clock)
        self._cipher: Cipher
        self._engine: Engine
        self._nfvo: NfvoClient
        self._media_servers: MediaServerClient
        self._bus: Bus | None = None
        self._applications: Applications | None = None
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Bring the service up, or begin to wait for what is away.

        Raises:
            CipherError: The encryption key cannot be used.
            EngineError: There is no such engine, or it cannot be what the settings say.
            OSError: A key or certificate can be neither read nor made.
        """
        self._app.state.paas = None
        self._cipher = await open_cipher(self._settings.encryption_key, self._settings.encryption_key_file)
        self._engine = self._parts.open_engine(self._settings)
        self._nfvo = self._parts.open_nfvo(self._settings)
        self._media_servers = self._parts.open_media_servers(self._settings)
        ready_when(self._app, database=self._database.check, bus=self._check_bus, engine=self._engine.check)
        if not await self._attempt():
            self._task = asyncio.create_task(self._keep_trying(), name="bringing-up")

    async def end(self) -> None:
        """Bring the service down."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._app.state.paas = None
        if self._applications is not None:
            await self._applications.stop()
        for name in ("_engine", "_nfvo", "_media_servers", "_bus"):
            if (part := getattr(self, name, None)) is not None:
                await part.close()
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
        log.info("the PaaS manager is up")
        return True

    async def _bring_up(self) -> None:
        await ensure_identities(self._database, self._settings)
        if self._bus is None:
            self._bus = await self._parts.connect(self._settings.broker_url.get_secret_value())
        clock = self._parts.clock
        paas = Paas(
            settings=self._settings,
            database=self._database,
            bus=self._bus,
            clock=clock,
            cipher=self._cipher,
            engine=self._engine,
            nfvo=self._nfvo,
            media_servers=self._media_servers,
            logins=Logins(
                self._database, clock, self._guard, UserAccounts(), TokenRow, float(self._settings.token_seconds)
            ),
        )
        applications = self._parts.applications_of(paas)
        try:
            await applications.start()
        except BaseException:
            # What has begun must not go on beside the next attempt.
            await applications.stop()
            raise
        self._applications = applications
        paas.usage = applications
        self._app.state.applications = applications
        self._app.state.paas = paas

    async def _check_bus(self) -> None:
        if self._bus is None:
            raise BusError("not connected yet")
        await self._bus.check()
