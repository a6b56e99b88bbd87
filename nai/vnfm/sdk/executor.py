"""Runs actions at least once: one after the other per VNF, a bounded number in all.

An action is in the journal before its message is acknowledged. Coming again, it joins itself while it runs and gets its
stored answer afterwards. What a killed process left unfinished is taken up by the next one, before the NFVO asks again.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from nai.core.bus import BusError
from nai.vnfm.sdk.journal import Entry, EntryState, Journal

if TYPE_CHECKING:
    from nai.core.clock import Clock

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0

Run = Callable[[Entry, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Carries out an action, with its message in full; returns the answer, None for none. It never raises."""

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Sends an answer; raises BusError when the broker or the NFVO's queue is not there."""

Observer = Callable[[str], None]
"""Is told each persisted step; tests end the process there."""


def unobserved(_: str) -> None:
    """Observes nothing."""


class Executor:
    """The actions of one VNFM."""

    def __init__(
        self, journal: Journal, run: Run, send: Send, *, clock: Clock, concurrency: int, observer: Observer = unobserved
    ) -> None:
        """Prepares the executor.

        Args:
            journal: Where actions and answers are kept.
            run: Carries out an action.
            send: Sends an answer.
            clock: The time.
            concurrency: Actions that run at a time.
            observer: Is told each persisted step.
        """
        self._journal = journal
        self._run = run
        self._send = send
        self._clock = clock
        self._observer = observer
        self._slots = asyncio.Semaphore(concurrency)
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._answering: set[str] = set()
        self._accepting = asyncio.Lock()

    async def accept(
        self, occurrence: str, subject: str, action: str, request: Mapping[str, Any], *, kept: Mapping[str, Any]
    ) -> None:
        """Takes an action; when this returns, it is durable.

        Args:
            occurrence: Names the action.
            subject: VNFR it works on.
            action: Kind.
            request: The message.
            kept: The message as it is stored: without secrets.
        """
        async with self._accepting:
            entry = await self._journal.record(occurrence, subject, action, kept)
            self._observer(f"{action}/recorded/after")
            if entry.state is EntryState.RUNNING and occurrence not in self._tasks:
                if action == "RELEASE_RESOURCES":
                    await self._give_up(subject)
                self._begin(entry, request)
            elif entry.state in (EntryState.DONE, EntryState.SENT) and entry.answer is not None:
                _LOG.info("%s of %s came again and is answered again", action, subject)
                await self._deliver(entry)

    async def resume(self) -> None:
        """Takes up what the last process left."""
        for entry in await self._journal.open_entries():
            if entry.occurrence not in self._tasks:
                _LOG.info("%s of %s is taken up again (%s)", entry.action, entry.subject, entry.state)
                self._begin(entry, entry.request)

    async def settle(self) -> None:
        """Waits until nothing runs."""
        while self._tasks:
            await asyncio.gather(*(task for _, task in self._tasks.values()), return_exceptions=True)

    async def close(self) -> None:
        """Stops everything; the next process takes it up."""
        tasks = [task for _, task in self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, entry: Entry, request: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._carry_out(entry, request), name=f"{entry.action} {entry.subject}")
        self._tasks[entry.occurrence] = (entry.subject, task)
        task.add_done_callback(lambda done: self._ended(entry, done))

    def _ended(self, entry: Entry, task: asyncio.Task[None]) -> None:
        self._tasks.pop(entry.occurrence, None)
        self._answering.discard(entry.occurrence)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The journal's database failed; the action stays RUNNING there, and is taken up at the next start.
            _LOG.error("%s of %s could not be finished", entry.action, entry.subject, exc_info=error)

    async def _carry_out(self, entry: Entry, request: Mapping[str, Any]) -> None:
        if entry.state is EntryState.RUNNING:
            turn = self._turns.setdefault(entry.subject, asyncio.Lock())
            async with turn, self._slots:
                answer = await self._run(entry, request)
                self._observer(f"{entry.action}/run/after")
                await self._journal.finish(entry.occurrence, answer)
                self._observer(f"{entry.action}/finished/after")
            entry = Entry(entry.occurrence, entry.subject, entry.action, EntryState.DONE, entry.request, answer)
        self._answering.add(entry.occurrence)
        wait = _FIRST_WAIT_SECONDS
        while not await self._deliver(entry):
            await self._clock.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)

    async def _deliver(self, entry: Entry) -> bool:
        if entry.answer is None:
            return True
        try:
            await self._send(entry.answer)
        except BusError as error:
            _LOG.warning("the answer to %s of %s waits: %s", entry.action, entry.subject, error)
            return False
        await self._journal.sent(entry.occurrence)
        self._observer(f"{entry.action}/sent/after")
        return True

    async def _give_up(self, subject: str) -> None:
        """Ends what runs or waits for a VNF that is to be terminated."""
        doomed = {
            occurrence: task
            for occurrence, (about, task) in self._tasks.items()
            if about == subject
            and occurrence not in self._answering
            and not task.get_name().startswith("RELEASE_RESOURCES ")
        }
        # All at once: ended one by one, the first would let the next begin.
        for task in doomed.values():
            task.cancel()
        await asyncio.gather(*doomed.values(), return_exceptions=True)
        for occurrence in doomed:
            entry = await self._journal.find(occurrence)
            if entry is not None and entry.state is EntryState.RUNNING:
                await self._journal.cancel(occurrence)
