"""The orchestrator in a process of its own, on a real broker and database, with an infrastructure that outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nai.catalogue import NetworkServiceDescriptor
from nai.core.bus import AmqpBus
from nai.nfvo.client import NfvoClient, NfvoError
from tests.integration.nfvo.forked import ForkedNfvo, lasting_port, migrated
from tests.support.nfvo import TestVnfm
from tests.support.repository import ROOT
from tests.support.services import Broker, MariaDB
from tests.support.vim import MemoryVim, memory_instance

PASSWORD = "a long password"
SDK_CACHE = ROOT / ".cache" / "python-vnfm-sdk"
SDK_NEEDS = ("pika==0.13.1", "six==1.17.0")


class World:
    """An orchestrator's process, its infrastructure, and a client of its API."""

    def __init__(self, process: ForkedNfvo, vim: MemoryVim, client: NfvoClient, directory: Path) -> None:
        self.process, self.vim, self.client, self.directory = process, vim, client, directory

    def arm(self, point: str) -> None:
        """Have the process end itself when an operation reaches a point."""
        self.process.arm(point)

    async def restarted(self) -> None:
        """Wait until the process has ended itself, and start it again."""
        await asyncio.to_thread(self.process.killed)
        await asyncio.to_thread(self.process.start)

    async def order(self, document: dict[str, Any]) -> str:
        """Order a service; returns its id."""
        stored = await self.client.create_service_descriptor(NetworkServiceDescriptor.from_wire(document))
        return str((await self.client.instantiate(str(stored.id))).id)

    async def settled(self, service: str, *statuses: str, seconds: float = 60.0) -> dict[str, Any]:
        """Wait until a service is in one of these states (without any: gone); returns its record."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    record = (await self.client.service(service)).to_wire()
                except NfvoError as error:
                    if error.status == 404:
                        if not statuses:
                            return {}
                        raise
                    record = {}
                if record.get("status") in statuses:
                    return record
                await asyncio.sleep(0.05)

    async def operations(self, service: str) -> list[dict[str, Any]]:
        """What was done to a service."""
        found: list[dict[str, Any]] = await self.client.request("GET", "/operations", params={"nsRecordId": service})
        return found

    async def over(self, service: str) -> None:
        """Wait until nothing is being done to a service."""
        async with asyncio.timeout(60):
            while any(
                each["operationState"] in ("STARTING", "PROCESSING", "ROLLING_BACK")
                for each in await self.operations(service)
            ):
                await asyncio.sleep(0.05)

    async def manager(self, name: str) -> None:
        """Wait until a VNFM is registered."""
        async with asyncio.timeout(30):
            while name not in [each["type"] for each in await self.client.request("GET", "/vnfmanagers")]:
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    broker: Broker, database_server: MariaDB, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """One orchestrator for a module of tests; what they order, they release."""
    directory = tmp_path_factory.mktemp("nfvo")
    name = f"nfvo_{directory.parent.name.replace('-', '_')}_{directory.name}"
    settings = {
        "listen_port": lasting_port(),
        "database_url": database_server.create(name),
        "broker_url": broker.url,
        "admin_password": PASSWORD,
        "encryption_key_file": str(directory / "key"),
        "managers_poll_seconds": 2,
    }
    process = ForkedNfvo(settings, directory)
    vim = MemoryVim(state_file=directory / "vim.json")
    await migrated(settings)
    await asyncio.to_thread(process.start)
    async with NfvoClient(process.url, "admin", PASSWORD, project="default") as client:
        await client.create_vim(memory_instance(directory / "vim.json", "memory"))
        yield World(process, vim, client, directory)
    await asyncio.to_thread(process.stop)
    database_server.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def vnfm(world: World, broker: Broker) -> AsyncIterator[TestVnfm]:
    """A VNFM in this process, registered."""
    bus = await AmqpBus.connect(broker.url)
    found = TestVnfm(bus)
    await found.start()
    await world.manager("test")
    yield found
    await bus.close()


@pytest.fixture(scope="session")
def sdk() -> Callable[[str], Path]:
    """Installs a version of the Python SDK apart from everything else, once per machine."""

    def installed(version: str) -> Path:
        target = SDK_CACHE / version
        if not (target / "openbaton").exists():
            target.mkdir(parents=True, exist_ok=True)
            packages = [f"python-vnfm-sdk=={version}", *SDK_NEEDS]
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
            subprocess.run([*pip, *packages], check=True)
        return target

    return installed


class ThirdPartyVnfm:
    """The process of a third party's VNFM."""

    def __init__(self, sdk: Path, broker: Broker, directory: Path, name: str) -> None:
        self.name, self._sdk, self._port = name, sdk, broker.port
        self._config, self._behaviour = directory / "vnfm.ini", directory / "behaviour.json"
        lines = [
            "[vnfm]",
            f"type = {name}",
            f"endpoint = {name}-endpoint",
            "broker_ip = 127.0.0.1",
            "username = guest",
            "password = guest",
            "heartbeat = 60",
            "exchange = openbaton-exchange",
            f"log_path = {directory}",
            "allocate = True",
        ]
        self._config.write_text("\n".join(lines))
        self.misbehave()
        self._log = directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def misbehave(self, **errors: str) -> None:
        """Let these actions fail from now on, and no others."""
        new = self._behaviour.with_suffix(".new")
        new.write_text(json.dumps({"errors": errors}))
        new.replace(self._behaviour)

    def start(self) -> None:
        """Start it."""
        script = Path(__file__).with_name("third_party_vnfm.py")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(self._config), str(self._port), str(self._behaviour)],
                env={**os.environ, "PYTHONPATH": str(self._sdk)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(errors="replace")


@pytest.fixture(scope="module", params=["5.2.1", "6.0.0"])
def third_party(
    request: pytest.FixtureRequest,
    sdk: Callable[[str], Path],
    broker: Broker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ThirdPartyVnfm]:
    """A third party's VNFM; one for each generation of the SDK."""
    version = str(request.param)
    name = f"third-party-{version.replace('.', '-')}"
    found = ThirdPartyVnfm(sdk(version), broker, tmp_path_factory.mktemp("third_party"), name)
    yield found
    found.kill()
