"""Reading and writing the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from nai.vnfm.sdk.journal.table import JournalRow

if TYPE_CHECKING:
    from datetime import datetime

    from nai.core.clock import Clock
    from nai.core.database import Database


class EntryState(StrEnum):
    """How far an action is."""

    RUNNING = "RUNNING"
    """Received; it runs, waits for its turn, or did so when the process ended."""
    DONE = "DONE"
    """Finished; the answer may not have reached the NFVO."""
    SENT = "SENT"
    """The answer was taken by the broker."""
    CANCELLED = "CANCELLED"
    """Given up for the VNF's termination; it has no answer."""


@dataclass(frozen=True)
class Entry:
    """An action of the journal; see JournalRow."""

    occurrence: str
    subject: str
    action: str
    state: EntryState
    request: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None


class Journal:
    """The journal of one VNFM; all of it is durable when a method returns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Uses a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def find(self, occurrence: str) -> Entry | None:
        """Returns an action, None when it is new."""
        async with self._database.session() as session:
            row = await session.scalar(select(JournalRow).where(JournalRow.occurrence == occurrence))
            return _entry(row) if row else None

    async def record(self, occurrence: str, subject: str, action: str, request: Mapping[str, Any]) -> Entry:
        """Stores a new action as RUNNING; returns the stored one when it was there already."""
        row = JournalRow(
            occurrence=occurrence,
            subject=subject,
            action=action,
            state=EntryState.RUNNING,
            request=dict(request),
            answer=None,
            received_at=self._now(),
            finished_at=None,
        )
        try:
            async with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            found = await self.find(occurrence)
            if found is None:
                raise
            return found
        return _entry(row)

    async def finish(self, occurrence: str, answer: Mapping[str, Any] | None) -> None:
        """Stores the answer of an action; one without an answer counts as SENT."""
        state = EntryState.SENT if answer is None else EntryState.DONE
        await self._set(occurrence, state=state, answer=dict(answer) if answer else None, finished_at=self._now())

    async def sent(self, occurrence: str) -> None:
        """Notes that the broker has the answer."""
        await self._set(occurrence, state=EntryState.SENT)

    async def cancel(self, occurrence: str) -> None:
        """Notes that an action was given up."""
        await self._set(occurrence, state=EntryState.CANCELLED, finished_at=self._now())

    async def open_entries(self) -> list[Entry]:
        """Returns what is RUNNING or DONE, in order of arrival: what a restarted process takes up."""
        states = (EntryState.RUNNING, EntryState.DONE)
        statement = select(JournalRow).where(JournalRow.state.in_(states)).order_by(JournalRow.sequence)
        async with self._database.session() as session:
            return [_entry(row) for row in await session.scalars(statement)]

    async def forget(self, hours: float) -> None:
        """Removes what was finished longer ago than this."""
        limit = self._now() - timedelta(hours=hours)
        finished = (EntryState.SENT, EntryState.CANCELLED)
        async with self._database.session() as session:
            await session.execute(
                delete(JournalRow).where(JournalRow.state.in_(finished), JournalRow.finished_at < limit)
            )

    async def _set(self, occurrence: str, **values: Any) -> None:
        async with self._database.session() as session:
            await session.execute(update(JournalRow).where(JournalRow.occurrence == occurrence).values(**values))

    def _now(self) -> datetime:
        # MariaDB's DATETIME knows no time zone: UTC by agreement.
        return self._clock.now().astimezone(UTC).replace(tzinfo=None)


def _entry(row: JournalRow) -> Entry:
    return Entry(row.occurrence, row.subject, row.action, EntryState(row.state), row.request, row.answer)
