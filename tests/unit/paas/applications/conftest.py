"""Worlds over copies of one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.paas import migrate, settings_in
from tests.unit.paas.applications.world import World


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables, and nothing in them."""
    directory = tmp_path_factory.mktemp("empty")
    asyncio.run(migrate(settings_in(directory)))
    return directory / "paas.db"


@pytest_asyncio.fixture
async def world(tmp_path: Path, empty_database: Path) -> AsyncIterator[World]:
    """A world with a running manager."""
    world = World(tmp_path, empty_database)
    await world.start()
    yield world
    await world.stop()
