"""A PaaS manager and a marketplace in this process, reached by the modules as over the network."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request

import argon2
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.nubomedia.nai.plugins.module_utils import rest
from schemathesis.python import asgi

from nai.core import passwords
from nai.core.bus import MemoryBus
from nai.core.clock import SystemClock
from nai.marketplace.bringing_up import Parts
from nai.marketplace.service import create_app as create_marketplace
from nai.paas.applications.manager import Manager
from nai.paas.service import create_app as create_paas
from tests.support import marketplace as market_support
from tests.support.engines import MemoryEngine
from tests.support.paas import PASSWORD, Around, migrate, settings_in
from tests.unit.paas.applications.orchestrator import FakeOrchestrator
from tests.unit.paas.applications.world import FakeMediaServers

ACCESS: dict[str, Any] = {"url": "http://paas.test:8081", "password": PASSWORD}
MARKET_ACCESS: dict[str, Any] = {"url": "http://market.test:8082"}


@dataclass
class Network:
    """Answers `urlopen`.

    Attributes:
        clients: By host, what speaks to the application there.
        engine: The PaaS manager's.
        down: Nothing answers.
        writes: Method and path of what changed something.
    """

    clients: dict[str, Any] = field(default_factory=dict)
    engine: MemoryEngine = field(default_factory=MemoryEngine)
    down: bool = False
    writes: list[tuple[str, str]] = field(default_factory=list)

    def urlopen(self, request: Request, **_options: Any) -> io.BytesIO:
        """One request."""
        if self.down:
            raise URLError("Connection refused")
        host, path = urlsplit(request.full_url).hostname, request.selector
        method = request.get_method()
        if method != "GET" and path != "/oauth/token":
            self.writes.append((method, path))
        if host == "users.test":
            return self._log_in(request)
        content = bytes(request.data or b"")  # type: ignore[arg-type]
        answer = self.clients[str(host)].request(
            method, f"http://testserver{path}", data=content, headers=dict(request.header_items())
        )
        if answer.status_code >= 400:
            raise HTTPError(request.full_url, answer.status_code, "", Message(), io.BytesIO(answer.content))
        return io.BytesIO(answer.content)

    def _log_in(self, request: Request) -> io.BytesIO:
        """The PaaS manager that the marketplace's users log in at."""
        form = parse_qs(bytes(request.data or b"").decode())  # type: ignore[arg-type]
        return io.BytesIO(json.dumps({"value": f"token-of-{form['username'][0]}"}).encode())


async def somewhere(_host: str) -> list[str]:
    return ["93.184.216.34"]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with databases that have the tables."""
    directory = tmp_path_factory.mktemp("databases")

    async def make() -> None:
        await migrate(settings_in(directory))
        await market_support.migrate(market_support.settings_in(directory))

    asyncio.run(make())
    return directory


@pytest.fixture
def network(databases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """What the modules reach: both services, and media servers that are there in no time."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("paas.db", "marketplace.db"):
        (tmp_path / name).write_bytes((databases / name).read_bytes())
    made = Network()
    clock, bus = SystemClock(), MemoryBus()
    orchestrator = FakeOrchestrator(clock, bus)
    orchestrator.boot_seconds = orchestrator.end_seconds = 0.0
    around = Around(
        clock=clock,
        bus=bus,
        engine=made.engine,
        orchestrator=orchestrator.transport(),
        media_servers=FakeMediaServers(),
        applications_of=partial(Manager, resolve=somewhere),
    )
    paas: Any = create_paas(settings_in(tmp_path, limits={"poll_seconds": 0.05}), around.parts())
    market: Any = create_marketplace(market_support.settings_in(tmp_path), Parts(paas=market_support.PaasUsers()))
    monkeypatch.setattr(rest, "urlopen", made.urlopen)
    monkeypatch.setattr(rest, "LONGEST_PAUSE_SECONDS", 0.1)
    with asgi.get_client(paas) as first, asgi.get_client(market) as second:
        made.clients = {"paas.test": first, "market.test": second}
        yield made


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a module's `main` and returns its result."""

    def call(module: ModuleType, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        output = capsys.readouterr().out
        assert PASSWORD not in output, "a password was shown"
        result: dict[str, Any] = json.loads(output)
        return result

    return call
