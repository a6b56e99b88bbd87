"""A running lifecycle for tests: the orchestrator's heart on a memory bus and a memory infrastructure, and VNFMs."""

from __future__ import annotations

import asyncio
import copy
import functools
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from nai.catalogue import DeployNSRBody, NetworkServiceDescriptor, VimInstance
from nai.core.bus import Bus, Delivery, MemoryBus
from nai.core.cipher import Cipher
from nai.core.clock import Clock, SystemClock
from nai.core.database import Database
from nai.core.operations import Operation
from nai.core.operations.table import Base as OperationsBase
from nai.nfvo.context import Nfvo
from nai.nfvo.lifecycle.orchestrator import Orchestrator
from nai.nfvo.settings import NfvoSettings
from nai.nfvo.store.descriptors import add_service
from nai.nfvo.store.vims import vims
from nai.nfvo.tables import Base
from tests.support.vim import MemoryVim

PROJECT = "p" * 36
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def descriptor(
    *functions: dict[str, Any], dependencies: list[tuple[str, str, list[str]]] | None = None
) -> dict[str, Any]:
    """A service's descriptor as a client sends it."""
    return {
        "name": "service",
        "vendor": "test",
        "version": "1.0",
        "vnfd": list(functions),
        "vld": [{"name": "private"}],
        "vnf_dependency": [
            {"source": {"name": source}, "target": {"name": target}, "parameters": parameters}
            for source, target, parameters in dependencies or []
        ],
    }


def function(name: str, *, instances: int = 1, most: int = 3, endpoint: str = "test", **more: Any) -> dict[str, Any]:
    """A function's descriptor: one unit with so many components."""
    return {
        "name": name,
        "vendor": "test",
        "version": "1.0",
        "type": name,
        "endpoint": endpoint,
        "vdu": [
            {
                "name": f"vdu-{name}",
                "vm_image": ["kms"],
                "scale_in_out": most,
                "vnfc": [
                    {"connection_point": [{"virtual_link_reference": "private", "floatingIp": "random"}]}
                    for _ in range(instances)
                ],
                "vimInstanceName": ["memory"],
            }
        ],
        "virtual_link": [{"name": "private"}],
        "lifecycle_event": [],
        "deployment_flavour": [{"flavour_key": "d1.small"}],
        **more,
    }


