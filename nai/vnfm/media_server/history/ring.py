"""Samples of each VNFR, each 5 s, in a ring of fixed length: in memory, and slot for slot in the database.

The length of 1440 samples is two hours. The original kept them in memory only; here a restart continues the ring, with
a gap for the time in which nobody sampled.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from nai.core.clock import Clock
from nai.core.database import Database
from nai.vnfm.media_server.changes import Change, ChangeKind
from nai.vnfm.media_server.errors import UnknownVnfrError
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.store.records import table_of
from nai.vnfm.media_server.tables import HistoryRow

LOG = logging.getLogger(__name__)

LENGTH = 1440
SAMPLE_SECONDS = 5.0

NO_SERVER = -1.0
"""Load of a sample without a server, as the original wrote it: no measured value looks like it."""

HISTORY = table_of(HistoryRow)


@dataclass(frozen=True, slots=True)
class Sample:
    """A value and when it was.

    Attributes:
        timestamp_ms: Milliseconds since 1970, UTC.
        value: Number of media servers, or the mean of their used points.
    """

    timestamp_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class _Both:
    timestamp_ms: int
    number: int
    load: float


class _Ring:
    __slots__ = ("next_slot", "samples")

    def __init__(self, length: int) -> None:
        self.samples: deque[_Both] = deque(maxlen=length)
        self.next_slot = 0


class History:
    """Rings of all managed VNFRs."""

    def __init__(self, plane: Plane, database: Database, clock: Clock, *, length: int = LENGTH) -> None:
        """Takes what is sampled, where it is kept, whose time counts, and how many samples a ring holds."""
        self._plane = plane
        self._database = database
        self._clock = clock
        self._length = length
        self._rings: dict[str, _Ring] = {}
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        """Reads the rings back, and begins to sample."""
        async with self._database.engine.connect() as connection:
            order = (HISTORY.c.vnfr_id, HISTORY.c.timestamp_ms, HISTORY.c.slot)
            rows = (await connection.execute(select(HISTORY).order_by(*order))).all()
        for row in rows:
            if not self._plane.knows(row.vnfr_id) or row.slot >= self._length:
                self._plane.writer.put(HISTORY, (row.vnfr_id, row.slot), None)
                continue
            ring = self._rings.setdefault(row.vnfr_id, _Ring(self._length))
            ring.samples.append(_Both(row.timestamp_ms, row.number, row.load))
            ring.next_slot = (row.slot + 1) % self._length
        self._unsubscribe = self._plane.subscribe(self._heard)
        self._task = asyncio.create_task(self._run(), name="media-server-history")

    async def stop(self) -> None:
        """Ends sampling."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def number(self, vnfr_id: str) -> list[Sample]:
        """Returns the numbers of media servers, oldest first; raises UnknownVnfrError."""
        return [Sample(each.timestamp_ms, each.number) for each in self._samples(vnfr_id)]

    def load(self, vnfr_id: str) -> list[Sample]:
        """Returns the loads, oldest first, -1 where there was no server; raises UnknownVnfrError."""
        return [Sample(each.timestamp_ms, each.load) for each in self._samples(vnfr_id)]

    def sample(self) -> None:
        """Takes a sample of every managed VNFR; all are written in one transaction."""
        timestamp_ms = round(self._clock.now().timestamp() * 1000)
        for vnfr_id, fleet in self._plane.state.fleets.items():
            number = len(fleet.servers)
            both = _Both(timestamp_ms, number, fleet.load if number else NO_SERVER)
            ring = self._rings.setdefault(vnfr_id, _Ring(self._length))
            ring.samples.append(both)
            row = {
                "vnfr_id": vnfr_id,
                "slot": ring.next_slot,
                "timestamp_ms": both.timestamp_ms,
                "number": both.number,
                "load": both.load,
            }
            self._plane.writer.put(HISTORY, (vnfr_id, ring.next_slot), row)
            ring.next_slot = (ring.next_slot + 1) % self._length

    def _samples(self, vnfr_id: str) -> list[_Both]:
        if not self._plane.knows(vnfr_id):
            raise UnknownVnfrError(vnfr_id)
        ring = self._rings.get(vnfr_id)
        return list(ring.samples) if ring else []

    def _heard(self, change: Change) -> None:
        """Drops the ring of a VNFR that is not managed any more."""
        if change.kind is ChangeKind.RELEASED and (ring := self._rings.pop(change.vnfr_id, None)) is not None:
            for slot in range(len(ring.samples)):
                self._plane.writer.put(HISTORY, (change.vnfr_id, slot), None)

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(SAMPLE_SECONDS)
            # While the database is away samples would pile up in the writer.
            if self._plane.writer.failing is None:
                self.sample()
