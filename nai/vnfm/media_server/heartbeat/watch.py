"""Checks each application when it is due: a heap of times, not a walk over all applications."""

import asyncio
import heapq
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from nai.core.clock import Clock
from nai.vnfm.media_server.changes import Change, ChangeKind
from nai.vnfm.media_server.errors import StoreUnavailableError
from nai.vnfm.media_server.heartbeat.rules import Beat, HeartbeatRules, Removal, judge_beat, judge_sessions
from nai.vnfm.media_server.heartbeat.sessions import SessionMonitor
from nai.vnfm.media_server.model import Application
from nai.vnfm.media_server.plane import Plane

LOG = logging.getLogger(__name__)

TICK_SECONDS = 0.1
"""Checks that are due within so much time are done together."""

QUESTIONS = 32
"""Most questions to the monitor at once."""

SLICE = 500
"""Checks in a row before others get their turn: after a restart all applications are due at the same time."""


class HeartbeatWatch:
    """Gives up the applications that are not heard of.

    Attributes:
        removed: How many it gave up, by reason.
        missed: Missed checks so far.
    """

    def __init__(self, plane: Plane, clock: Clock, rules: HeartbeatRules, monitor: SessionMonitor | None) -> None:
        """Takes what it works with.

        Args:
            plane: Where the applications are.
            clock: Whose time counts.
            rules: When an application goes.
            monitor: Who knows sessions; None for the contract's rule alone.
        """
        self.removed: Counter[Removal] = Counter()
        self.missed = 0
        self._plane = plane
        self._clock = clock
        self._rules = rules
        self._monitor = monitor
        self._due: list[tuple[float, int, Application]] = []
        self._order = itertools.count()
        self._earlier = asyncio.Event()
        self._questions = asyncio.Semaphore(QUESTIONS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begins to check what is registered and what will be."""
        if not self._rules.activate:
            return
        for application in self._plane.state.applications.values():
            self._schedule(application, self._rules.period_seconds)
        self._unsubscribe = self._plane.subscribe(self._heard)
        self._spawn(self._run())

    async def stop(self) -> None:
        """Ends all checks."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _heard(self, change: Change) -> None:
        if change.kind is ChangeKind.REGISTERED and change.application is not None:
            self._schedule(change.application, self._rules.period_seconds)

    def _schedule(self, application: Application, seconds: float) -> None:
        due = self._clock.monotonic() + seconds
        if not self._due or due < self._due[0][0]:
            self._earlier.set()
        heapq.heappush(self._due, (due, next(self._order), application))

    async def _run(self) -> None:
        while True:
            if not self._due:
                self._earlier.clear()
                await self._earlier.wait()
                continue
            seconds = self._due[0][0] - self._clock.monotonic()
            if seconds > 0:
                await self._sleep(max(seconds, TICK_SECONDS))
                continue
            try:
                await self._check_due()
            except Exception:
                # What was taken off the heap is lost to this round; but the others go on.
                LOG.exception("checking heartbeats failed")

    async def _sleep(self, seconds: float) -> None:
        """Sleeps until then, or until something is due earlier."""
        self._earlier.clear()
        waits = [asyncio.ensure_future(each) for each in (self._clock.sleep(seconds), self._earlier.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _check_due(self) -> None:
        now = self._clock.monotonic()
        lost: list[Application] = []
        for checked in itertools.count(1):
            if not self._due or self._due[0][0] > now:
                break
            application = heapq.heappop(self._due)[2]
            if self._is_registered(application) and not self._check(application, now):
                lost.append(application)
            if checked % SLICE == 0:
                await asyncio.sleep(0)
        if lost:
            await self._remove(lost, Removal.NO_HEARTBEAT)

    def _check(self, application: Application, now: float) -> bool:
        """Checks one application; tells whether it stays."""
        elapsed = now - application.beat
        beat = judge_beat(elapsed, application.missed_heartbeats, self._rules)
        if beat is Beat.FRESH:
            application.missed_heartbeats = 0
            self._schedule(application, self._rules.period_seconds)
            return True
        application.missed_heartbeats += 1
        self.missed += 1
        if beat is Beat.MISSED:
            self._schedule(application, self._rules.period_seconds)
            return True
        if self._monitor is not None:
            self._spawn(self._ask(self._monitor, application, beat))
            return True
        if beat is Beat.SUSPECT:
            self._schedule(application, self._rules.period_seconds)
            return True
        return False

    async def _ask(self, monitor: SessionMonitor, application: Application, beat: Beat) -> None:
        before = application.beat
        async with self._questions:
            if not self._is_registered(application):
                return
            server = self._plane.fleet(application.vnfr_id).servers[application.media_server_id]
            sessions = await monitor.sessions(application, server)
        if not self._is_registered(application):
            return
        if application.beat != before:
            # Figure 17: a heartbeat that came meanwhile ends the release check.
            self._schedule(application, self._rules.period_seconds)
            return
        removal = judge_sessions(beat, sessions, self._clock.monotonic() - application.beat, self._rules)
        if removal is None:
            self._schedule(application, self._rules.release_check_period_seconds)
        else:
            await self._remove([application], removal)

    async def _remove(self, applications: list[Application], removal: Removal) -> None:
        now = self._clock.monotonic()
        silent = [each for each in applications if now - each.beat >= self._rules.period_seconds]
        kept = [each for each in applications if now - each.beat < self._rules.period_seconds]
        try:
            gone = await self._plane.expire(silent)
        except StoreUnavailableError as error:
            LOG.warning("%d applications without heartbeat are kept for now: %s", len(silent), error)
            gone, kept = [], applications
        for application in kept:
            # A heartbeat came while others were checked, or the database is away: back to the usual checks.
            if self._is_registered(application):
                self._schedule(application, self._rules.period_seconds)
        self.removed[removal] += len(gone)
        for application in gone:
            LOG.info(
                "application %s of VNFR %s given up (%s), %d points released",
                application.id,
                application.vnfr_id,
                removal.value,
                application.points,
            )

    def _is_registered(self, application: Application) -> bool:
        return self._plane.state.applications.get(application.id) is application

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
