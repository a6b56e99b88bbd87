"""One running orchestrator for each module of tests; nobody looks after services in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import argon2
import httpx
import pytest
import pytest_asyncio

from nai.core import operations, passwords
from nai.core.bus import Bus, MemoryBus
from nai.core.clock import ManualClock
from nai.core.migrations import upgrade
from nai.nfvo.bringing_up import Parts
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from tests.unit.nfvo.api.api_client import PASSWORD, Api, FakeVim, NoOrchestrator


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hashes as weak as they can be: what is slow on purpose would be all that these tests do."""
    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> NfvoSettings:
    directory: Path = tmp_path_factory.mktemp("nfvo")
    return NfvoSettings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{directory}/nfvo.db",
            "broker_url": "amqp://nowhere",
            "admin_password": PASSWORD,
            "encryption_key_file": directory / "encryption.key",
            "package_bytes": 64 * 1024,
            "history_entries": 5,
        }
    )


@asynccontextmanager
async def running(settings: NfvoSettings) -> AsyncIterator[Api]:
    """Run an orchestrator; its tables have to exist."""
    vim = FakeVim()

    async def connect(_url: str) -> Bus:
        return MemoryBus()

    parts = Parts(NoOrchestrator, connect, lambda _settings: vim.open, ManualClock())
    app = create_app(settings, parts)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://nfvo") as client,
    ):
        yield await Api(client, app.state.nfvo, vim, app.state.orchestrator).log_in()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(settings: NfvoSettings) -> AsyncIterator[Api]:
    url = settings.database_url.get_secret_value()
    for package in (operations.PACKAGE, "nai.nfvo"):
        await upgrade(url, package)
    async with running(settings) as api:
        yield api
