"""The generic VNFM as a service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

import nai
from nai.core.bus import AmqpBus, Bus
from nai.core.clock import Clock, SystemClock
from nai.core.database import Database
from nai.core.service import create_app, ready_when
from nai.vnfm.generic.accounts import accounts_of
from nai.vnfm.generic.agents import Agents
from nai.vnfm.generic.api import scripts
from nai.vnfm.generic.context import Generic
from nai.vnfm.generic.handler import GenericHandler
from nai.vnfm.generic.logs import LOGS_QUEUE, Logs
from nai.vnfm.generic.output import Outputs
from nai.vnfm.generic.runner import Runner
from nai.vnfm.generic.settings import GenericVnfmSettings
from nai.vnfm.sdk import Journal, Vnfm
from nai.vnfm.sdk.executor import Observer

PACKAGES = ["nai.vnfm.sdk.journal", "nai.vnfm.generic"]
"""Packages whose tables the service's database holds."""

_LOG = logging.getLogger(__name__)
_FORGET_SECONDS = 3600.0


def create_application(
    settings: GenericVnfmSettings,
    *,
    bus: Bus | None = None,
    clock: Clock | None = None,
    observer: Observer | None = None,
) -> FastAPI:
    """Makes the application; it connects when it starts.

    Args:
        settings: What it is told.
        bus: In place of RabbitMQ.
        clock: In place of the system's.
        observer: Is told each persisted step; tests end the process there.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            parts = await _start(stack, settings, bus, clock or SystemClock(), observer, app)
            app.state.generic = parts
            yield

    return create_app("NAI generic VNFM", nai.__version__, lifespan=lifespan, routers=[scripts.router])


async def _start(
    stack: AsyncExitStack,
    settings: GenericVnfmSettings,
    given_bus: Bus | None,
    clock: Clock,
    observer: Observer | None,
    app: FastAPI,
) -> Generic:
    database = Database(settings.database_url.get_secret_value())
    stack.push_async_callback(database.dispose)
    bus = given_bus or await AmqpBus.connect(settings.broker_url.get_secret_value())
    stack.push_async_callback(bus.close)
    client = await _management_client(stack, settings)
    agents = Agents(bus, clock, settings)
    outputs = Outputs(database, clock)
    runner = Runner(agents, outputs, clock, script_seconds=settings.script_seconds, observer=observer)
    handler = GenericHandler(
        settings, agents=agents, runner=runner, outputs=outputs, accounts=accounts_of(settings, client)
    )
    vnfm = Vnfm(bus, settings, handler, journal=Journal(database, clock), clock=clock, observer=observer)
    await agents.start()
    await bus.consume(LOGS_QUEUE, Logs(outputs).answer)
    await vnfm.start()
    stack.push_async_callback(vnfm.stop)
    forgetting = asyncio.create_task(_forget(outputs, clock, settings.output_days), name="forget output")
    stack.push_async_callback(_end, forgetting)
    ready_when(app, database=database.check, bus=bus.check)
    return Generic(settings, outputs, vnfm)


async def _end(task: asyncio.Task[None]) -> None:
    """Ends a task, and waits for it: it must not use the database when that is closed."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _management_client(stack: AsyncExitStack, settings: GenericVnfmSettings) -> httpx.AsyncClient | None:
    if settings.management_url is None or settings.management_password is None:
        return None
    login = (settings.management_username or "", settings.management_password.get_secret_value())
    return await stack.enter_async_context(httpx.AsyncClient(base_url=settings.management_url, auth=login))


async def _forget(outputs: Outputs, clock: Clock, days: float) -> None:
    while True:
        try:
            await outputs.forget(days)
        except SQLAlchemyError:
            _LOG.exception("old output of scripts could not be removed")
        await clock.sleep(_FORGET_SECONDS)
