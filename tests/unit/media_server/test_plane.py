"""Durability: what was answered is in the database, and a restart reads it back exactly."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.vnfm.media_server.changes import Change, ChangeKind
from nai.vnfm.media_server.errors import BadRequestError, StoreUnavailableError, UnknownVnfrError
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.state import State
from tests.unit.media_server.support import NSR, VNFR, open_plane


def picture(state: State) -> object:
    """Everything that has to survive, in its order."""
    return [
        (
            (fleet.vnfr.id, fleet.vnfr.vnfr_id, fleet.vnfr.nsr_id, fleet.vnfr.task, fleet.vnfr.hb_version),
            fleet.used_points,
            fleet.counts,
            [
                (
                    *(each.id, each.hostname, each.ip, each.max_capacity, each.used_points, each.status.value),
                    *(each.stopped, each.claimed, each.hb_version),
                )
                for each in fleet.servers.values()
            ],
            [
                (each.id, each.media_server_id, each.ip, each.points, each.ext_app_id, each.created)
                for each in fleet.applications.values()
            ],
        )
        for fleet in state.fleets.values()
    ]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database file: one in memory has a single connection, which writer and test would share."""
    return f"sqlite+aiosqlite:///{tmp_path}/plane.db"


async def test_a_restart_restores_exactly(url: str) -> None:
    plane, database, _ = await open_plane(url)
    await plane.manage("other", "nsr-2", "INSTANTIATE")
    await plane.add_servers(VNFR, [(f"host-{number}", f"10.0.0.{number}", 100 * number) for number in range(1, 6)])
    await plane.add_server("other", "host-1", None, 100)
    applications = [await plane.register(VNFR, 40 + number, f"app-{number}") for number in range(8)]
    await plane.unregister(VNFR, applications[0].id)
    await plane.stop_server(VNFR, "host-5")
    await plane.stop_server(VNFR, "host-2")
    await plane.set_task(VNFR, "SCALING")
    assert await plane.release_server("other", "host-1")
    before = picture(plane.state)
    await plane.close()
    await database.dispose()

    later = ManualClock()
    await later.advance(10_000)
    database = Database(url)
    again = Plane(database, later)
    await again.open()
    assert picture(again.state) == before
    assert {each.heartbeat for each in again.state.applications.values()} == {later.now()}
    assert {each.missed_heartbeats for each in again.state.applications.values()} == {0}
    assert (await again.register(VNFR, 10, "app-3")).id == applications[3].id
    await again.forget("other")
    await again.close()
    await database.dispose()


async def test_many_registrations_share_a_commit(url: str) -> None:
    plane, database, _ = await open_plane(url)
    await plane.add_server(VNFR, "host", "10.0.0.1", 100_000)
    before = plane.writer.commits
    await asyncio.gather(*(plane.register(VNFR, 1) for _ in range(200)))
    assert plane.writer.commits - before <= 3
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM application"))).scalar() == 200
    await plane.close()
    await database.dispose()


async def test_an_answer_comes_after_the_commit_even_to_the_second_who_asks_the_same(url: str) -> None:
    plane, database, _ = await open_plane(url)
    await plane.add_server(VNFR, "host", "10.0.0.1", 100)

    async def register_and_look() -> int:
        await plane.register(VNFR, 50, "app")
        async with database.session() as session:
            return int((await session.execute(text("SELECT count(*) FROM application"))).scalar_one())

    assert list(await asyncio.gather(register_and_look(), register_and_look())) == [1, 1]
    await plane.close()
    await database.dispose()


async def test_while_the_database_is_away_changes_are_refused_and_later_written(url: str) -> None:
    plane, database, clock = await open_plane(url)
    await plane.add_server(VNFR, "host", "10.0.0.1", 100)
    async with database.session() as session:
        await session.execute(text("ALTER TABLE application RENAME TO away"))
    waiting = asyncio.create_task(plane.register(VNFR, 50))
    while plane.writer.failing is None:
        await asyncio.sleep(0.001)
    with pytest.raises(StoreUnavailableError, match="no such table"):
        await plane.register(VNFR, 10)
    assert plane.used_points(VNFR) == 50, "a refused change changes nothing"
    async with database.session() as session:
        await session.execute(text("ALTER TABLE away RENAME TO application"))
    await clock.advance(1)
    application = await waiting
    async with database.session() as session:
        assert (await session.execute(text("SELECT id FROM application"))).scalars().all() == [application.id]
    await plane.close()
    await database.dispose()


async def test_a_stop_while_the_database_is_away_ends_and_says_so_to_who_waits(url: str) -> None:
    plane, database, _ = await open_plane(url)
    await plane.add_server(VNFR, "host", "10.0.0.1", 100)
    async with database.session() as session:
        await session.execute(text("DROP TABLE application"))
    waiting = asyncio.create_task(plane.register(VNFR, 50))
    while plane.writer.failing is None:
        await asyncio.sleep(0.001)
    await plane.close()
    with pytest.raises(StoreUnavailableError):
        await waiting
    await database.dispose()


async def test_texts_that_the_tables_cannot_hold_are_refused_before_anything_changes(url: str) -> None:
    plane, database, _ = await open_plane(url)
    with pytest.raises(BadRequestError):
        await plane.manage("x" * 256, NSR, "START")
    with pytest.raises(BadRequestError):
        await plane.add_server(VNFR, "host\ud800", "10.0.0.1", 100)
    with pytest.raises(BadRequestError):
        await plane.add_server(VNFR, "host", "10.0.0.1", 2**31)
    assert plane.servers(VNFR) == []
    await plane.close()
    await database.dispose()


async def test_who_subscribed_is_told_and_can_end_it(url: str) -> None:
    plane, database, _ = await open_plane(url)
    heard: list[Change] = []
    end = plane.subscribe(heard.append)
    await plane.add_server(VNFR, "host", "10.0.0.1", 100)
    await plane.evict(VNFR, "host")
    application = await plane.register(VNFR, 50)
    end()
    await plane.unregister(VNFR, application.id)
    assert [change.kind for change in heard] == [
        ChangeKind.SERVER_ADDED,
        ChangeKind.SERVER_CHANGED,
        ChangeKind.REGISTERED,
    ]
    with pytest.raises(UnknownVnfrError):
        plane.load("nobody")
    await plane.close()
    await database.dispose()
