"""The sequence diagrams of seed 2.3.7.5 (figures 16 to 19), on a clock that is turned by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from nai.core.clock import ManualClock
from nai.vnfm.media_server.heartbeat import HeartbeatRules, HeartbeatWatch, Removal
from nai.vnfm.media_server.model import Application, MediaServer
from nai.vnfm.media_server.plane import Plane
from tests.unit.media_server.support import VNFR, open_plane


@dataclass
class Monitor:
    """Says how many sessions there are."""

    answer: int | None = None
    asked: list[float] = field(default_factory=list)
    clock: ManualClock | None = None
    before_answer: Callable[[], object] = lambda: None

    async def sessions(self, application: Application, server: MediaServer) -> int | None:
        assert application.media_server_id == server.id
        assert self.clock
        self.asked.append(self.clock.monotonic())
        await asyncio.sleep(0)
        self.before_answer()
        return self.answer


@dataclass
class Rig:
    """A plane with one application, and the watch over it."""

    plane: Plane
    clock: ManualClock
    watch: HeartbeatWatch
    application: Application

    @property
    def registered(self) -> bool:
        return self.application.id in self.plane.state.applications

    async def advance(self, seconds: float) -> None:
        """Turns the clock, and lets a removal that began finish."""
        await self.clock.advance(seconds)
        await self.plane.writer.flushed()
        await self.clock.advance(0)


@asynccontextmanager
async def rig(monitor: Monitor | None = None, **rules: float) -> AsyncIterator[Rig]:
    plane, database, clock = await open_plane()
    if monitor:
        monitor.clock = clock
    await plane.add_server(VNFR, "host", "10.0.0.1", 100)
    watch = HeartbeatWatch(plane, clock, HeartbeatRules.model_validate(rules), monitor)
    watch.start()
    yield Rig(plane, clock, watch, await plane.register(VNFR, 50))
    await watch.stop()
    await plane.close()
    await database.dispose()


async def test_figure_16_a_heartbeat_in_time_keeps_the_application() -> None:
    async with rig() as it:
        for _ in range(20):
            await it.advance(20)
            answer = it.plane.heartbeat(VNFR, it.application.id)
            assert answer is it.application
            assert answer.heartbeat == it.clock.now()
        assert it.registered
        assert it.application.missed_heartbeats == 0


async def test_the_real_client_beats_each_minute_and_stays() -> None:
    """First heartbeat after 15 s, then every 60 s: every second check finds none (contract 2.2)."""
    async with rig() as it:
        missed = []
        await it.advance(15)
        for _ in range(5):
            it.plane.heartbeat(VNFR, it.application.id)
            for _ in range(2):
                await it.advance(30)
                missed.append(it.application.missed_heartbeats)
        assert set(missed) == {0, 1}
        assert it.registered


async def test_without_heartbeats_three_checks_and_the_points_are_free() -> None:
    async with rig() as it:
        await it.advance(89)
        assert it.registered
        assert it.application.missed_heartbeats == 2
        await it.advance(2)
        assert not it.registered
        assert it.plane.used_points(VNFR) == 0
        assert it.watch.removed == {Removal.NO_HEARTBEAT: 1}


async def test_the_timeout_counts_where_the_number_of_checks_would_not() -> None:
    async with rig(retry_max=100, retry_timeout_seconds=50) as it:
        await it.advance(59)
        assert it.registered
        await it.advance(2)
        assert not it.registered


async def test_figure_17_a_heartbeat_interrupts_the_release_check() -> None:
    monitor = Monitor(answer=1)
    async with rig(monitor, session_check_from=1, release_check_period_seconds=10) as it:
        await it.advance(51)
        assert len(monitor.asked) == 3
        it.plane.heartbeat(VNFR, it.application.id)
        monitor.answer = 0
        await it.advance(25)
        assert len(monitor.asked) == 3, "nobody is asked while heartbeats come"
        assert it.registered


async def test_figure_17_a_heartbeat_while_the_monitor_is_asked_counts_more_than_its_answer() -> None:
    monitor = Monitor(answer=0)
    async with rig(monitor, session_check_from=1) as it:
        await it.clock.advance(0)
        monitor.before_answer = lambda: it.plane.heartbeat(VNFR, it.application.id)
        # The clock has moved on to the check, so that this heartbeat is a later one than the registration.
        await it.advance(31)
        assert len(monitor.asked) == 1
        assert it.registered


async def test_figure_18_sessions_keep_it_until_there_is_none() -> None:
    monitor = Monitor(answer=2)
    async with rig(monitor, session_check_from=1, release_check_period_seconds=10) as it:
        await it.advance(55)
        assert it.registered
        assert len(monitor.asked) == 3
        monitor.answer = 0
        await it.advance(10)
        assert not it.registered
        assert it.watch.removed == {Removal.NO_SESSION: 1}


async def test_figure_19_the_release_timeout_ends_it_despite_sessions() -> None:
    monitor = Monitor(answer=2)
    async with rig(monitor, release_timeout_seconds=150, release_check_period_seconds=10) as it:
        await it.advance(149)
        assert it.registered
        assert len(monitor.asked) == 6, "from the third missed check at 90 s on, each 10 s"
        await it.advance(15)
        assert not it.registered
        assert it.watch.removed == {Removal.RELEASE_TIMEOUT: 1}


async def test_a_monitor_without_answer_leaves_it_to_the_contract() -> None:
    monitor = Monitor(answer=None)
    async with rig(monitor, session_check_from=1) as it:
        await it.advance(89)
        assert it.registered
        await it.advance(2)
        assert not it.registered


async def test_the_mechanism_can_be_switched_off() -> None:
    async with rig(activate=False) as it:
        await it.advance(10_000)
        assert it.registered


async def test_many_are_checked_each_in_its_own_time() -> None:
    async with rig() as it:
        await it.plane.add_server(VNFR, "large", "10.0.0.2", 100_000)
        later = []
        for _ in range(20):
            await it.advance(1)
            later.append(await it.plane.register(VNFR, 50))
        await it.advance(90)
        left = [each for each in later if each.id in it.plane.state.applications]
        assert left == later[-1:] or left == [], "those of the last second may still be due"
        await it.advance(1)
        assert not it.plane.state.applications


async def test_an_application_that_unregistered_itself_is_not_missed() -> None:
    async with rig() as it:
        await it.plane.unregister(VNFR, it.application.id)
        await it.advance(200)
        assert it.watch.removed == {}
        assert it.watch.missed == 0


@pytest.mark.parametrize("seconds", [0.0, 29.0])
async def test_an_application_registered_during_a_sleep_is_checked_too(seconds: float) -> None:
    async with rig() as it:
        await it.advance(seconds)
        second = await it.plane.register(VNFR, 50)
        await it.advance(92)
        assert second.id not in it.plane.state.applications
