"""Runs operation occurrences: one at a time per subject, each step persisted before the next begins."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from nai.core.errors import ConflictError, NotFoundError
from nai.core.identifiers import new_id
from nai.core.operations.context import StepContext
from nai.core.operations.model import UNFINISHED, Kind, Operation, OperationState, Step
from nai.core.operations.table import OperationRow, microseconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.clock import Clock
    from nai.core.database import Database

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
TRANSIENT_SECONDS = 600.0
"""A step that finds no database is run again for so long."""


class Operations:
    """The operations of one service."""

    def __init__(self, database: Database, clock: Clock, observer: Callable[[str], None] | None = None) -> None:
        """Prepare; `resume` takes up what an earlier process left.

        Args:
            database: Has the table of this package.
            clock: Tells the time.
            observer: Hears "<kind>/<step>/before" and "<kind>/<step>/after" of each step, and what steps report.
        """
        self._database = database
        self._clock = clock
        self._observer = observer or (lambda _event: None)
        self._kinds: dict[str, Kind] = {}
        self._queues: defaultdict[str, deque[str]] = defaultdict(deque)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._cancelled: dict[str, str] = {}
        self._ends: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def register(
        self,
        kind: str,
        steps: Sequence[Step],
        *,
        failed: Callable[[StepContext, Exception], Awaitable[None]] | None = None,
        rolled_back: Callable[[StepContext], Awaitable[None]] | None = None,
    ) -> None:
        """Say what a kind of operation consists of.

        Args:
            kind: Its name.
            steps: In order; at least one.
            failed: Called when a step has failed, before that is persisted; may be called again after a crash.
            rolled_back: Called when all is taken back, before that is persisted.
        """
        self._kinds[kind] = Kind(kind, steps, failed, rolled_back)

    async def start(
        self, kind: str, subject: str, data: dict[str, Any], session: AsyncSession | None = None
    ) -> Operation:
        """Persist an operation and run it as soon as its subject is free.

        Args:
            kind: A registered kind.
            subject: What it is done to.
            data: First content of the steps' data; JSON.
            session: The caller's transaction; the operation then exists, and runs, only if that commits.
        """
        now = microseconds(self._clock.now())
        row = OperationRow(
            id=new_id(),
            kind=kind,
            subject=subject,
            state=OperationState.STARTING,
            step=self._kinds[kind].steps[0].name,
            data=data,
            error=None,
            created_at=now,
            updated_at=now,
        )
        operation = row.operation()
        if session is not None:
            session.add(row)
            event.listen(session.sync_session, "after_commit", lambda _session: self._enqueue(operation), once=True)
            return operation
        async with self._database.session() as own:
            own.add(row)
        self._enqueue(operation)
        return operation

    async def resume(self) -> list[Operation]:
        """Take up what an earlier process did not finish, oldest first; call once, when the service starts."""
        async with self._database.session() as session:
            query = select(OperationRow).where(OperationRow.state.in_(UNFINISHED)).order_by(OperationRow.number)
            found = [row.operation() for row in await session.scalars(query)]
        for operation in found:
            self._enqueue(operation)
        return found

    async def stop(self) -> None:
        """Stop running; what is unfinished stays so, for the next process."""
        tasks = [*self._workers.values(), *self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._queues.clear()

    async def get(self, identifier: str) -> Operation:
        """One operation.

        Raises:
            NotFoundError: There is none with this id.
        """
        async with self._database.session() as session:
            row = await session.scalar(select(OperationRow).where(OperationRow.id == identifier))
        if row is None:
            raise NotFoundError(f"No operation with id {identifier}")
        return row.operation()

    async def list(self, subject: str | None = None) -> list[Operation]:
        """All operations, or those of a subject, oldest first."""
        query = select(OperationRow).order_by(OperationRow.number)
        if subject is not None:
            query = query.where(OperationRow.subject == subject)
        async with self._database.session() as session:
            return [row.operation() for row in await session.scalars(query)]

    async def wait(self, identifier: str) -> Operation:
        """Wait until nothing of the operation runs any more; returns how it ended."""
        while True:
            # Before the look at the database: an end between the look and the waiting is not missed.
            end = self._ends[identifier]
            operation = await self.get(identifier)
            if operation.over:
                self._announce(identifier)
                return operation
            await end.wait()

    async def retry(self, identifier: str) -> Operation:
        """Run again from the step that failed.

        Raises:
            NotFoundError: Unknown.
            ConflictError: It is not in FAILED_TEMP.
        """
        return await self._leave_failed_temp(identifier, OperationState.PROCESSING)

    async def rollback(self, identifier: str) -> Operation:
        """Take back the step that failed and all before it, latest first. Errors as of `retry`."""
        return await self._leave_failed_temp(identifier, OperationState.ROLLING_BACK)

    async def fail(self, identifier: str) -> Operation:
        """Give up: what was done stays as it is. Errors as of `retry`."""
        return await self._leave_failed_temp(identifier, OperationState.FAILED)

    async def cancel(self, identifier: str, reason: str) -> None:
        """Stop a running or waiting operation at once: FAILED_TEMP, for this reason. One that is over stays so."""
        if (task := self._running.get(identifier)) is not None:
            self._cancelled[identifier] = reason
            task.cancel()
            await asyncio.wait([task])
            self._cancelled.pop(identifier, None)
        # It may have been between two steps just then, where nobody was there to write down that it has failed.
        operation = await self.get(identifier)
        if operation.over:
            return
        if identifier in (queue := self._queues[operation.subject]):
            queue.remove(identifier)
        await self._write(identifier, state=OperationState.FAILED_TEMP, error=reason)
        self._announce(identifier)

    async def prune(self, age: timedelta) -> int:
        """Forget operations that ended for good longer ago than this; returns how many."""
        limit = microseconds(self._clock.now() - age)
        ended = (OperationState.COMPLETED, OperationState.FAILED, OperationState.ROLLED_BACK)
        async with self._database.session() as session:
            query = select(OperationRow).where(OperationRow.state.in_(ended), OperationRow.updated_at < limit)
            rows = list(await session.scalars(query))
            for row in rows:
                await session.delete(row)
        return len(rows)

    async def _leave_failed_temp(self, identifier: str, state: OperationState) -> Operation:
        operation = await self.get(identifier)
        async with self._database.session() as session:
            # The state is part of the condition: of two who ask at once, one succeeds.
            changed = await session.execute(
                update(OperationRow)
                .where(OperationRow.id == identifier, OperationRow.state == OperationState.FAILED_TEMP)
                .values(state=state, updated_at=microseconds(self._clock.now()))
            )
        if not changed.rowcount:  # type: ignore[attr-defined]  # the result of an UPDATE has it
            raise ConflictError(f"Operation {identifier} is {operation.state}; only one in FAILED_TEMP can do this")
        if state in UNFINISHED:
            self._ends.pop(identifier, None)
            self._enqueue(operation)
        return await self.get(identifier)

    def _enqueue(self, operation: Operation) -> None:
        queue = self._queues[operation.subject]
        if operation.id in queue or operation.id in self._running:
            return
        queue.append(operation.id)
        if operation.subject not in self._workers:
            self._workers[operation.subject] = asyncio.create_task(self._work(operation.subject))

    async def _work(self, subject: str) -> None:
        try:
            while queue := self._queues[subject]:
                identifier = queue.popleft()
                task = asyncio.create_task(self._run(identifier))
                self._running[identifier] = task
                try:
                    await asyncio.wait([task])
                finally:
                    self._running.pop(identifier, None)
                    self._announce(identifier)
                if not task.cancelled() and (error := task.exception()) is not None:
                    log.error("operation %s of %s was given up", identifier, subject, exc_info=error)
        finally:
            self._workers.pop(subject, None)
            if not self._queues[subject]:
                del self._queues[subject]

    def _announce(self, identifier: str) -> None:
        if (end := self._ends.pop(identifier, None)) is not None:
            end.set()

    async def _run(self, identifier: str) -> None:
        operation: Operation = await self._persistently(lambda: self.get(identifier))
        kind = self._kinds.get(operation.kind)
        try:
            if kind is None:
                raise ValueError(f"no kind of operation is called {operation.kind!r}")
            position = kind.position(operation.step)
        except ValueError as error:
            await self._write(identifier, state=OperationState.FAILED, error=str(error))
            return
        if operation.state is OperationState.ROLLING_BACK:
            await self._back(operation, kind, position)
        else:
            await self._forth(operation, kind, position)

    async def _forth(self, operation: Operation, kind: Kind, position: int) -> None:
        data = operation.data
        for index in range(position, len(kind.steps)):
            step = kind.steps[index]
            following = kind.steps[index + 1].name if index + 1 < len(kind.steps) else ""
            state = OperationState.PROCESSING if following else OperationState.COMPLETED
            context = self._context(operation, data, step, {"state": state, "step": following, "error": None})
            if not await self._one(context, kind, step, step.run):
                return
            data = context.data

    async def _back(self, operation: Operation, kind: Kind, position: int) -> None:
        data = operation.data
        for index in range(position, -1, -1):
            step = kind.steps[index]
            state = OperationState.ROLLING_BACK if index else OperationState.ROLLED_BACK
            context = self._context(
                operation, data, step, {"state": state, "step": kind.steps[index - 1].name if index else ""}
            )
            last = kind.rolled_back if not index else None

            async def undo(context: StepContext, step: Step = step, last: Any = last) -> None:
                if step.undo is not None:
                    await step.undo(context)
                if last is not None:
                    await last(context)

            if not await self._one(context, kind, step, undo, label="undo-"):
                return
            data = context.data

    def _context(self, operation: Operation, data: dict[str, Any], step: Step, then: dict[str, Any]) -> StepContext:
        current = Operation(**{**vars(operation), "step": step.name, "data": data})
        return StepContext(
            current,
            self._database,
            write=lambda session, content: self._update(session, operation.id, data=dict(content)),
            advance=lambda session, content: self._update(session, operation.id, data=dict(content), **then),
            observer=self._observer,
        )

    async def _one(
        self,
        context: StepContext,
        kind: Kind,
        step: Step,
        run: Callable[[StepContext], Awaitable[None]],
        label: str = "",
    ) -> bool:
        """Run one step forth or back and persist its end; returns False when it failed."""
        identifier = context.operation.id
        point = f"{kind.name}/{label}{step.name}"
        self._observer(f"{point}/before")
        try:
            await self._persistently(partial(run, context))
        except asyncio.CancelledError:
            # Stopped with the service: the next process goes on. Cancelled by `cancel`: it has failed.
            if (reason := self._cancelled.pop(identifier, None)) is None:
                raise
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            await self._failed(context, kind, step, ConflictError(reason))
            return False
        except Exception as error:  # noqa: BLE001  # whatever a step raises is the operation's error
            await self._failed(context, kind, step, error)
            return False
        if not context.advanced:
            await self._persistently(partial(self._advance, context))
        self._observer(f"{point}/after")
        return True

    async def _advance(self, context: StepContext) -> None:
        async with context.completing():
            pass

    async def _failed(self, context: StepContext, kind: Kind, step: Step, error: Exception) -> None:
        text = str(error) or type(error).__name__
        log.warning("operation %s %s failed at %s: %s", kind.name, context.operation.id, step.name, text)
        log.debug("operation %s", context.operation.id, exc_info=error)
        if kind.failed is not None:
            try:
                await self._persistently(partial(kind.failed, context, error))
            except Exception:
                log.exception("operation %s: its failure could not be told", context.operation.id)
        await self._write(
            context.operation.id, data=dict(context.data), state=OperationState.FAILED_TEMP, step=step.name, error=text
        )

    async def _write(self, identifier: str, **values: Any) -> None:
        async def write() -> None:
            async with self._database.session() as session:
                await self._update(session, identifier, **values)

        await self._persistently(write)

    async def _update(self, session: AsyncSession, identifier: str, **values: Any) -> None:
        now = microseconds(self._clock.now())
        await session.execute(
            update(OperationRow).where(OperationRow.id == identifier).values(**values, updated_at=now)
        )

    async def _persistently(self, action: Callable[[], Awaitable[Any]]) -> Any:
        """Do it again while the database is away or another transaction is in the way."""
        pause = FIRST_PAUSE_SECONDS
        until = self._clock.monotonic() + TRANSIENT_SECONDS
        while True:
            try:
                return await action()
            except (OperationalError, InterfaceError, DBAPIError) as error:
                transient = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
                if not transient or self._clock.monotonic() > until:
                    raise
                log.warning("the database did not answer, once more in %.1f s: %s", pause, error.orig)
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
