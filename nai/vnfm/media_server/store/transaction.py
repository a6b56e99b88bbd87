"""One transaction, spoken to the driver itself: aiosqlite for SQLite, asyncmy for MariaDB."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

Execute = Callable[[str, Sequence[Any]], Coroutine[Any, Any, None]]
"""Executes a statement with its parameters."""

ExecuteMany = Callable[[str, Iterable[Sequence[Any]]], Coroutine[Any, Any, None]]
"""Executes a statement once for each set of parameters; asyncmy makes one insert of many."""


@asynccontextmanager
async def transaction(connection: AsyncConnection) -> AsyncIterator[tuple[Execute, ExecuteMany]]:
    """Opens a transaction and commits it at the end.

    When the block or the commit raises, the connection is in an unknown state: it has to be thrown away.

    Args:
        connection: A connection that nobody else uses.
    """
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if connection.dialect.name == "sqlite":
        await driver.execute("BEGIN IMMEDIATE")
        yield driver.execute, driver.executemany
    else:
        # Begins by itself: connections are not in autocommit mode.
        cursor = driver.cursor()
        yield cursor.execute, cursor.executemany
        await cursor.close()
    await driver.commit()
