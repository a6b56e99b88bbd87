"""Brings the parts of the service up, one after the other, and keeps trying while the database or RabbitMQ is away."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from nai.core.bus import Bus, BusError
from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.operations import Operations
from nai.vnfm.media_server.heartbeat import HeartbeatWatch
from nai.vnfm.media_server.heartbeat.sessions import KurentoSessions
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.metrics import PlaneCollector
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.services import Elastic, Services
from nai.vnfm.media_server.settings import MediaServerSettings

LOG = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

FIRST_SECONDS = 5.0
"""Requests are answered after so much time, whatever has come up by then."""


class NotUpError(Exception):
    """A part was not reached since the service started."""


class Runtime:
    """The running parts."""

    def __init__(
        self,
        settings: MediaServerSettings,
        clock: Clock,
        connect: Callable[[str], Awaitable[Bus]],
        elasticity: Callable[[Services], Elastic],
    ) -> None:
        """Takes what it works with; `start` makes the parts."""
        self._settings = settings
        self._clock = clock
        self._connect = connect
        self._elasticity = elasticity
        self._stack = contextlib.AsyncExitStack()
        self._coming_up: asyncio.Task[None] | None = None
        self._database: Database | None = None
        self._bus: Bus | None = None
        self._is_up = False

    async def start(self, app: FastAPI) -> None:
        """Makes the parts and tries to open them once; what is away is tried again in the background."""
        settings, clock = self._settings, self._clock
        database = self._database = Database(settings.database_url.get_secret_value())
        self._stack.push_async_callback(database.dispose)
        placement = settings.placement
        plane = Plane(database, clock, idle_pool_size=placement.idle_pool_size, preference=placement.preference)
        history = History(plane, database, clock, length=settings.history_length)
        monitor = KurentoSessions(settings.sessions.url) if settings.sessions.monitor == "kurento" else None
        watch = HeartbeatWatch(plane, clock, settings.heartbeat, monitor)
        app.state.metrics.register(PlaneCollector(plane, watch))
        app.state.plane, app.state.history, app.state.clock = plane, history, clock
        first = asyncio.Event()
        self._coming_up = asyncio.create_task(self._come_up(app, database, plane, history, watch, first))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(first.wait(), FIRST_SECONDS)

    async def stop(self) -> None:
        """Closes everything, last opened first."""
        if self._coming_up is not None:
            self._coming_up.cancel()
            await asyncio.gather(self._coming_up, return_exceptions=True)
        await self._stack.aclose()

    async def check_database(self) -> None:
        """Raises when the database does not answer."""
        if self._database is None:
            raise NotUpError
        await self._database.check()

    async def check_bus(self) -> None:
        """Raises when RabbitMQ does not answer."""
        if self._bus is None:
            raise NotUpError
        await self._bus.check()

    async def check_lifecycle(self) -> None:
        """Raises until the NFVO's actions are handled."""
        if not self._is_up:
            raise NotUpError

    async def _come_up(
        self,
        app: FastAPI,
        database: Database,
        plane: Plane,
        history: History,
        watch: HeartbeatWatch,
        first: asyncio.Event,
    ) -> None:
        try:
            await self._until_done("the database", lambda: self._open(plane, history, watch), first)
            await self._until_done("RabbitMQ", self._open_bus, first)
            if self._bus is None:
                return
            services = Services(
                settings=self._settings,
                database=database,
                clock=self._clock,
                bus=self._bus,
                operations=Operations(database, self._clock),
                plane=plane,
                history=history,
                watch=watch,
            )
            elasticity = self._elasticity(services)
            await elasticity.start()
            self._stack.push_async_callback(elasticity.stop)
            app.state.elasticity, app.state.services = elasticity, services
            self._is_up = True
        except Exception:
            LOG.exception("the service cannot come up")
            raise
        finally:
            first.set()

    async def _open(self, plane: Plane, history: History, watch: HeartbeatWatch) -> None:
        await plane.open()
        self._stack.push_async_callback(plane.close)
        await history.start()
        self._stack.push_async_callback(history.stop)
        watch.start()
        self._stack.push_async_callback(watch.stop)

    async def _open_bus(self) -> None:
        self._bus = await self._connect(self._settings.broker_url.get_secret_value())
        self._stack.push_async_callback(self._bus.close)

    async def _until_done(self, what: str, work: Callable[[], Awaitable[None]], first: asyncio.Event) -> None:
        """Does work that needs something that may be away, until it is there."""
        while True:
            try:
                await work()
            except (SQLAlchemyError, BusError, OSError) as error:
                LOG.warning("%s is away, again in %s s: %s", what, RETRY_SECONDS, getattr(error, "orig", None) or error)
                first.set()
                await self._clock.sleep(RETRY_SECONDS)
            else:
                return