class TestVnfm:
    """A VNFM as a third party writes one: builds the record itself, has everything granted and allocated, answers."""

    __test__ = False

    def __init__(self, bus: Bus, name: str = "test", *, idempotent: bool = False) -> None:
        """Prepare; `start` registers it."""
        self.bus, self.name, self.idempotent = bus, name, idempotent
        self.received: list[dict[str, Any]] = []
        self.silent: set[str] = set()
        """Actions that are not answered."""
        self.errors: dict[str, str] = {}
        """Actions that are answered with this error."""
        self.refusing = False
        """Whether its errors say that it did nothing, and will not."""
        self.delay_seconds = 0.0

    @property
    def actions(self) -> list[str]:
        """What it was asked for so far."""
        return [message["action"] for message in self.received]

    async def start(self) -> None:
        """Listen, then register as the 3.x generation does."""
        await self.bus.consume(f"nfvo.{self.name}.actions", self.act, prefetch=100)
        await self.register()

    async def register(self) -> None:
        """Register, perhaps again."""
        body = {
            "type": self.name,
            "endpoint": f"{self.name}-endpoint",
            "endpointType": "RABBIT",
            "enabled": True,
            "active": True,
            "idempotent": self.idempotent,
        }
        await self.bus.publish("nfvo.vnfm.register", body)

    async def act(self, delivery: Delivery) -> None:
        """Carry out an action and answer it."""
        message = delivery.body
        self.received.append(message)
        action = message["action"]
        if action in self.silent:
            return
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        vnfr = message.get("vnfr") or message.get("virtualNetworkFunctionRecord")
        if action in self.errors:
            await self.fail(vnfr or self.build(message), self.errors[action])
            return
        if action == "INSTANTIATE":
            await self.instantiate(message)
        elif action == "SCALE_OUT":
            await self.scale_out(message, vnfr)
        elif action == "SCALE_IN" and not self.idempotent:
            return
        else:
            answer = {"action": action, "virtualNetworkFunctionRecord": vnfr}
            if "vnfcInstance" in message:
                answer["vnfcInstance"] = message["vnfcInstance"]
            await self.bus.publish("vnfm.nfvo.actions", answer)

    def build(self, message: dict[str, Any]) -> dict[str, Any]:
        """The record, as the Python SDK builds it: without ids."""
        vnfd = message["vnfd"]
        units = copy.deepcopy(vnfd["vdu"])
        for unit in units:
            unit["parent_vdu"] = unit.pop("id", None)
            for component in unit["vnfc"]:
                component.pop("id", None)
        return {
            "name": vnfd["name"],
            "type": vnfd["type"],
            "endpoint": vnfd["endpoint"],
            "parent_ns_id": message["extension"]["nsr-id"],
            "vdu": units,
            "status": "NULL",
        }

    async def instantiate(self, message: dict[str, Any]) -> None:
        """GRANT_OPERATION, ALLOCATE_RESOURCES, and the answer."""
        vnfr = self.build(message)
        granted = await self.ask({"action": "GRANT_OPERATION", "virtualNetworkFunctionRecord": vnfr})
        if not granted.get("grantAllowed"):
            await self.fail(vnfr, "not granted")
            return
        allocated = await self.ask(
            {
                "action": "ALLOCATE_RESOURCES",
                "virtualNetworkFunctionRecord": granted["virtualNetworkFunctionRecord"],
                "vimInstances": granted["vduVim"],
                "userdata": "#!/bin/sh\n#Hostname=\n",
                "keyPairs": message.get("keys", []),
            }
        )
        if allocated["action"] == "ERROR":
            await self.fail(vnfr, allocated["message"])
            return
        vnfr = allocated["vnfr"]
        vnfr["provides"] = {"configurationParameters": [{"confKey": "port", "value": "8888"}]}
        await self.bus.publish(
            "vnfm.nfvo.actions.reply", {"action": "INSTANTIATE", "virtualNetworkFunctionRecord": vnfr}
        )

    async def scale_out(self, message: dict[str, Any], vnfr: Any) -> None:
        """SCALING, and SCALED."""
        answer = await self.ask({"action": "SCALING", "virtualNetworkFunctionRecord": vnfr, "userData": ""})
        if answer["action"] == "ERROR":
            await self.fail(vnfr, answer["message"])
            return
        component = message["component"]["id"]
        made = next(
            instance
            for unit in answer["vnfr"]["vdu"]
            for instance in unit["vnfc_instance"]
            if instance["vnfComponent"]["id"] == component
        )
        await self.bus.publish(
            "vnfm.nfvo.actions",
            {"action": "SCALED", "virtualNetworkFunctionRecord": answer["vnfr"], "vnfcInstance": made},
        )

    async def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """A request to the orchestrator."""
        return await self.bus.call("vnfm.nfvo.actions.reply", message, timeout=20)

    async def fail(self, vnfr: dict[str, Any], text: str) -> None:
        """Report an error."""
        await self.bus.publish(
            "vnfm.nfvo.actions",
            {
                "action": "ERROR",
                "nsrId": vnfr["parent_ns_id"],
                "virtualNetworkFunctionRecord": vnfr,
                "exception": {"detailMessage": text, "cause": {"detailMessage": text}},
                "refused": self.refusing,
            },
        )


