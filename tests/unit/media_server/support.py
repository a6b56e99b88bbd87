"""What the tests of the media-server VNFM share."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.vnfm.media_server.changes import Change
from nai.vnfm.media_server.model import Application, ManagedVnfr, MediaServer
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.state import State
from nai.vnfm.media_server.tables import Base

NOW = datetime(2016, 10, 1, 12, 0, tzinfo=UTC)
VNFR = "vnfr-1"
NSR = "nsr-1"


class MemoryJournal:
    """Keeps what was journalled as values, as a database would."""

    def __init__(self) -> None:
        self.vnfrs: dict[str, tuple[str, str, str, int]] = {}
        self.servers: dict[str, tuple[object, ...]] = {}
        self.applications: dict[str, tuple[object, ...]] = {}

    def vnfr(self, vnfr: ManagedVnfr) -> None:
        self.vnfrs[vnfr.id] = (vnfr.vnfr_id, vnfr.nsr_id, vnfr.task, vnfr.hb_version)

    def vnfr_gone(self, vnfr: ManagedVnfr) -> None:
        del self.vnfrs[vnfr.id]

    def server(self, server: MediaServer) -> None:
        self.servers[server.id] = (
            *(server.vnfr_id, server.hostname, server.ip, server.max_capacity, server.status),
            *(server.stopped, server.claimed, server.hb_version),
        )

    def server_gone(self, server: MediaServer) -> None:
        del self.servers[server.id]

    def application(self, application: Application) -> None:
        self.applications[application.id] = (
            *(application.vnfr_id, application.media_server_id, application.ip, application.points),
            *(application.ext_app_id, application.created),
        )

    def application_gone(self, application: Application) -> None:
        del self.applications[application.id]

    def restored(self, now: datetime, beat: float, make: Callable[["MemoryJournal"], State]) -> State:
        """Makes a new state out of what was journalled."""
        state = make(self)
        state.restore(
            [ManagedVnfr(key, *values) for key, values in self.vnfrs.items()],
            [_server(key, values) for key, values in self.servers.items()],
            [_application(key, values, now, beat) for key, values in self.applications.items()],
        )
        return state


def _server(key: str, values: tuple[object, ...]) -> MediaServer:
    vnfr_id, hostname, ip, capacity, status, stopped, claimed, version = values
    return MediaServer(key, vnfr_id, hostname, ip, capacity, 0, status, stopped, claimed, version)  # type: ignore[arg-type]


def _application(key: str, values: tuple[object, ...], now: datetime, beat: float) -> Application:
    return Application(key, *values, now, beat)  # type: ignore[arg-type, call-arg]


class Rig:
    """A state with one VNFR and what it told."""

    def __init__(self, *, idle_pool_size: int = 1, **options: object) -> None:
        numbers = itertools.count(1)
        self.journal = MemoryJournal()
        self.changes: list[Change] = []
        self.state = State(
            self.journal,
            new_id=lambda: f"id-{next(numbers)}",
            idle_pool_size=idle_pool_size,
            **options,  # type: ignore[arg-type]
        )
        self.state.listeners.append(self.changes.append)
        self.state.manage(VNFR, NSR, "START")

    def servers(self, number: int, capacity: int = 100) -> None:
        """Adds the media servers `host-0`, `host-1` and so on."""
        for index in range(number):
            self.state.add_server(VNFR, f"host-{index}", f"10.0.0.{index + 1}", capacity)

    def register(self, points: int = 50, ext_app_id: str | None = None) -> Application:
        return self.state.register(VNFR, points, ext_app_id, now=NOW, beat=0)[0]

    def pools(self) -> str:
        """The pool of every server, by its first two letters, in the order in which they came."""
        return " ".join(server.status[:2] for server in self.state.fleet(VNFR).servers.values())

    def points(self) -> list[int]:
        return [server.used_points for server in self.state.fleet(VNFR).servers.values()]


async def open_plane(url: str = "sqlite+aiosqlite://", **options: object) -> tuple[Plane, Database, ManualClock]:
    """A plane on an empty database, with one VNFR. One in memory has a single connection, which the writer keeps."""
    database, clock = Database(url), ManualClock()
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    plane = Plane(database, clock, **options)  # type: ignore[arg-type]
    await plane.open()
    await plane.manage(VNFR, NSR, "START")
    return plane, database, clock
