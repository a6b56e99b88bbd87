"""The whole service on SQLite and a bus in memory, without elasticity."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from nai.core.bus import Bus, MemoryBus
from nai.core.clock import ManualClock
from nai.core.migrations import upgrade
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.service import create_application
from nai.vnfm.media_server.services import Services
from nai.vnfm.media_server.settings import MediaServerSettings


class Quiet:
    """Scales nothing, and keeps the events it gets."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.events: list[tuple[str, dict[str, Any]]] = []

    async def start(self) -> None:
        """Nothing to resume."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def nfvo_event(self, action: str, body: dict[str, Any]) -> None:
        self.events.append((action, body))


async def memory_bus(_url: str) -> Bus:
    return MemoryBus()


def settings_for(directory: Path, **further: Any) -> MediaServerSettings:
    return MediaServerSettings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{directory}/media_server.db"),
        broker_url=SecretStr("amqp://nowhere"),
        **{"sessions": {"monitor": "none"}, **further},
    )


class Running:
    """A service in this process."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, clock: ManualClock) -> None:
        self.app, self.client, self.clock = app, client, clock

    @property
    def plane(self) -> Plane:
        plane: Plane = self.app.state.plane
        return plane


@contextlib.asynccontextmanager
async def running(
    directory: Path, connect: Callable[[str], Any] = memory_bus, *, migrated: bool = True, **further: Any
) -> AsyncIterator[Running]:
    settings, clock = settings_for(directory, **further), ManualClock()
    if migrated:
        await upgrade(settings.database_url.get_secret_value(), "nai.vnfm.media_server")
    app = create_application(settings, elasticity=Quiet, clock=clock, connect=connect)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://emm") as client,
    ):
        yield Running(app, client, clock)
