"""The service comes up by itself once its database and the broker are there; what it keeps survives a restart."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from nai.catalogue import VimInstance
from nai.core import operations
from nai.core.bus import Bus, BusUnavailableError, MemoryBus
from nai.core.clock import ManualClock
from nai.core.errors import UnauthorizedError
from nai.core.migrations import upgrade
from nai.nfvo.bringing_up import RETRY_SECONDS, Parts, driver_options
from nai.nfvo.drivers import KeptDrivers
from nai.nfvo.onboarding.marketplace import MarketplaceError, download
from nai.nfvo.records import tables as records
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from nai.nfvo.tables import Base
from tests.unit.nfvo.api.api_client import PASSWORD, FakeVim, NoOrchestrator


def settings_in(directory: Path, **changes: Any) -> NfvoSettings:
    base = {
        "database_url": f"sqlite+aiosqlite:///{directory}/nfvo.db",
        "broker_url": "amqp://nowhere",
        "admin_password": PASSWORD,
        "encryption_key_file": directory / "key" / "encryption.key",
    }
    return NfvoSettings.model_validate(base | changes)


async def migrate(settings: NfvoSettings) -> None:
    for package in (operations.PACKAGE, "nai.nfvo"):
        await upgrade(settings.database_url.get_secret_value(), package)


class Broker:
    """A broker that may be away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def connect(self, _url: str) -> Bus:
        if self.away:
            message = "broker cannot be reached"
            raise BusUnavailableError(message)
        return MemoryBus()


def parts(broker: Broker, clock: ManualClock) -> Parts:
    return Parts(NoOrchestrator, broker.connect, lambda _settings: FakeVim().open, clock)


async def until_up(app: Any, clock: ManualClock) -> None:
    async with asyncio.timeout(10):
        while getattr(app.state, "nfvo", None) is None:
            await clock.advance(RETRY_SECONDS)
            await asyncio.sleep(0.01)


async def test_it_waits_for_its_tables_and_for_the_broker(tmp_path: Path) -> None:
    settings, broker, clock = settings_in(tmp_path), Broker(away=True), ManualClock()
    app = create_app(settings, parts(broker, clock))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://nfvo")
    async with app.router.lifespan_context(app), client:
        assert (await client.get("/health")).status_code == 200
        answer = await client.get("/api/v1/projects", headers={"Authorization": "Bearer x"})
        assert answer.status_code == 503
        assert answer.json()["code"] == "Service Unavailable"
        assert (await client.get("/ready")).status_code == 503
        await migrate(settings)
        await clock.advance(RETRY_SECONDS)
        assert (await client.get("/ready")).json()["checks"]["bus"] != "ok"
        broker.away = False
        await until_up(app, clock)
        assert (await client.get("/ready")).status_code == 200
        assert (await client.get("/api/v1/projects", headers={"Authorization": "Bearer x"})).status_code == 401
        assert app.state.orchestrator.running
        orchestrator = app.state.orchestrator
    assert not orchestrator.running


async def test_the_administrators_password_follows_the_settings_when_they_change(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await migrate(settings)

    async def can_log_in(settings: NfvoSettings, password: str, change_to: str = "") -> bool:
        app = create_app(settings, parts(Broker(), ManualClock()))
        async with app.router.lifespan_context(app):
            try:
                grant = await app.state.nfvo.logins.login("admin", password)
            except UnauthorizedError:
                return False
            if change_to:
                client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://nfvo")
                async with client:
                    answer = await client.put(
                        "/api/v1/users/changepwd",
                        json={"old_pwd": password, "new_pwd": change_to},
                        headers={"Authorization": f"Bearer {grant.access_token}"},
                    )
                    assert answer.status_code == 202, answer.text
            return True

    assert await can_log_in(settings, PASSWORD, change_to="changed by hand")
    assert await can_log_in(settings, "changed by hand")
    other = settings_in(tmp_path, admin_password="from the settings")
    assert await can_log_in(other, "from the settings")
    assert not await can_log_in(other, "changed by hand")


def test_the_tables_are_what_the_revisions_make(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    asyncio.run(migrate(settings))
    engine = create_engine(settings.database_url.get_secret_value().replace("+aiosqlite", ""))
    assert records.ServiceRow.metadata is Base.metadata

    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
        return kind != "table" or name in Base.metadata.tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_settings_reach_the_drivers(tmp_path: Path) -> None:
    changes = {"vim_name_servers": ["192.0.2.53"], "vim_network_range": "10.0.0.0/8", "vim_server_seconds": 5}
    options = driver_options(settings_in(tmp_path, **changes))
    assert options.name_servers == ("192.0.2.53",)
    assert options.server_timeout_seconds == 5
    assert str(options.network_range) == "10.0.0.0/8"


async def test_an_infrastructure_is_opened_once_until_its_settings_change() -> None:
    driver = FakeVim()
    kept = KeptDrivers(driver.open)
    vim = VimInstance(name="v", project_id="p", auth_url="http://a", password="one")
    kept(vim)
    kept(vim.model_copy(update={"active": True, "images": []}))
    assert len(driver.seen) == 1
    kept(vim.model_copy(update={"password": "two"}))
    assert len(driver.seen) == 2
    kept(vim.model_copy(update={"project_id": "other"}))
    assert len(driver.seen) == 3
    await kept.close()


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://market:8082/api/large", "more than 100 bytes"),
        ("http://market:8082/api/missing", "404"),
        ("http://other:8082/api/nsd", "only"),
        ("http://market:8082/api/../admin", "only"),
        ("http://market:8082/apix", "only"),
        ("file:///etc/passwd", "only"),
        ("http://[bad", "only"),
        ("http://user@market:8082/api/nsd", "only"),
    ],
)
async def test_downloads_come_from_the_marketplace_and_are_small(tmp_path: Path, link: str, says: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        known = {"/api/nsd": b"{}", "/api/large": bytes(101)}
        return httpx.Response(200 if request.url.path in known else 404, content=known.get(request.url.path, b""))

    settings = settings_in(tmp_path, marketplace_url="http://market:8082/api", package_bytes=100)
    transport = httpx.MockTransport(answer)
    assert await download(settings, "http://market:8082/api/nsd", transport) == b"{}"
    with pytest.raises(MarketplaceError, match=says):
        await download(settings, link, transport)
