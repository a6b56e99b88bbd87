"""Revisions of a service's tables, run by Alembic.

A service keeps its revisions in `<its package>/migrations/versions/*.py`; how they are run is the same for all:
`migration_environment`. Several packages may share a database: each has a version table of its own.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from nai.core import migration_environment
from nai.core.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def upgrade(url: str, package: str, revision: str = "head") -> None:
    """Bring the tables of a package to its newest revision; run again, it changes nothing.

    Args:
        url: The database, as for Database.
        package: Full name of the Python package with `migrations/versions` in it, for example `nai.nfvo`.
        revision: Where to stop; tests go step by step.
    """
    database = Database(url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_run, package, revision)
    finally:
        await database.dispose()


def version_table(package: str) -> str:
    """Name of the table that says which revision a package's tables have."""
    return "alembic_version_" + package.replace(".", "_")


def versions_directory(package: str) -> Path:
    """Where the revisions of a package lie.

    Raises:
        ModuleNotFoundError: There is no such package.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is no package", name=package)
    return Path(found.submodule_search_locations[0]) / "migrations" / "versions"


def _run(connection: Connection, package: str, revision: str) -> None:
    config = Config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", str(Path(migration_environment.__file__).parent))
    config.set_main_option("version_locations", str(versions_directory(package)))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table(package)
    command.upgrade(config, revision)
