"""A service's database: MariaDB when installed, SQLite when embedded or in tests."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_SECONDS = 15
"""How long SQLite waits for another writer."""

RECYCLE_SECONDS = 1800
"""A pooled connection is replaced after this; MariaDB itself closes idle ones after eight hours."""


class Database:
    """Engine and sessions of one database."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: SQLAlchemy's URL with an asynchronous driver: `sqlite+aiosqlite:///file`, `sqlite+aiosqlite://` for
                one in memory, `mysql+asyncmy://user:password@host/database`.
        """
        parsed = make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "sqlite":
            options = {"connect_args": {"timeout": BUSY_SECONDS}}
            if parsed.database in (None, "", ":memory:"):
                # Each connection to memory would be a database of its own.
                options |= {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
        else:
            options["pool_recycle"] = RECYCLE_SECONDS
            # A row is read as the last commit left it: what a step waits for must become visible within a transaction.
            options["isolation_level"] = "READ COMMITTED"
            parsed = parsed.update_query_dict({"charset": "utf8mb4"})
        self.engine: AsyncEngine = create_async_engine(parsed, **options)
        if parsed.get_backend_name() == "sqlite":
            _prepare_sqlite(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back when the block raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def check(self) -> None:
        """Ask the database for an answer.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: There is none.
        """
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Make SQLite fit for several writers.

    Python's own driver begins a transaction at the first write only; two that read first and then both write would fail
    at once. As SQLAlchemy's documentation of pysqlite says, BEGIN is sent by us: IMMEDIATE, so that writers queue.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
