"""Model of placement, pools, heartbeats and restarts: whatever happens, in whatever order, the books balance."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nai.vnfm.media_server.errors import NoCapacityError, ServerInUseError
from nai.vnfm.media_server.heartbeat import HeartbeatRules, judge_beat
from nai.vnfm.media_server.heartbeat.rules import Beat
from nai.vnfm.media_server.model import MediaServerStatus
from nai.vnfm.media_server.pools import PREFERENCE
from nai.vnfm.media_server.state import State
from tests.unit.media_server.support import NOW, MemoryJournal

VNFRS = ("a", "b")
HOSTS = tuple(f"host-{number}" for number in range(5))
RULES = HeartbeatRules(period_seconds=30, retry_max=3, retry_timeout_seconds=90)

vnfrs = st.sampled_from(("a", "a", "a", "b"))
# Numbers that fill servers exactly, and such that miss that by one.
points_needed = st.sampled_from((1, 49, 50, 51, 99, 100, 101, 150, 200))
hosts = st.sampled_from(HOSTS)


class Books(RuleBasedStateMachine):
    """Keeps its own, naive books beside the state."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()
        self.now = 0.0
        self.placed: dict[str, tuple[str, str, int]] = {}
        self.idle_pool_size = 1

    def make(self, journal: MemoryJournal) -> State:
        return State(journal, new_id=lambda: f"id-{next(self.numbers)}", idle_pool_size=self.idle_pool_size)

    @initialize(size=st.integers(0, 3))
    def begin(self, size: int) -> None:
        self.idle_pool_size = size
        self.journal = MemoryJournal()
        self.state = self.make(self.journal)
        for vnfr in VNFRS:
            self.state.manage(vnfr, "nsr", "START")
        for host in HOSTS[:3]:
            self.state.add_server("a", host, "10.0.0.1", 100)

    @rule(
        vnfr=vnfrs,
        host=hosts,
        ip=st.sampled_from([None, "10.0.0.1", "10.0.0.2", "10.0.0.3"]),
        capacity=st.sampled_from([100, 200, 400]),
    )
    def add_server(self, vnfr: str, host: str, ip: str | None, capacity: int) -> None:
        server = self.state.fleet(vnfr).hostnames.get(host)
        if server is None or server.used_points <= capacity:
            self.state.add_server(vnfr, host, ip, capacity)

    @rule(vnfr=vnfrs, host=hosts)
    def remove_server(self, vnfr: str, host: str) -> None:
        server = self.state.fleet(vnfr).hostnames.get(host)
        if server is not None and server.used_points:
            with pytest.raises(ServerInUseError):
                self.state.remove_server(vnfr, host)
        else:
            self.state.remove_server(vnfr, host)

    @rule(
        vnfr=vnfrs, host=hosts, what=st.sampled_from(["stop_server", "start_server", "claim_server", "unclaim_server"])
    )
    def flag_server(self, vnfr: str, host: str, what: str) -> None:
        server = self.state.fleet(vnfr).hostnames.get(host)
        if server is not None and not (server.claimed and what in {"stop_server", "start_server"}):
            getattr(self.state, what)(vnfr, host)

    @rule(vnfr=vnfrs, points=points_needed, name=st.sampled_from([None, "x", "y"]))
    def register(self, vnfr: str, points: int, name: str | None) -> None:
        known = self.state.external.get(name) if name else None
        open_servers = [
            server
            for server in self.state.fleet(vnfr).servers.values()
            if not server.stopped and not server.claimed and server.ip is not None
        ]
        fitting = [server for server in open_servers if server.used_points + points <= server.max_capacity]
        expected = min(fitting, key=lambda server: (PREFERENCE.index(server.status), server.used_points), default=None)
        best = expected and (expected.status, expected.used_points)
        if known is None and expected is None:
            with pytest.raises(NoCapacityError):
                self.state.register(vnfr, points, name, now=NOW, beat=self.now)
            return
        before = {server.id: (server.status, server.used_points) for server in fitting}
        application, new = self.state.register(vnfr, points, name, now=NOW, beat=self.now)
        assert new is (known is None)
        if new:
            assert before[application.media_server_id] == best, "the preferred pool, and in it the least loaded"
            self.placed[application.id] = (vnfr, application.media_server_id, points)
        else:
            assert application is known

    @rule(points=points_needed, pick=st.integers(0))
    def replace(self, points: int, pick: int) -> None:
        """One goes and another one comes, as most of the time."""
        self.unregister(pick)
        self.register("a", points, None)

    @rule(pick=st.integers(0))
    def unregister(self, pick: int) -> None:
        if self.placed:
            identifier = sorted(self.placed)[pick % len(self.placed)]
            self.state.unregister(self.state.applications[identifier])
            del self.placed[identifier]

    @rule(vnfr=vnfrs, host=hosts)
    def evict(self, vnfr: str, host: str) -> None:
        if host in self.state.fleet(vnfr).hostnames:
            for application in self.state.evict(vnfr, host):
                del self.placed[application.id]

    @rule(pick=st.integers(0))
    def heartbeat(self, pick: int) -> None:
        if self.placed:
            application = self.state.applications[sorted(self.placed)[pick % len(self.placed)]]
            application.beat, application.missed_heartbeats = self.now, 0

    @rule(seconds=st.sampled_from([1.0, 10.0, 35.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        for application in list(self.state.applications.values()):
            beat = judge_beat(self.now - application.beat, application.missed_heartbeats, RULES)
            application.missed_heartbeats = 0 if beat is Beat.FRESH else application.missed_heartbeats + 1
            if beat is Beat.EXPIRED:
                self.state.unregister(application)
                del self.placed[application.id]

    @rule(vnfr=st.just("b"))
    def release(self, vnfr: str) -> None:
        self.state.release(vnfr)
        self.placed = {key: value for key, value in self.placed.items() if value[0] != vnfr}
        self.state.manage(vnfr, "nsr", "START")

    @rule()
    def restart(self) -> None:
        before = self.picture()
        self.state = self.journal.restored(NOW, self.now, self.make)
        assert self.picture() == before
        assert all(application.beat == self.now for application in self.state.applications.values())

    def picture(self) -> object:
        return {
            vnfr: (
                sorted(
                    (each.id, each.hostname, each.ip, each.used_points, each.status, each.stopped, each.claimed)
                    for each in fleet.servers.values()
                ),
                sorted((each.id, each.media_server_id, each.points) for each in fleet.applications.values()),
                fleet.used_points,
                fleet.counts,
            )
            for vnfr, fleet in self.state.fleets.items()
        }

    @invariant()
    def used_points_are_the_sum_of_the_applications(self) -> None:
        assert self.state.applications.keys() == self.placed.keys()
        for vnfr, fleet in self.state.fleets.items():
            for server in fleet.servers.values():
                on_it = sum(points for _, host, points in self.placed.values() if host == server.id)
                assert server.used_points == on_it <= server.max_capacity
            assert fleet.used_points == sum(points for owner, _, points in self.placed.values() if owner == vnfr)

    @invariant()
    def every_server_is_in_the_pool_it_belongs_in(self) -> None:
        for fleet in self.state.fleets.values():
            pools = [server.status for server in fleet.servers.values()]
            assert fleet.counts == {status: pools.count(status) for status in MediaServerStatus}
            for server in fleet.servers.values():
                if server.claimed:
                    assert (server.status, server.used_points) == (MediaServerStatus.RELEASE, 0)
                elif server.stopped:
                    draining = server.status is MediaServerStatus.RELEASE
                    assert draining if server.used_points else server.status is MediaServerStatus.INACTIVE
                elif server.used_points:
                    assert server.status is MediaServerStatus.ACTIVE
                elif server.status is MediaServerStatus.RELEASE and server.ip is not None:
                    assert fleet.counts[MediaServerStatus.IDLE] >= self.idle_pool_size, "it should refill the pool"
                else:
                    assert server.status in {MediaServerStatus.IDLE, MediaServerStatus.RELEASE}


Books.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
TestBooks = Books.TestCase
