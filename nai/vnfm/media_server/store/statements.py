"""The two statements that every table needs, each made once."""

from functools import cache

from sqlalchemy import Delete, Insert, Table, bindparam, delete
from sqlalchemy.dialects import mysql, sqlite


@cache
def upsert_statement(table: Table, dialect: str) -> Insert:
    """Returns an insert that replaces the row of the same key.

    A transaction whose answer got lost is sent again, so every insert has to bear that its row is there already.

    Args:
        table: Where.
        dialect: SQLAlchemy's name of the database: sqlite, mysql or mariadb.
    """
    others = [column.name for column in table.columns if not column.primary_key]
    if dialect == "sqlite":
        insert = sqlite.insert(table)
        key = [column.name for column in table.primary_key.columns]
        return insert.on_conflict_do_update(index_elements=key, set_={name: insert.excluded[name] for name in others})
    into = mysql.insert(table)
    return into.on_duplicate_key_update({name: into.inserted[name] for name in others})


@cache
def delete_statement(table: Table, columns: int) -> Delete:
    """Returns a deletion by the first columns of the primary key."""
    key = list(table.primary_key.columns)[:columns]
    # The parameter is not named as the column is: SQLAlchemy keeps those names for itself.
    return delete(table).where(*(column == bindparam(f"key_{column.name}") for column in key))