class Stage:
    """An orchestrator that runs, with everything around it."""

    def __init__(self, nfvo: Nfvo, bus: MemoryBus, vim: MemoryVim, observer: Callable[[str], None] | None) -> None:
        """Use `stage`."""
        self.nfvo, self.bus, self.vim = nfvo, bus, vim
        self.observer = observer
        self.orchestrator = Orchestrator(nfvo, observer=observer)
        self.events: list[dict[str, Any]] = []

    async def restart(self) -> None:
        """Go on in a new process, as far as the orchestrator can tell."""
        await self.orchestrator.stop()
        self.orchestrator = Orchestrator(self.nfvo, observer=self.observer)
        await self.orchestrator.start()

    async def vnfm(self, name: str = "test", *, idempotent: bool = False) -> TestVnfm:
        """A registered VNFM."""
        found = TestVnfm(self.bus, name, idempotent=idempotent)
        await found.start()
        await self.until(lambda: name in self.orchestrator.managers.usable())
        return found

    async def order(self, document: dict[str, Any], body: dict[str, Any] | None = None) -> str:
        """Order a service; returns its id."""
        async with self.nfvo.database.session() as session:
            stored = await add_service(session, NetworkServiceDescriptor.from_wire(document), PROJECT)
        record = await self.orchestrator.orders.deploy(PROJECT, stored, DeployNSRBody.from_wire(body or {}))
        return str(record["id"])

    async def deploy(self, document: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Order a service and wait for the end of that; returns its record."""
        return await self.settled(await self.order(document, body))

    async def settled(self, service_id: str) -> dict[str, Any]:
        """Wait until no operation runs on a service any more; returns its record, empty if it is gone."""
        for operation in await self.orchestrator.operations.list(service_id):
            if not operation.over:
                await asyncio.wait_for(self.orchestrator.operations.wait(operation.id), 20)
        return await self.orchestrator.records.document(service_id) or {}

    async def last(self, service_id: str) -> Operation:
        """The latest operation on a service."""
        return (await self.orchestrator.operations.list(service_id))[-1]

    async def until(self, condition: Callable[[], Any], seconds: float = 10.0) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.002)

    @property
    def servers(self) -> list[str]:
        """Names of the instances that there are."""
        return sorted(self.vim.servers)


@functools.cache
def _empty_database() -> bytes:
    """All tables, made once for all tests."""
    with tempfile.TemporaryDirectory() as directory:
        engine = create_engine(f"sqlite:///{directory}/empty.db")
        Base.metadata.create_all(engine)
        OperationsBase.metadata.create_all(engine)
        engine.dispose()
        return (Path(directory) / "empty.db").read_bytes()


@asynccontextmanager
async def stage(
    directory: Path,
    *,
    clock: Clock | None = None,
    vim: MemoryVim | None = None,
    observer: Callable[[str], None] | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """Run an orchestrator on a new database in a directory."""
    told = NfvoSettings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{directory}/nfvo.db",
            "broker_url": "amqp://nai:secret@nowhere/",
            "admin_password": "secret",
            "encryption_key": KEY,
            **settings,
        }
    )
    (directory / "nfvo.db").write_bytes(_empty_database())
    database = Database(told.database_url.get_secret_value())
    cipher = Cipher(KEY)
    memory = vim or MemoryVim()
    async with database.session() as session:
        instance = VimInstance(
            name="memory", type="memory", auth_url="memory://", flavours=list((await memory.refresh()).flavours)
        )
        await vims.put_in(session, instance, PROJECT, cipher)
    bus = MemoryBus()
    nfvo = Nfvo(told, database, bus, clock or SystemClock(), cipher, lambda _vim: memory)
    running = Stage(nfvo, bus, memory, observer)
    await running.orchestrator.start()
    try:
        yield running
    finally:
        await running.orchestrator.stop()
        await bus.close()
        await database.dispose()


def instances_of(record: dict[str, Any], name: str | None = None) -> list[dict[str, Any]]:
    """The instances in a record, of one function or of all."""
    return [
        instance
        for vnfr in record["vnfr"]
        if name in (None, vnfr["name"])
        for unit in vnfr["vdu"]
        for instance in unit.get("vnfc_instance", [])
    ]
