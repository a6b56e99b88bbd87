"""A marketplace that anybody may use, as the original is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.marketplace import RunningMarket, migrate, running, settings_in


@pytest_asyncio.fixture
async def market(tmp_path: Path) -> AsyncIterator[RunningMarket]:
    """The running marketplace."""
    settings = settings_in(tmp_path)
    await migrate(settings)
    async with running(settings) as run:
        yield run
