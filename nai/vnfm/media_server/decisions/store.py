"""The record of decisions: written beside the loop that decides, bounded per VNFR, and kept over restarts."""

import asyncio
import logging
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from nai.core.clock import Clock
from nai.core.database import Database
from nai.vnfm.media_server.decisions.model import Decision, DecisionState
from nai.vnfm.media_server.decisions.table import DecisionRow

_log = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
_MOST_PENDING = 10_000
"""Holds that wait for a database that is away; the oldest beyond that are given up."""


class DecisionStore:
    """All decisions, of which each VNFR keeps the last `kept` and some."""

    def __init__(self, database: Database, clock: Clock, kept: int) -> None:
        """Connects it; `start` begins to write.

        Args:
            database: Where decisions are.
            clock: For the wait after a failed write.
            kept: How many are kept per VNFR.
        """
        self._database = database
        self._clock = clock
        self._kept = kept
        self._counts: Counter[str] = Counter()
        self._pending: dict[str, Decision] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._writer: asyncio.Task[None] | None = None
        self._ending = False

    async def start(self) -> None:
        """Counts what there is and begins to write."""
        async with self._database.session() as session:
            counts = await session.execute(select(DecisionRow.vnfr_id, func.count()).group_by(DecisionRow.vnfr_id))
            self._counts.update(dict(counts.all()))
        self._writer = asyncio.create_task(self._write(), name="scaling-decisions")

    async def stop(self) -> None:
        """Writes what waits, if the database takes it, and ends."""
        if self._writer is not None:
            # Not cancelled: that could leave a transaction half way, and its locks with it.
            self._ending = True
            self._wake.set()
            await self._writer

    def note(self, decision: Decision) -> None:
        """Takes a new or changed decision; it is written in a moment, with all others of that moment."""
        self._pending.pop(decision.id, None)
        self._pending[decision.id] = decision
        if len(self._pending) > _MOST_PENDING:
            self._pending.pop(next(iter(self._pending)))
        self._idle.clear()
        self._wake.set()

    async def written(self) -> None:
        """Waits until all that was noted is in the database."""
        await self._idle.wait()

    async def put(self, session: AsyncSession, decision: Decision) -> None:
        """Writes a decision in the caller's transaction, with the operation that carries it out, say."""
        if await session.get(DecisionRow, decision.id) is None:
            self._counts[decision.vnfr_id] += 1
        await session.merge(_row(decision))

    async def of(self, vnfr_id: str, limit: int, state: DecisionState | None = None) -> list[Decision]:
        """Gives the last decisions of a VNFR, newest first.

        Args:
            vnfr_id: The VNFR.
            limit: How many at most.
            state: Only those in this state.
        """
        wanted = select(DecisionRow).where(DecisionRow.vnfr_id == vnfr_id)
        if state is not None:
            wanted = wanted.where(DecisionRow.state == state.value)
        wanted = wanted.order_by(DecisionRow.at.desc(), DecisionRow.id).limit(limit)
        async with self._database.session() as session:
            return [_read(row) for row in await session.scalars(wanted)]

    async def find(self, decision_id: str) -> Decision | None:
        """Gives one decision."""
        async with self._database.session() as session:
            row = await session.get(DecisionRow, decision_id)
            return _read(row) if row is not None else None

    async def cooldown_until(self, vnfr_id: str) -> datetime | None:
        """Tells when the cooldown after the last real scaling of a VNFR ends, or ended."""
        for decision in await self.of(vnfr_id, 20, DecisionState.DONE):
            if decision.scaled and decision.finished_at is not None:
                return decision.finished_at + timedelta(seconds=decision.cooldown_seconds)
        return None

    async def forget(self, vnfr_id: str) -> None:
        """Removes the decisions of a VNFR that is gone."""
        for decision_id in [each.id for each in self._pending.values() if each.vnfr_id == vnfr_id]:
            del self._pending[decision_id]
        async with self._database.session() as session:
            await session.execute(delete(DecisionRow).where(DecisionRow.vnfr_id == vnfr_id))
        self._counts.pop(vnfr_id, None)

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("%d scaling decisions wait for the database: %s", len(self._pending), error)
                if not self._ending:
                    await self._clock.sleep(_RETRY_SECONDS)
                    self._wake.set()
            if self._ending:
                return

    async def _flush(self) -> None:
        batch, self._pending = self._pending, {}
        try:
            if batch:
                await self._save(batch)
        except BaseException:
            self._pending = batch | self._pending
            raise
        if not self._pending:
            self._idle.set()

    async def _save(self, batch: dict[str, Decision]) -> None:
        rows = [_row(decision) for decision in batch.values()]
        trimmed: Counter[str] = Counter()
        async with self._database.session() as session:
            known = set(await session.scalars(select(DecisionRow.id).where(DecisionRow.id.in_(batch))))
            for row in rows:
                await session.merge(row)
            new = Counter(decision.vnfr_id for decision in batch.values() if decision.id not in known)
            for vnfr_id in new:
                # Not one by one: each trimming looks through the VNFR's decisions.
                if self._counts[vnfr_id] + new[vnfr_id] >= self._kept + max(10, self._kept // 10):
                    trimmed[vnfr_id] = await self._trim(session, vnfr_id)
        self._counts.update(new)
        self._counts.subtract(trimmed)

    async def _trim(self, session: AsyncSession, vnfr_id: str) -> int:
        """Removes the oldest decisions beyond those that are kept; returns how many."""
        await session.flush()
        oldest = await session.scalar(
            select(DecisionRow.at)
            .where(DecisionRow.vnfr_id == vnfr_id)
            .order_by(DecisionRow.at.desc())
            .offset(self._kept - 1)
            .limit(1)
        )
        if oldest is None:
            return 0
        gone = await session.scalars(
            select(DecisionRow.id).where(
                DecisionRow.vnfr_id == vnfr_id,
                DecisionRow.at < oldest,
                DecisionRow.state != DecisionState.RUNNING.value,
            )
        )
        ids = list(gone)
        await session.execute(delete(DecisionRow).where(DecisionRow.id.in_(ids)))
        return len(ids)


def _row(decision: Decision) -> DecisionRow:
    return DecisionRow(
        id=decision.id,
        vnfr_id=decision.vnfr_id,
        at=decision.at.timestamp(),
        state=decision.state.value,
        document=decision.model_dump(mode="json", by_alias=True),
    )


def _read(row: DecisionRow) -> Decision:
    return Decision.model_validate(row.document)
