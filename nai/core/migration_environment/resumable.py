"""Migrations of MariaDB that were interrupted can be run again.

MariaDB commits each change of a table at once. A migration that is killed has made some of its tables, and its revision
is not noted: the next run makes it again, and must not stumble over what is there.
"""

from __future__ import annotations

from typing import Any

from alembic.ddl.mysql import MySQLImpl
from sqlalchemy.schema import CreateIndex, CreateTable


class ResumableImpl(MySQLImpl):
    """Creates tables and indexes only where they do not exist. Alembic takes the class by the dialect's name."""

    __dialect__ = "mysql"

    def _exec(self, construct: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(construct, CreateTable | CreateIndex):
            construct.if_not_exists = True
        return super()._exec(construct, *args, **kwargs)


def register() -> None:
    """Importing this module has registered the class; the call says so."""
