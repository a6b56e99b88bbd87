"""One running PaaS manager for each module of tests; nobody looks after applications in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.paas import RunningPaas, migrate, running, settings_in


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPaas]:
    settings = settings_in(tmp_path_factory.mktemp("paas"))
    await migrate(settings)
    async with running(settings) as api:
        yield api
