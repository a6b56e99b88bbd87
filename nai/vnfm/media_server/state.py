"""The state and its rules: pure, synchronous, without clock, database or loop.

Every method checks first and changes afterwards, so that one that raises changed nothing. What changed goes to the
journal (to be made durable) and to the listeners.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from nai.vnfm.media_server.changes import Change, ChangeKind, Listener
from nai.vnfm.media_server.errors import (
    BadRequestError,
    NoCapacityError,
    ServerClaimedError,
    ServerInUseError,
    UnknownApplicationError,
    UnknownServerError,
    UnknownVnfrError,
)
from nai.vnfm.media_server.journal import Journal
from nai.vnfm.media_server.model import Application, Fleet, ManagedVnfr, MediaServer, MediaServerStatus
from nai.vnfm.media_server.placement import PlacementIndex
from nai.vnfm.media_server.pools import PREFERENCE, pool_of

IDLE_POOL_SIZE = 1
"""Servers kept IDLE before emptied ones wait in RELEASE."""


class State:
    """All managed VNFRs.

    Attributes:
        fleets: By VNFR id.
        applications: Of all VNFRs, by id.
        external: Of all VNFRs, by the caller's own id: registrations are idempotent across VNFRs, as the original's.
        hostnames: Servers of all VNFRs by hostname; of equals, the one that came first.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        new_id: Callable[[], str],
        idle_pool_size: int = IDLE_POOL_SIZE,
        preference: Sequence[MediaServerStatus] = PREFERENCE,
    ) -> None:
        """Starts empty.

        Args:
            journal: Where changes are written down.
            new_id: Makes ids.
            idle_pool_size: Size of each VNFR's IDLE pool.
            preference: Pools in the order in which a placement looks into them.
        """
        self.fleets: dict[str, Fleet] = {}
        self.applications: dict[str, Application] = {}
        self.external: dict[str, Application] = {}
        self.hostnames: dict[str, list[MediaServer]] = {}
        self.listeners: list[Listener] = []
        self._indices: dict[str, PlacementIndex] = {}
        self._journal = journal
        self._new_id = new_id
        self._idle_pool_size = idle_pool_size
        self._preference = tuple(preference)

    def restore(
        self, vnfrs: Iterable[ManagedVnfr], servers: Iterable[MediaServer], applications: Iterable[Application]
    ) -> None:
        """Takes up what was written down; used points are counted anew. Nothing is journalled or told."""
        for vnfr in vnfrs:
            self.fleets[vnfr.vnfr_id] = Fleet(vnfr)
            self._indices[vnfr.vnfr_id] = PlacementIndex(self._preference)
        by_id = {server.id: server for server in servers}
        for application in applications:
            server = by_id[application.media_server_id]
            server.used_points += application.points
            self.fleets[application.vnfr_id].used_points += application.points
            self._link(application)
        for server in by_id.values():
            self._insert(self.fleets[server.vnfr_id], server)

    def fleet(self, vnfr_id: str) -> Fleet:
        """Returns a managed VNFR with its servers and applications.

        Raises:
            UnknownVnfrError: It is not managed.
        """
        try:
            return self.fleets[vnfr_id]
        except KeyError:
            raise UnknownVnfrError(vnfr_id) from None

    def server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Returns a media server.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            UnknownServerError: It has no such server.
        """
        server = self.fleet(vnfr_id).hostnames.get(hostname)
        if server is None:
            raise UnknownServerError(hostname, vnfr_id)
        return server

    def application(self, vnfr_id: str, app_id: str) -> Application:
        """Returns an application.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            UnknownApplicationError: It has no such application.
        """
        application = self.fleet(vnfr_id).applications.get(app_id)
        if application is None:
            raise UnknownApplicationError(app_id, vnfr_id)
        return application

    def manage(self, vnfr_id: str, nsr_id: str, task: str) -> ManagedVnfr:
        """Takes up a VNFR, or the new task of one that is known."""
        fleet = self.fleets.get(vnfr_id)
        if fleet is None:
            vnfr = ManagedVnfr(self._new_id(), vnfr_id, nsr_id, task)
            self.fleets[vnfr_id] = Fleet(vnfr)
            self._indices[vnfr_id] = PlacementIndex(self._preference)
            self._journal.vnfr(vnfr)
            self._tell(Change(ChangeKind.MANAGED, vnfr_id))
            return vnfr
        vnfr = fleet.vnfr
        if (vnfr.nsr_id, vnfr.task) != (nsr_id, task):
            vnfr.nsr_id, vnfr.task = nsr_id, task
            vnfr.hb_version += 1
            self._journal.vnfr(vnfr)
            self._tell(Change(ChangeKind.TASK, vnfr_id))
        return vnfr

    def release(self, vnfr_id: str) -> None:
        """Forgets a VNFR with its servers and applications; an unknown one is none already."""
        fleet = self.fleets.get(vnfr_id)
        if fleet is None:
            return
        for application in tuple(fleet.applications.values()):
            self._unlink(application)
            self._journal.application_gone(application)
        for server in fleet.servers.values():
            self._forget_hostname(server)
            self._journal.server_gone(server)
        del self.fleets[vnfr_id], self._indices[vnfr_id]
        self._journal.vnfr_gone(fleet.vnfr)
        self._tell(Change(ChangeKind.RELEASED, vnfr_id))

    def add_server(self, vnfr_id: str, hostname: str, ip: str | None, max_capacity: int) -> MediaServer:
        """Adds a media server; one that is known by its hostname takes over address and capacity.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            BadRequestError: The capacity is negative or less than what is on the server.
        """
        fleet = self.fleet(vnfr_id)
        server = fleet.hostnames.get(hostname)
        if max_capacity < (server.used_points if server else 0):
            raise BadRequestError(f"Capacity {max_capacity} of MediaServer {hostname} is less than what is on it.")
        if server is None:
            server = MediaServer(self._new_id(), vnfr_id, hostname, ip, max_capacity)
            self._insert(fleet, server)
            self._journal.server(server)
            self._tell(Change(ChangeKind.SERVER_ADDED, vnfr_id, server))
        elif (server.ip, server.max_capacity) != (ip, max_capacity):
            index = self._indices[vnfr_id]
            index.remove(server)
            server.ip, server.max_capacity = ip, max_capacity
            index.add(server)
            self._changed(server)
            self._refill(fleet)
        return server

    def remove_server(self, vnfr_id: str, hostname: str) -> None:
        """Takes away an empty media server; one that is unknown is away already.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            ServerInUseError: There are applications on it.
        """
        fleet = self.fleet(vnfr_id)
        server = fleet.hostnames.get(hostname)
        if server is None:
            return
        if server.used_points:
            raise ServerInUseError(hostname, server.used_points)
        self._indices[vnfr_id].remove(server)
        del fleet.servers[server.id], fleet.hostnames[hostname]
        fleet.counts[server.status] -= 1
        self._forget_hostname(server)
        self._journal.server_gone(server)
        self._tell(Change(ChangeKind.SERVER_REMOVED, vnfr_id, server))
        self._refill(fleet)

    def stop_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Lets a media server finish its sessions and take no new ones.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            UnknownServerError: It has no such server.
            ServerClaimedError: The server is being terminated.
        """
        return self._flag(vnfr_id, hostname, stopped=True)

    def start_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Makes a stopped media server take sessions again; raises as `stop_server` does."""
        return self._flag(vnfr_id, hostname, stopped=False)

    def claim_server(self, vnfr_id: str, hostname: str) -> bool:
        """Takes an empty media server out of placement, to terminate it.

        Returns:
            Whether it is claimed now; not when there are applications on it.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            UnknownServerError: It has no such server.
        """
        server = self.server(vnfr_id, hostname)
        if server.used_points:
            return False
        if not server.claimed:
            self._move(server, claimed=True)
        return True

    def unclaim_server(self, vnfr_id: str, hostname: str) -> MediaServer:
        """Gives a claimed media server back: it will not be terminated after all; raises as `claim_server` does."""
        server = self.server(vnfr_id, hostname)
        if server.claimed:
            self._move(server, claimed=False, revived=True)
        return server

    def register(
        self, vnfr_id: str, points: int, ext_app_id: str | None, *, now: datetime, beat: float
    ) -> tuple[Application, bool]:
        """Places an application.

        Args:
            vnfr_id: Where.
            points: What it needs, at least 1.
            ext_app_id: The caller's own id of it; one that is registered already is returned as it is.
            now: The time of day.
            beat: The time of the monotonic clock, seconds.

        Returns:
            The application and whether it is new.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            BadRequestError: The points are not positive.
            NoCapacityError: No server has room.
        """
        fleet = self.fleet(vnfr_id)
        if points < 1:
            raise BadRequestError(f"An application needs at least 1 point, not {points}.")
        if ext_app_id is not None and (known := self.external.get(ext_app_id)) is not None:
            return known, False
        index = self._indices[vnfr_id]
        server = index.find(points)
        if server is None:
            self._tell(Change(ChangeKind.REFUSED, vnfr_id))
            raise NoCapacityError(vnfr_id)
        application = Application(
            self._new_id(), vnfr_id, server.id, server.ip or "", points, ext_app_id, now, now, beat
        )
        self._occupy(fleet, server, points)
        self._link(application)
        self._journal.application(application)
        self._tell(Change(ChangeKind.REGISTERED, vnfr_id, server, application))
        return application, True

    def unregister(self, application: Application) -> None:
        """Removes a registered application and gives its points back."""
        fleet = self.fleets[application.vnfr_id]
        server = fleet.servers[application.media_server_id]
        self._occupy(fleet, server, -application.points)
        self._unlink(application)
        self._journal.application_gone(application)
        self._tell(Change(ChangeKind.UNREGISTERED, application.vnfr_id, server, application))

    def evict(self, vnfr_id: str, hostname: str) -> list[Application]:
        """Removes all applications of a media server that is lost, and returns them.

        Raises:
            UnknownVnfrError: The VNFR is not managed.
            UnknownServerError: It has no such server.
        """
        server = self.server(vnfr_id, hostname)
        lost = [each for each in self.fleet(vnfr_id).applications.values() if each.media_server_id == server.id]
        for application in lost:
            self.unregister(application)
        return lost

    def removable(self, vnfr_id: str) -> list[MediaServer]:
        """Returns the empty servers that may be claimed, those of RELEASE first, then IDLE, then stopped ones."""
        order = (MediaServerStatus.RELEASE, MediaServerStatus.IDLE, MediaServerStatus.INACTIVE)
        empty = [each for each in self.fleet(vnfr_id).servers.values() if not each.used_points and not each.claimed]
        return sorted(empty, key=lambda server: order.index(server.status))

    def _flag(self, vnfr_id: str, hostname: str, *, stopped: bool) -> MediaServer:
        server = self.server(vnfr_id, hostname)
        if server.claimed:
            raise ServerClaimedError(hostname)
        if server.stopped is not stopped:
            self._move(server, stopped=stopped, revived=not stopped)
        return server

    def _move(
        self, server: MediaServer, *, stopped: bool | None = None, claimed: bool | None = None, revived: bool = False
    ) -> None:
        """Changes a server's flags and with them its pool; one that is revived becomes IDLE, not RELEASE."""
        fleet = self.fleets[server.vnfr_id]
        index = self._indices[server.vnfr_id]
        index.remove(server)
        server.stopped = server.stopped if stopped is None else stopped
        server.claimed = server.claimed if claimed is None else claimed
        self._repool(fleet, server, pool_of(server, idle_pool_is_full=not revived and self._idle_is_full(fleet)))
        index.add(server)
        self._changed(server)
        self._refill(fleet)

    def _occupy(self, fleet: Fleet, server: MediaServer, points: int) -> None:
        index = self._indices[server.vnfr_id]
        index.remove(server)
        server.used_points += points
        fleet.used_points += points
        pool = pool_of(server, idle_pool_is_full=self._idle_is_full(fleet))
        before = server.status
        self._repool(fleet, server, pool)
        index.add(server)
        if pool is not before:
            self._changed(server)
            self._refill(fleet)

    def _refill(self, fleet: Fleet) -> None:
        """Moves servers from RELEASE to IDLE while the IDLE pool is below its size."""
        index = self._indices[fleet.vnfr.vnfr_id]
        while not self._idle_is_full(fleet) and (server := index.any_of(MediaServerStatus.RELEASE)) is not None:
            index.remove(server)
            self._repool(fleet, server, MediaServerStatus.IDLE)
            index.add(server)
            self._changed(server)

    def _idle_is_full(self, fleet: Fleet) -> bool:
        return fleet.counts[MediaServerStatus.IDLE] >= self._idle_pool_size

    def _repool(self, fleet: Fleet, server: MediaServer, pool: MediaServerStatus) -> None:
        fleet.counts[server.status] -= 1
        server.status = pool
        fleet.counts[pool] += 1

    def _insert(self, fleet: Fleet, server: MediaServer) -> None:
        fleet.servers[server.id] = server
        fleet.hostnames[server.hostname] = server
        fleet.counts[server.status] += 1
        self.hostnames.setdefault(server.hostname, []).append(server)
        self._indices[server.vnfr_id].add(server)

    def _forget_hostname(self, server: MediaServer) -> None:
        same = self.hostnames[server.hostname]
        same.remove(server)
        if not same:
            del self.hostnames[server.hostname]

    def _link(self, application: Application) -> None:
        self.fleets[application.vnfr_id].applications[application.id] = application
        self.applications[application.id] = application
        if application.ext_app_id is not None:
            self.external[application.ext_app_id] = application

    def _unlink(self, application: Application) -> None:
        del self.fleets[application.vnfr_id].applications[application.id]
        del self.applications[application.id]
        if application.ext_app_id is not None:
            del self.external[application.ext_app_id]

    def _changed(self, server: MediaServer) -> None:
        server.hb_version += 1
        self._journal.server(server)
        self._tell(Change(ChangeKind.SERVER_CHANGED, server.vnfr_id, server))

    def _tell(self, change: Change) -> None:
        for listener in self.listeners:
            listener(change)
