"""A PaaS manager for tests: its database in a directory, everything around it in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from nai.core.bus import Bus, BusUnavailableError, MemoryBus
from nai.core.clock import Clock, ManualClock
from nai.core.migrations import upgrade
from nai.nfvo.client import NfvoClient
from nai.paas.bringing_up import Applications, Parts
from nai.paas.command import PACKAGES
from nai.paas.context import NothingRuns, Paas
from nai.paas.service import create_app
from nai.paas.settings import PaasSettings
from tests.support.engines import MemoryEngine

PASSWORD = "a long password"
CLIENT = ("openbatonOSClient", "secret")


def settings_in(directory: Path, **changes: Any) -> PaasSettings:
    """Settings with the database in a directory."""
    base = {
        "database_url": f"sqlite+aiosqlite:///{directory}/paas.db",
        "broker_url": "amqp://nowhere",
        "admin_password": PASSWORD,
        "encryption_key_file": directory / "encryption.key",
        "domain_name": "apps.example",
        "engine": {"kind": "docker"},
        "nfvo": {"password": "unused"},
        "media_servers": {"address": "192.0.2.9"},
    }
    return PaasSettings.model_validate(base | changes)


async def migrate(settings: PaasSettings) -> None:
    """Make the tables."""
    for package in PACKAGES:
        await upgrade(settings.database_url.get_secret_value(), package)


class NoApplications(NothingRuns):
    """Nobody looks after applications; projects may be said to have some.

    Attributes:
        having: Ids of the projects that have.
        calls: What was called, in order.
    """

    def __init__(self, _paas: Paas) -> None:
        """Know of none."""
        self.having: set[str] = set()
        self.calls: list[str] = []

    async def has_applications(self, project_id: str) -> bool:
        return project_id in self.having

    async def start(self) -> None:
        self.calls.append("start")

    async def stop(self) -> None:
        self.calls.append("stop")


class NoMediaServers:
    """The place of a client of the media servers' manager, where none is asked for."""

    async def close(self) -> None:
        """Close nothing."""


@dataclass
class Around:
    """What is around a PaaS manager.

    Attributes:
        clock: Stands still.
        engine: In memory.
        bus: In memory.
        broker_away: Whether the broker cannot be reached.
        orchestrator: Answers the requests to the orchestrator.
        media_servers: The client of the media servers' manager.
        applications_of: Makes what looks after applications.
    """

    clock: Clock = field(default_factory=ManualClock)
    engine: MemoryEngine = field(default_factory=MemoryEngine)
    bus: Bus = field(default_factory=MemoryBus)
    broker_away: bool = False
    orchestrator: httpx.AsyncBaseTransport = field(
        default_factory=lambda: httpx.MockTransport(lambda _request: httpx.Response(503))
    )
    media_servers: Any = field(default_factory=NoMediaServers)
    applications_of: Callable[[Paas], Applications] = NoApplications

    async def connect(self, _url: str) -> Bus:
        """Connect to the bus."""
        if self.broker_away:
            raise BusUnavailableError("the broker cannot be reached")
        return self.bus

    def open_nfvo(self, settings: PaasSettings) -> NfvoClient:
        """A client of the orchestrator."""
        nfvo = settings.nfvo
        return NfvoClient(
            nfvo.url,
            nfvo.username,
            nfvo.password.get_secret_value(),
            project=nfvo.project,
            transport=self.orchestrator,
        )

    def parts(self) -> Parts:
        """What the service is put together from."""
        return Parts(
            applications_of=self.applications_of,
            open_engine=lambda _settings: self.engine,
            open_nfvo=self.open_nfvo,
            open_media_servers=lambda _settings: self.media_servers,
            connect=self.connect,
            clock=self.clock,
        )


@dataclass
class RunningPaas:
    """A PaaS manager that runs.

    Attributes:
        app: The application.
        client: Speaks to it, as nobody.
        around: What is around it.
        headers: The administrator's.
    """

    app: FastAPI
    client: httpx.AsyncClient
    around: Around
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def paas(self) -> Paas:
        """Its parts."""
        paas: Paas = self.app.state.paas
        return paas

    async def log_in(self, username: str = "admin", password: str = PASSWORD) -> dict[str, str]:
        """The headers of a user."""
        answer = await self.try_log_in(username, password)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['value']}"}

    async def try_log_in(self, username: str, password: str) -> httpx.Response:
        """The answer to a log-in."""
        form = {"grant_type": "password", "username": username, "password": password}
        return await self.client.post("/oauth/token", data=form, auth=CLIENT)

    async def request(
        self, method: str, path: str, document: Any = None, *, status: int, headers: dict[str, str] | None = None
    ) -> Any:
        """Send a request, as the administrator by default, and return the document of the answer.

        Args:
            method: HTTP's.
            path: Of the service.
            document: Its body.
            status: What is expected.
            headers: Whose they are; `{}` nobody's.
        """
        sent = self.headers if headers is None else headers
        answer = await self.client.request(method, path, json=document, headers=sent)
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        if not answer.content:
            return None
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer.text


@asynccontextmanager
async def running(
    settings: PaasSettings, around: Around | None = None, *, log_in: bool = True
) -> AsyncIterator[RunningPaas]:
    """Run a PaaS manager; its tables have to exist.

    Args:
        settings: What it is told.
        around: What is around it.
        log_in: Whether the administrator is logged in at once, by the tests' password, if it has come up.
    """
    around = around or Around()
    app = create_app(settings, around.parts())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://paas") as client,
    ):
        run = RunningPaas(app, client, around)
        if log_in and getattr(app.state, "paas", None) is not None:
            run.headers = await run.log_in()
        yield run
