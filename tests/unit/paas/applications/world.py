"""PaaS managers one after the other over the same database, engine and orchestrator, which outlive them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from nai.catalogue.applications import Application, CreateApplication, PaasProject
from nai.core.bus import MemoryBus
from nai.core.cipher import Cipher
from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.core.identifiers import new_id
from nai.nfvo.client import NfvoClient
from nai.paas.applications import store
from nai.paas.applications.manager import Manager
from nai.paas.context import Paas
from nai.paas.identity.projects import add_project, project_named
from nai.paas.settings import PaasSettings
from nai.vnfm.media_server.client import MediaServerDocument, MediaServerManagerError
from tests.support.engines import MemoryEngine
from tests.support.paas import settings_in
from tests.unit.paas.applications.orchestrator import FakeOrchestrator

GIT = "https://git.example.org/team/app.git"
REQUEST = {
    "name": "mirror",
    "gitURL": GIT,
    "ports": [{"port": 8443, "targetPort": 8443, "protocol": "TCP"}],
    "flavor": "MEDIUM",
    "replicasNumber": 2,
    "numberOfInstances": 1,
    "scaleOutLimit": 2,
    "services": [
        {
            "name": "db",
            "dockerURL": "mariadb:11",
            "replicasNumber": 1,
            "ports": [{"port": 3306}],
            "envVars": [{"name": "MARIADB_ROOT_PASSWORD", "value": "hidden"}],
        }
    ],
}
LIMIT_SECONDS = 20.0
"""Of real time, for what a test waits for."""


class Killed(BaseException):
    """A process ends here, as by kill -9."""


class MortalEngine(MemoryEngine):
    """An engine in whose calls a process may end: before anything has happened, or after all has."""

    def __init__(self, file: Path, passing: Callable[[str], None]) -> None:
        """Tell `passing` of every point."""
        super().__init__(file)
        self._passing, self._method = passing, ""

    def _called(self, method: str) -> None:
        self._method = method
        self._passing(f"engine/{method}/before")
        super()._called(method)

    def _changed(self) -> None:
        method = self._method
        super()._changed()
        self._passing(f"engine/{method}/after")

    def save(self) -> None:
        """Keep what a test has changed by hand."""
        super()._changed()


class MortalTransport(httpx.AsyncBaseTransport):
    """The way to the orchestrator, likewise."""

    def __init__(self, orchestrator: FakeOrchestrator, passing: Callable[[str], None]) -> None:
        """Tell `passing` of every point."""
        self._orchestrator, self._passing = orchestrator, passing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        parts = request.url.path.removeprefix("/api/v1/").split("/")
        point = f"nfvo/{request.method} {parts[0]}"
        changes = request.method != "GET" and not request.url.path.startswith("/oauth")
        self._passing(f"{point}/before")
        answer = await self._orchestrator.answer(request)
        if changes:
            self._passing(f"{point}/after")
        return answer


class FakeMediaServers:
    """A client of the media servers' manager that knows what each is used for."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}
        self.away = False

    async def servers(self, vnfr_id: str) -> list[MediaServerDocument]:
        if self.away:
            raise MediaServerManagerError("it does not answer")
        return [
            MediaServerDocument(host_name=name, vnfr_id=vnfr_id, used_points=points, max_capacity=200)
            for name, points in self.used.items()
        ]

    async def close(self) -> None:
        """Close nothing."""


