"""The database layer on a real MariaDB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import JSON, text
from sqlalchemy.exc import DBAPIError

from nai.core import operations
from nai.core.database import Database
from nai.core.migrations import upgrade
from nai.core.threads import in_thread
from tests.support.services import MariaDB

REVISION = '''"""First."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade() -> None:
    op.create_table("one", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20), index=True))
    {between}
    op.create_table("two", sa.Column("id", sa.Integer, primary_key=True))
'''


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    opened = Database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Path]:
    """Where the revisions of the package `interrupted_service` lie."""
    folder = tmp_path / "interrupted_service" / "migrations" / "versions"
    folder.mkdir(parents=True)
    (tmp_path / "interrupted_service" / "__init__.py").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        yield folder


async def test_documents_and_text_come_back_unchanged(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE document (id INT PRIMARY KEY, body JSON)"))
        document = '{"name": "größe 🎥", "list": [1, null]}'
        await session.execute(text("INSERT INTO document VALUES (1, :body)"), {"body": document})
    async with database.session() as session:
        read = await session.scalar(text("SELECT body FROM document").columns(body=JSON))
    assert read == {"name": "größe 🎥", "list": [1, None]}


async def test_interrupted_migration_is_finished_by_the_next(
    database_url: str, database: Database, versions: Path
) -> None:
    file = versions / "0001_first.py"
    file.write_text(REVISION.format(between="raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        await upgrade(database_url, "interrupted_service")
    file.write_text(REVISION.format(between=""))
    await upgrade(database_url, "interrupted_service")
    await upgrade(database_url, operations.PACKAGE)
    async with database.session() as session:
        tables = set(await session.scalars(text("SHOW TABLES")))
    assert {"one", "two", "operation", "alembic_version_interrupted_service"} <= tables


async def test_sessions_go_on_after_the_server_was_killed(database: Database, database_server: MariaDB) -> None:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE thing (id INT PRIMARY KEY)"))
        await session.execute(text("INSERT INTO thing VALUES (1)"))
    await in_thread(database_server.kill)
    with pytest.raises((DBAPIError, OSError)):
        await database.check()
    await in_thread(database_server.start)
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM thing")) == 1


async def test_what_another_commits_is_seen_within_a_transaction(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE thing (id INT PRIMARY KEY)"))
    async with database.session() as reader:
        assert await reader.scalar(text("SELECT count(*) FROM thing")) == 0

        async def write() -> None:
            async with database.session() as writer:
                await writer.execute(text("INSERT INTO thing VALUES (1)"))

        await asyncio.create_task(write())
        assert await reader.scalar(text("SELECT count(*) FROM thing")) == 1
