"""Sessions and migrations on SQLite; MariaDB has its turn in the integration tests."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from nai.core.command import service_command
from nai.core.database import Database
from nai.core.migrations import upgrade, version_table, versions_directory
from nai.core.settings import ServiceSettings

FIRST = '''"""First."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade() -> None:
    op.create_table("thing", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
'''
SECOND = '''"""Second."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade() -> None:
    with op.batch_alter_table("thing") as batch:
        batch.add_column(sa.Column("size", sa.Integer, nullable=False, server_default="0"))
'''


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service's package with two revisions."""
    folder = tmp_path_factory.mktemp("packages")
    versions = folder / "service_of_test_database" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "service_of_test_database" / "__init__.py").touch()
    (versions / "0001_first.py").write_text(FIRST)
    (versions / "0002_second.py").write_text(SECOND)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield "service_of_test_database"


async def test_session_commits_or_rolls_back(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/db")
    async with database.session() as session:
        await session.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY)"))

    async def insert_and_fail() -> None:
        async with database.session() as session:
            await session.execute(text("INSERT INTO thing VALUES (1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await insert_and_fail()
    async with database.session() as session:
        await session.execute(text("INSERT INTO thing VALUES (2)"))
    async with database.session() as session:
        assert list(await session.scalars(text("SELECT id FROM thing"))) == [2]
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
    await database.dispose()


async def test_writers_that_read_first_queue_up(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/db")
    async with database.session() as session:
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))

    async def count() -> None:
        async with database.session() as session:
            number = await session.scalar(text("SELECT n FROM counter"))
            await session.execute(text("UPDATE counter SET n = :n"), {"n": (number or 0) + 1})

    await asyncio.gather(*(count() for _ in range(8)))
    async with database.session() as session:
        assert await session.scalar(text("SELECT n FROM counter")) == 8
    await database.dispose()


async def test_memory_is_one_database() -> None:
    database = Database("sqlite+aiosqlite://")
    async with database.session() as session:
        await session.execute(text("CREATE TABLE thing (id INTEGER)"))
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM thing")) == 0
    await database.check()
    await database.dispose()


async def test_upgrade_step_by_step_keeps_rows_and_may_run_again(tmp_path: Path, package: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/db"
    await upgrade(url, package, "0001")
    database = Database(url)
    async with database.session() as session:
        await session.execute(text("INSERT INTO thing VALUES (1, 'a')"))
    await upgrade(url, package)
    await upgrade(url, package)
    async with database.session() as session:
        assert (await session.execute(text("SELECT * FROM thing"))).all() == [(1, "a", 0)]
        assert await session.scalar(text(f"SELECT version_num FROM {version_table(package)}")) == "0002"  # noqa: S608
    await database.dispose()


def test_what_is_no_package() -> None:
    with pytest.raises(ModuleNotFoundError):
        versions_directory("nai_without_this")
    with pytest.raises(ModuleNotFoundError):
        versions_directory("nai.core.clock")


def test_command_migrates_and_names_what_is_wrong(tmp_path: Path, package: str) -> None:
    app = service_command(ServiceSettings, lambda _: pytest.fail("no application is needed"), [package], "Things.")
    config = tmp_path / "things.yml"
    config.write_text(f"listen_port: 1\nbroker_url: amqp://\ndatabase_url: sqlite+aiosqlite:///{tmp_path}/db\n")
    run = CliRunner().invoke
    answer = run(app, ["migrate", "--config", str(config)])
    assert (answer.exit_code, answer.output.strip()) == (0, "the tables are current")
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER)")
    config.write_text(f"listen_port: 1\nbroker_url: amqp://\ndatabase_url: sqlite+aiosqlite:///{tmp_path}/other\n")
    answer = run(app, ["migrate", "--config", str(config)])
    assert (answer.exit_code, answer.output.strip()) == (
        1,
        "the tables cannot be changed: table thing already exists",
    )
    answer = run(app, ["check", "--config", str(config)])
    assert (answer.exit_code, answer.output) == (0, "")
    config.write_text("listen_port: 0\n")
    for verb in ("serve", "migrate", "check"):
        answer = run(app, [verb, "--config", str(config)])
        assert answer.exit_code == 2
        assert "listen_port" in answer.output
        assert "database_url" in answer.output