class CountingDatabase(Database):
    """A database that knows how many transactions are open."""

    def __init__(self, url: str) -> None:
        """Count from none."""
        super().__init__(url)
        self.open_sessions = 0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction."""
        self.open_sessions += 1
        try:
            async with super().session() as session:
                yield session
        finally:
            self.open_sessions -= 1


class World:
    """What is around the managers, and the one that runs."""

    def __init__(self, directory: Path, database: Path, **changes: Any) -> None:
        """Prepare.

        Args:
            directory: For files.
            database: One with the tables, to be copied.
            **changes: Of the settings.
        """
        self.directory = directory
        self.ending = False
        if not (directory / "paas.db").exists():
            shutil.copy(database, directory / "paas.db")
        self.settings: PaasSettings = settings_in(directory, **changes)
        self.clock = ManualClock()
        self.bus = MemoryBus()
        self.orchestrator = FakeOrchestrator(self.clock, self.bus)
        self.media_servers = FakeMediaServers()
        self.engine = self.new_engine()
        self.addresses: dict[str, list[str]] = {}
        self.events: list[str] = []
        self.kill_at: set[str] = set()
        self.kills = 0
        self.project_id = ""

    async def start(self) -> None:
        """Start a process."""
        self.database = CountingDatabase(self.settings.database_url.get_secret_value())
        nfvo = self.settings.nfvo
        self.paas = Paas(
            settings=self.settings,
            database=self.database,
            bus=self.bus,
            clock=self.clock,
            cipher=Cipher("k" * 40),
            engine=self.engine,
            nfvo=NfvoClient(
                nfvo.url, "admin", "p", project=nfvo.project, transport=MortalTransport(self.orchestrator, self.passing)
            ),
            media_servers=self.media_servers,  # type: ignore[arg-type]
            logins=None,  # type: ignore[arg-type]
        )
        async with self.database.session() as session:
            project = await project_named(session, "red") or await add_project(session, PaasProject(name="red"))
        self.project_id = project.id or ""
        self.manager = Manager(self.paas, resolve=self.resolve, observer=self.observe)
        self.ending = False
        await self.manager.start()

    async def stop(self) -> None:
        """End it: as by SIGTERM, or what is left of it after a kill."""
        # Nobody is stopped while SQLite connects: its driver would leave the connection to nobody.
        await self.settle()
        self.ending = True
        await self.manager.stop()
        await self.bus.join()
        await self.paas.nfvo.close()
        await self.database.dispose()

    async def restart(self) -> None:
        """End the process, and start a fresh one that knows nothing but what is stored."""
        await self.stop()
        former, self.engine = self.engine, self.new_engine()
        self.engine.reachable, self.engine.build_phase = former.reachable, former.build_phase
        self.engine.deployment_phase, self.engine.refusals = former.deployment_phase, former.refusals
        self.engine.calls = former.calls
        await self.start()

    def new_engine(self) -> MortalEngine:
        """The engine as a fresh process sees it."""
        return MortalEngine(self.directory / "engine.json", self.passing)

    def passing(self, point: str) -> None:
        """Note a call; end there if it is the one, and make none once the process has ended."""
        if not self.running_operation():
            return
        self.observe(point)

    def running_operation(self) -> bool:
        """Whether the call is one of an operation: only those are counted, looks come when they come."""
        task = asyncio.current_task()
        return self.ending or not any(name in repr(task) for name in ("Watch.", "MemoryBus.", "test_"))

    def observe(self, event: str) -> None:
        """Note a point; end there if it is one to end at, each only once, and do not go on afterwards."""
        if not self.ending:
            self.events.append(event)
            if event in self.kill_at:
                self.kill_at.remove(event)
                self.ending, self.kills = True, self.kills + 1
        if self.ending:
            raise Killed(event)

    async def resolve(self, host: str) -> list[str]:
        """Where a host leads."""
        return self.addresses.get(host, ["93.184.216.34"])

    async def create(self, **changes: Any) -> Application:
        """Order an application."""
        request = CreateApplication.from_wire(REQUEST | changes)
        return await self.manager.orders.create(
            request, username="anna", project_id=self.project_id, project_name="red"
        )

    async def show(self, identifier: str) -> Application | None:
        """An application as it is now."""
        async with self.database.session() as session:
            found = await store.find(session, identifier, self.clock.now())
        return found.application if found else None

    async def settle(self) -> None:
        """Let everybody work who can, until all wait for the clock."""
        quiet = 0
        while quiet < 2:
            await self.clock.advance(0)
            if self.database.open_sessions:
                quiet = 0
                await asyncio.sleep(0.0003)
            else:
                quiet += 1

    async def until(
        self, condition: Callable[[], Awaitable[Any]], *, step_seconds: float = 0.5, most_seconds: float = 4000
    ) -> Any:
        """Let time pass until a condition holds, whatever it takes; a kill on the way starts a fresh process."""
        began = self.clock.monotonic()
        async with asyncio.timeout(LIMIT_SECONDS):
            while not (found := await condition()):
                assert self.clock.monotonic() - began < most_seconds, "it does not come"
                await self.settle()
                if self.ending:
                    await self.restart()
                await self.clock.advance(step_seconds)
        return found

    async def is_(self, identifier: str, *statuses: str, **options: Any) -> Application:
        """Wait until an application is in one of some statuses."""

        async def reached() -> Application | None:
            found = await self.show(identifier)
            return found if found is not None and found.status in statuses else None

        application: Application = await self.until(reached, **options)
        return application

    async def gone(self, identifier: str) -> None:
        """Wait until nothing is stored of an application."""

        async def reached() -> bool:
            return await self.show(identifier) is None

        await self.until(reached)

    def left(self) -> list[str]:
        """Everything that is anywhere."""
        return [
            *self.engine.builds,
            *self.engine.deployments,
            *self.orchestrator.descriptors,
            *self.orchestrator.services,
        ]


def unused() -> str:
    """An id of nothing."""
    return new_id()
