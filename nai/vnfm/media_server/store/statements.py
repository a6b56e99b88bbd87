"""The statements that every table needs, as text with positional parameters for the driver itself.

SQLAlchemy makes them, once; executing them past it spares more than half of what a small transaction costs.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Insert, Table
from sqlalchemy.dialects import mysql, sqlite


@cache
def upsert(table: Table, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Makes an insert that replaces the row of the same key.

    A transaction whose answer got lost is sent again, so every insert has to bear that its row is there already.

    Args:
        table: Where.
        dialect: Of the database: SQLite, MySQL or MariaDB.

    Returns:
        The statement, and the columns in the order of its parameters.
    """
    compiled = _upsert(table, dialect.name).compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup or ())


def deletion(table: Table, dialect: Dialect, keys: Sequence[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """Makes one statement that deletes many rows by their keys, and its parameters."""
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    columns = [column.name for column in table.primary_key.columns]
    if len(columns) == 1:
        where = f"{columns[0]} IN ({', '.join([mark] * len(keys))})"
    else:
        one = "(" + " AND ".join(f"{name} = {mark}" for name in columns) + ")"
        where = " OR ".join([one] * len(keys))
    # Names are the tables' own; values are parameters.
    return f"DELETE FROM {table.name} WHERE {where}", [value for key in keys for value in key]  # noqa: S608


def _upsert(table: Table, name: str) -> Insert:
    others = [column.name for column in table.columns if not column.primary_key]
    if name == "sqlite":
        insert = sqlite.insert(table)
        key = [column.name for column in table.primary_key.columns]
        return insert.on_conflict_do_update(index_elements=key, set_={each: insert.excluded[each] for each in others})
    into = mysql.insert(table)
    return into.on_duplicate_key_update({each: into.inserted[each] for each in others})
