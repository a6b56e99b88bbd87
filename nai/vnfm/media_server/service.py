"""The service: what it consists of, and the order in which that comes up and goes down.

Applications can register as soon as the database is there; scaling and the NFVO's actions need RabbitMQ besides. While
one of them is away the service keeps trying, and says 503 to what needs it.
"""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError

from nai.core.bus import AmqpBus, Bus
from nai.core.clock import Clock, SystemClock
from nai.core.service import create_app, ready_when
from nai.vnfm.media_server.api import applications, events, media_servers, monitor, vnfrs
from nai.vnfm.media_server.api.answers import BAD_REQUEST, ERRORS
from nai.vnfm.media_server.api.openapi import declare_what_is_answered
from nai.vnfm.media_server.runtime import Runtime
from nai.vnfm.media_server.services import Elastic, Services
from nai.vnfm.media_server.settings import MediaServerSettings

TITLE = "Nubomedia MS-VNFM"
"""As in the original's swagger file."""

Connect = Callable[[str], Awaitable[Bus]]


def create_application(
    settings: MediaServerSettings,
    *,
    elasticity: Callable[[Services], Elastic],
    routers: Sequence[APIRouter] = (),
    clock: Clock | None = None,
    connect: Connect = AmqpBus.connect,
    own_process: bool = False,
) -> FastAPI:
    """Makes the application; nothing is connected before its lifespan.

    Args:
        settings: What the service was told.
        elasticity: Makes what scales.
        routers: Further routes, those of elasticity.
        clock: Whose time counts; the machine's by default.
        connect: Connects to RabbitMQ, raising BusError when it is away.
        own_process: Nothing else runs in this process, so that its garbage collection may be set.
    """
    runtime = Runtime(settings, clock or SystemClock(), connect, elasticity)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await runtime.start(app)
        if own_process:
            _spare_collections()
        try:
            yield
        finally:
            await runtime.stop()

    own = [each.router for each in (applications, vnfrs, media_servers, monitor, events)]
    app = create_app(
        TITLE,
        "1.3.3",
        lifespan=lifespan,
        routers=[*own, *routers],
        errors={**ERRORS, RequestValidationError: BAD_REQUEST},
    )
    declare_what_is_answered(app)
    ready_when(app, database=runtime.check_database, bus=runtime.check_bus, lifecycle=runtime.check_lifecycle)
    return app


def _spare_collections() -> None:
    """Makes Python's cycle collector rare.

    A full collection walks over every application and stops all answers meanwhile: 100 ms with a hundred thousand. What
    is there at the start stays anyway, and what requests leave behind is freed by counting references.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1000)
