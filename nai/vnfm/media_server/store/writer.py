"""The group-committing writer: while one transaction is under way, the changes for the next one gather.

Whoever changed something awaits `flushed()` and is woken by the commit that holds the change. Under load one commit
carries many registrations, so that a flush of the disk is paid once for all of them; without load a change waits for
nobody.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from nai.core.clock import Clock
from nai.core.database import Database
from nai.vnfm.media_server.errors import StoreUnavailableError
from nai.vnfm.media_server.store.statements import delete_statement, upsert_statement

LOG = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
"""How long a change may wait for a database that is away, before its request is answered 503."""

RETRY_SECONDS = 0.5

GATHER_SECONDS = 0.002
"""Under load a transaction waits so long for company: it costs as much as the handling of several requests."""

LOAD = 4
"""Changes in a transaction from which on there is load."""

Row = Mapping[str, Any]
Key = tuple[Any, ...]


class _Batch:
    """Changes that become durable together: per table and key the last word, None for a deletion."""

    __slots__ = ("changes", "done")

    def __init__(self) -> None:
        self.changes: dict[Table, dict[Key, Row | None]] = {}
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class GroupWriter:
    """Writes changes in the order in which they were made, in as few transactions as the database's speed asks for.

    Attributes:
        commits: Transactions so far.
        rows: Rows written or deleted so far.
        failing: Why the last transaction failed; None when it did not.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Takes the database and the clock that the pauses between attempts go by."""
        self.commits = 0
        self.rows = 0
        self.failing: str | None = None
        self._database = database
        self._clock = clock
        self._batch: _Batch | None = None
        self._writing: _Batch | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._last_size = 0
        self._connection: AsyncConnection | None = None

    def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(self._run(), name="media-server-writer")

    async def stop(self) -> None:
        """Writes what there is, and ends; a database that is away is not waited for."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._disconnect()

    def put(self, table: Table, key: Key, row: Row | None) -> None:
        """Adds a change to the next transaction.

        Args:
            table: Where.
            key: Values of the primary key's columns, in their order.
            row: All columns; None deletes.
        """
        if self._batch is None:
            self._batch = _Batch()
            self._wake.set()
        self._batch.changes.setdefault(table, {})[key] = row

    def admit(self) -> None:
        """Refuses a change while the database is away.

        Raises:
            StoreUnavailableError: It is.
        """
        if self.failing is not None:
            raise StoreUnavailableError(f"The database takes no changes ({self.failing}). Please try again later.")

    async def flushed(self) -> None:
        """Waits until everything that was put so far is durable.

        Raises:
            StoreUnavailableError: The database is away for too long; the changes are kept, and written once it is back.
        """
        batch = self._batch or self._writing
        if batch is None:
            return
        done, _ = await asyncio.wait([batch.done], timeout=ANSWER_SECONDS)
        if not done or batch.done.cancelled():
            raise StoreUnavailableError(f"The database did not take the change ({self.failing or 'no answer'}).")

    async def _run(self) -> None:
        while True:
            if self._batch is None:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            if self._last_size >= LOAD and not self._closing:
                await asyncio.sleep(GATHER_SECONDS)
            batch, self._batch = self._batch, None
            self._writing = batch
            self._last_size = sum(map(len, batch.changes.values()))
            written = await self._write_until_done(batch)
            self._writing = None
            if not written:
                batch.done.cancel()
                return
            batch.done.set_result(None)

    async def _write_until_done(self, batch: _Batch) -> bool:
        while True:
            try:
                await self._write(batch)
            except Exception as error:  # noqa: BLE001  # whatever a driver raises: who writes must not end
                # The driver's own text, without the statement and its parameters.
                self.failing = str(getattr(error, "orig", None) or error) or type(error).__name__
                await self._disconnect()
                LOG.error("media-server state not written, again in %s s: %s", RETRY_SECONDS, self.failing)
                if self._closing:
                    return False
                await self._pause()
            else:
                self.failing = None
                return True

    async def _pause(self) -> None:
        """Sleeps, but wakes to be stopped."""
        sleep = asyncio.ensure_future(self._clock.sleep(RETRY_SECONDS))
        try:
            while not sleep.done() and not self._closing:
                self._wake.clear()
                wake = asyncio.ensure_future(self._wake.wait())
                await asyncio.wait([sleep, wake], return_when=asyncio.FIRST_COMPLETED)
                wake.cancel()
        finally:
            sleep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sleep

    async def _write(self, batch: _Batch) -> None:
        if self._connection is None:
            # One of its own, kept: to take one from the pool costs a question to the database whether it still answers.
            self._connection = await self._database.engine.connect()
        connection = self._connection
        dialect = self._database.engine.dialect.name
        async with connection.begin():
            for table, changes in batch.changes.items():
                columns = [f"key_{column.name}" for column in table.primary_key.columns]
                gone = [dict(zip(columns, key, strict=False)) for key, row in changes.items() if row is None]
                rows = [row for row in changes.values() if row is not None]
                if gone:
                    await connection.execute(delete_statement(table, len(gone[0])), gone)
                if rows:
                    await connection.execute(upsert_statement(table, dialect), rows)
        self.commits += 1
        self.rows += self._last_size

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # It may be broken; then closing it says so, which nobody has to know any more.
            with contextlib.suppress(SQLAlchemyError, OSError, EOFError):
                await connection.close()
