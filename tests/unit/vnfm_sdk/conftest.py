"""A VNFM on a bus in memory, with an NFVO."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nai.core.bus import MemoryBus
from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.vnfm.sdk import Journal, Vnfm
from nai.vnfm.sdk.journal.table import Base
from tests.unit.vnfm_sdk.peers import Nfvo, RecordingHandler, settings


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/journal")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.dispose()


@pytest.fixture
def journal(database: Database, clock: ManualClock) -> Journal:
    return Journal(database, clock)


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def handler() -> RecordingHandler:
    return RecordingHandler()


@pytest.fixture
async def nfvo(bus: MemoryBus) -> Nfvo:
    nfvo = Nfvo(bus)
    await nfvo.serve()
    return nfvo


@pytest.fixture
async def vnfm(
    bus: MemoryBus, handler: RecordingHandler, journal: Journal, clock: ManualClock, nfvo: Nfvo
) -> AsyncIterator[Vnfm]:
    vnfm = Vnfm(bus, settings(), handler, journal=journal, clock=clock)
    await vnfm.start()
    yield vnfm
    await vnfm.stop()
    await bus.close()
