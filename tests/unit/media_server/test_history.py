"""History of number and load."""

from pathlib import Path

import pytest

from nai.core.database import Database
from nai.vnfm.media_server.errors import UnknownVnfrError
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.plane import Plane
from tests.unit.media_server.support import VNFR, open_plane


async def test_a_sample_each_five_seconds_in_a_ring_that_outlives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/plane.db"
    plane, database, clock = await open_plane(url)
    history = History(plane, database, clock, length=4)
    await history.start()
    await clock.advance(5)
    await plane.add_servers(VNFR, [("a", "10.0.0.1", 100), ("b", "10.0.0.2", 100)])
    await plane.register(VNFR, 50)
    await clock.advance(25)
    begin = round((clock.now().timestamp() - 30) * 1000)
    assert [sample.timestamp_ms - begin for sample in history.load(VNFR)] == [15000, 20000, 25000, 30000]
    assert [sample.value for sample in history.load(VNFR)] == [25.0] * 4
    assert [sample.value for sample in history.number(VNFR)] == [2] * 4
    before = (history.load(VNFR), history.number(VNFR))
    await history.stop()
    await plane.close()
    await database.dispose()

    database = Database(url)
    plane = Plane(database, clock)
    await plane.open()
    history = History(plane, database, clock, length=4)
    await history.start()
    assert (history.load(VNFR), history.number(VNFR)) == before
    await clock.advance(5)
    assert history.load(VNFR)[:-1] == before[0][1:]
    await plane.writer.flushed()
    await history.stop()
    # A shorter ring keeps the newest slots it has, and drops rows that it has no slot for.
    shorter = History(plane, database, clock, length=2)
    await shorter.start()
    assert len(shorter.number(VNFR)) <= 2
    await shorter.stop()
    await plane.close()
    await database.dispose()


async def test_without_a_server_the_load_is_minus_one_and_a_forgotten_vnfr_has_no_history(tmp_path: Path) -> None:
    plane, database, clock = await open_plane(f"sqlite+aiosqlite:///{tmp_path}/plane.db")
    history = History(plane, database, clock)
    await history.start()
    assert history.load(VNFR) == []
    await clock.advance(5)
    assert [sample.value for sample in history.load(VNFR)] == [-1.0]
    await plane.forget(VNFR)
    with pytest.raises(UnknownVnfrError):
        history.load(VNFR)
    await history.stop()
    await plane.close()
    async with database.engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM history_sample")).scalar() == 0
    await database.dispose()
