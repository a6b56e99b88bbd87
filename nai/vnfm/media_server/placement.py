"""Which media server takes an application: the least loaded one that fits, in the most preferred pool that has one.

The servers of a VNFR are kept sorted by pool, capacity and used points. Within one pool and one capacity the least used
server also has the most room, so only that one is looked at: a placement costs (pools x different capacities), however
many servers there are. A change of a server's points costs a binary search over the different numbers of points in
use, of which there are at most capacity + 1.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Sequence

from nai.vnfm.media_server.model import MediaServer, MediaServerStatus
from nai.vnfm.media_server.pools import PREFERENCE, accepts


class _LeastUsed:
    """Servers of one pool and one capacity, by used points; equals in the order in which they came."""

    __slots__ = ("_by_points", "_points")

    def __init__(self) -> None:
        self._points: list[int] = []
        # An OrderedDict, because the first key of a plain dict costs a walk over all deleted ones before it.
        self._by_points: dict[int, OrderedDict[str, MediaServer]] = {}

    def add(self, server: MediaServer) -> None:
        bucket = self._by_points.get(server.used_points)
        if bucket is None:
            bucket = self._by_points[server.used_points] = OrderedDict()
            insort(self._points, server.used_points)
        bucket[server.id] = server

    def remove(self, server: MediaServer) -> None:
        bucket = self._by_points[server.used_points]
        del bucket[server.id]
        if not bucket:
            del self._by_points[server.used_points]
            del self._points[bisect_left(self._points, server.used_points)]

    def first(self) -> MediaServer | None:
        if not self._points:
            return None
        return next(iter(self._by_points[self._points[0]].values()))


class PlacementIndex:
    """The servers of one VNFR that accept applications, sorted for placing."""

    def __init__(self, preference: Sequence[MediaServerStatus] = PREFERENCE) -> None:
        """Takes the pools in the order in which they are looked into."""
        self._pools: dict[MediaServerStatus, dict[int, _LeastUsed]] = {status: {} for status in MediaServerStatus}
        self._preferred = [self._pools[status] for status in preference]

    def add(self, server: MediaServer) -> None:
        """Takes up a server as it is now; one that accepts nothing is left out."""
        if not accepts(server):
            return
        pool = self._pools[server.status]
        least_used = pool.get(server.max_capacity)
        if least_used is None:
            least_used = pool[server.max_capacity] = _LeastUsed()
        least_used.add(server)

    def remove(self, server: MediaServer) -> None:
        """Takes a server out, before anything about it changes."""
        if accepts(server):
            self._pools[server.status][server.max_capacity].remove(server)

    def find(self, points: int) -> MediaServer | None:
        """Returns the server for an application that needs so many points, None when none has room."""
        for pool in self._preferred:
            best: MediaServer | None = None
            for capacity, least_used in pool.items():
                server = least_used.first()
                if server is None or server.used_points + points > capacity:
                    continue
                if best is None or server.used_points < best.used_points:
                    best = server
            if best is not None:
                return best
        return None

    def any_of(self, status: MediaServerStatus) -> MediaServer | None:
        """Returns a server of a pool that accepts applications, None when there is none."""
        for least_used in self._pools[status].values():
            if (server := least_used.first()) is not None:
                return server
        return None
