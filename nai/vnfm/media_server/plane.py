"""The plane: what the rest of the service does to media servers and applications, durable when it returns.

For autoscaling, the warm pool and the NFVO's lifecycle handlers. Reading is synchronous and from memory; what is
returned is the live object, to be read only. Everything that changes is a coroutine that returns once the change is
committed; every one is idempotent, so that a repeated message or a resumed operation does no harm.

    manage(vnfr_id, nsr_id, task) · set_task(vnfr_id, task) · forget(vnfr_id)
    add_server(vnfr_id, hostname, ip, max_capacity)   finds by hostname or adds
    add_servers(vnfr_id, [(hostname, ip, max_capacity)])   several with one commit
    remove_server(vnfr_id, hostname)                  ServerInUseError unless empty
    release_server(vnfr_id, hostname) -> bool         claims an empty one for termination; False: it has sessions
    unrelease_server(vnfr_id, hostname)               gives it back
    stop_server / start_server(vnfr_id, hostname)     finishes its sessions, takes no new ones / takes them again
    evict(vnfr_id, hostname)                          drops the applications of a server that died
    register(vnfr_id, points, ext_app_id) · unregister(vnfr_id, app_id) · heartbeat(vnfr_id, app_id)
    managed() · knows(vnfr_id) · servers(vnfr_id) · server(hostname) · removable(vnfr_id)
    used_points(vnfr_id) · load(vnfr_id)
    subscribe(listener) -> unsubscribe                see changes.Change
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.identifiers import new_id
from nai.vnfm.media_server.changes import Listener
from nai.vnfm.media_server.model import Application, Fleet, ManagedVnfr, MediaServer, MediaServerStatus
from nai.vnfm.media_server.pools import PREFERENCE
from nai.vnfm.media_server.state import IDLE_POOL_SIZE, State
from nai.vnfm.media_server.store.limits import fits_number, fits_text
from nai.vnfm.media_server.store.records import StoreJournal, restore
from nai.vnfm.media_server.store.writer import GroupWriter

T = TypeVar("T")


class Plane:
    """Media servers and applications of all managed VNFRs.

    Attributes:
        state: The state, for reading.
        writer: What makes changes durable.
        is_open: Whether the state was read back.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        idle_pool_size: int = IDLE_POOL_SIZE,
        preference: Sequence[MediaServerStatus] = PREFERENCE,
    ) -> None:
        """Takes what it needs; `open` reads the state back."""
        self.writer = GroupWriter(database, clock)
        self._journal = StoreJournal(self.writer)
        self.state = State(self._journal, new_id=new_id, idle_pool_size=idle_pool_size, preference=preference)
        self.is_open = False
        self._database = database
        self._clock = clock

    async def open(self) -> None:
        """Reads back what was written, and begins to write."""
        await restore(self._database, self.state, self._journal, self._clock)
        self.writer.start()
        self.is_open = True

    async def close(self) -> None:
        """Writes what there is, and ends."""
        await self.writer.stop()

    def managed(self) -> list[ManagedVnfr]:
        """Returns all managed VNFRs."""
        return [fleet.vnfr for fleet in self.state.fleets.values()]

    def knows(self, vnfr_id: str) -> bool:
        """Tells whether a VNFR is managed."""
        return vnfr_id in self.state.fleets

    def fleet(self, vnfr_id: str) -> Fleet:
        """Returns a VNFR with its servers and applications; raises UnknownVnfrError."""
        return self.state.fleet(vnfr_id)

    def servers(self, vnfr_id: str) -> list[MediaServer]:
        """Returns the media servers of a VNFR; raises UnknownVnfrError."""
        return list(self.state.fleet(vnfr_id).servers.values())

    def server(self, hostname: str) -> MediaServer | None:
        """Returns a media server of any VNFR by its hostname; of equals, the one that came first."""
        same = self.state.hostnames.get(hostname)
        return same[0] if same else None

    def removable(self, vnfr_id: str) -> list[MediaServer]:
        """Returns the empty servers, the one to terminate first in front; raises UnknownVnfrError."""
        return self.state.removable(vnfr_id)

    def used_points(self, vnfr_id: str) -> int:
        """Returns the points in use over all servers; raises UnknownVnfrError."""
        return self.state.fleet(vnfr_id).used_points

    def load(self, vnfr_id: str) -> float:
        """Returns the mean of the used points, 0 without a server; raises UnknownVnfrError."""
        return self.state.fleet(vnfr_id).load

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tells every change to a listener from now on; returns what ends that."""
        self.state.listeners.append(listener)
        return lambda: self.state.listeners.remove(listener)

    async def manage(self, vnfr_id: str, nsr_id: str, task: str) -> ManagedVnfr:
        """Takes up a VNFR, or its new task."""
        fits_text(vnfr_id, nsr_id, task)
        return await self._durable(lambda: self.state.manage(vnfr_id, nsr_id, task))

    async def set_task(self, vnfr_id: str, task: str) -> ManagedVnfr:
        """Notes what the manager does with a VNFR; raises UnknownVnfrError."""
        nsr_id = self.state.fleet(vnfr_id).vnfr.nsr_id
        return await self._durable(lambda: self.state.manage(vnfr_id, nsr_id, task))

    async def forget(self, vnfr_id: str) -> None:
        """Ends the management of a VNFR: its servers and applications go too."""
        await self._durable(lambda: self.state.release(vnfr_id))

    async def add_server(self, vnfr_id: str, hostname: str, ip: str | None, max_capacity: int) -> MediaServer:
        """Adds a media server or updates the one of that name; raises UnknownVnfrError, BadRequestError."""
        return (await self.add_servers(vnfr_id, [(hostname, ip, max_capacity)]))[0]

    async def add_servers(self, vnfr_id: str, servers: Iterable[tuple[str, str | None, int]]) -> list[MediaServer]:
        """Adds several media servers (hostname, address, capacity) with one commit; raises as `add_server` does."""
        wanted = tuple(servers)
        for hostname, ip, max_capacity in wanted:
            fits_text(hostname, ip or "")
            fits_number(max_capacity)
        return await self._durable(lambda: [self.state.add_server(vnfr_id, *server) for server in wanted])

    async def remove_server(self, vnfr_id: str, hostname: str) -> None:
        """Takes away an empty media server; raises UnknownVnfrError, ServerInUseError."""
        await self._durable(lambda: self.state.remove_server(vnfr_id, hostname))

    async def release_server(self, vnfr_id: str, hostname: str) -> bool:
        """Claims an empty media server for termination; raises UnknownVnfrError, UnknownServerError."""
        return await self._durable(lambda: self.state.claim_server(vnfr_id, hostname))

    async def unrelease_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Gives a claimed media server back; raises UnknownVnfrError, UnknownServerError."""
        return await self._durable(lambda: self.state.unclaim_server(vnfr_id, hostname))

    async def stop_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Lets a server run empty; raises UnknownVnfrError, UnknownServerError, ServerClaimedError."""
        return await self._durable(lambda: self.state.stop_server(vnfr_id, hostname))

    async def start_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Lets a server take sessions again; raises UnknownVnfrError, UnknownServerError, ServerClaimedError."""
        return await self._durable(lambda: self.state.start_server(vnfr_id, hostname))

    async def evict(self, vnfr_id: str, hostname: str) -> list[Application]:
        """Drops the applications of a server that died; raises UnknownVnfrError, UnknownServerError."""
        return await self._durable(lambda: self.state.evict(vnfr_id, hostname))

    async def register(self, vnfr_id: str, points: int, ext_app_id: str | None = None) -> Application:
        """Places an application, or returns the one that has this `ext_app_id`.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            BadRequestError: The points are not positive.
            NoCapacityError: No server has room.
            StoreUnavailableError: The database does not take it.
        """
        fits_text(ext_app_id or "")
        fits_number(points)
        self.writer.admit()
        application = self.state.register(
            vnfr_id, points, ext_app_id, now=self._clock.now(), beat=self._clock.monotonic()
        )[0]
        # A known application too: its own registration may still be on the way to the disk.
        await self.writer.flushed()
        return application

    async def unregister(self, vnfr_id: str, app_id: str) -> None:
        """Removes an application; raises UnknownVnfrError, UnknownApplicationError, StoreUnavailableError."""
        application = self.state.application(vnfr_id, app_id)
        await self._durable(lambda: self.state.unregister(application))

    async def expire(self, applications: Iterable[Application]) -> list[Application]:
        """Removes applications that are not heard of, with one commit, and returns those that were still registered.

        Raises:
            StoreUnavailableError: The database does not take it.
        """
        self.writer.admit()
        gone = [each for each in applications if self.state.applications.get(each.id) is each]
        for application in gone:
            self.state.unregister(application)
        await self.writer.flushed()
        return gone

    def heartbeat(self, vnfr_id: str, app_id: str) -> Application:
        """Notes that an application lives; raises UnknownVnfrError, UnknownApplicationError."""
        application = self.state.application(vnfr_id, app_id)
        application.heartbeat = self._clock.now()
        application.beat = self._clock.monotonic()
        application.missed_heartbeats = 0
        return application

    async def _durable(self, change: Callable[[], T]) -> T:
        self.writer.admit()
        result = change()
        await self.writer.flushed()
        return result
