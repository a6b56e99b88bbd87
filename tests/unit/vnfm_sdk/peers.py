"""A handler and an NFVO for the tests of the SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from nai.catalogue import (
    Script,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
    VNFPackage,
    VNFRecordDependency,
)
from nai.core.bus import Delivery, MemoryBus
from nai.vnfm.sdk import ActionContext, Instantiation, VnfmError, VnfmSettings

Record = VirtualNetworkFunctionRecord


def settings(**more: Any) -> VnfmSettings:
    values = {"listen_port": 1, "database_url": SecretStr("x"), "broker_url": SecretStr("x"), "type": "test"}
    return VnfmSettings.model_validate({**values, "endpoint": "test-endpoint", **more})


class RecordingHandler:
    """Notes what it is asked for; waits or fails where it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.fails: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.running = 0
        self.most_running = 0
        self.ready: VNFCInstance | None = None

    async def _note(self, name: str, vnfr: Record) -> Record:
        self.calls.append((name, vnfr.id or ""))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.fails is not None:
                raise self.fails
        finally:
            self.running -= 1
        return vnfr

    async def user_data(self, context: ActionContext, vnfr: Record) -> str | None:
        return "#!/bin/sh"

    async def instantiate(self, context: ActionContext, vnfr: Record, instantiation: Instantiation) -> Record:
        return await self._note("instantiate", vnfr)

    async def modify(self, context: ActionContext, vnfr: Record, dependency: VNFRecordDependency) -> Record:
        return await self._note(f"modify {sorted(dependency.parameters)}", vnfr)

    async def start(self, context: ActionContext, vnfr: Record, dependency: VNFRecordDependency | None) -> Record:
        return await self._note("start", vnfr)

    async def stop(self, context: ActionContext, vnfr: Record) -> Record:
        return await self._note("stop", vnfr)

    async def start_vnfc(self, context: ActionContext, vnfr: Record, vnfc: VNFCInstance) -> Record:
        return await self._note(f"start {vnfc.hostname}", vnfr)

    async def stop_vnfc(self, context: ActionContext, vnfr: Record, vnfc: VNFCInstance) -> Record:
        return await self._note(f"stop {vnfc.hostname}", vnfr)

    async def choose_new(
        self, context: ActionContext, vnfr: Record, component: VNFComponent
    ) -> tuple[Record, VNFCInstance] | None:
        if self.ready is None:
            return None
        vnfr.vdu[0].vnfc_instance.append(self.ready)
        return vnfr, self.ready

    async def scale_out(
        self,
        context: ActionContext,
        vnfr: Record,
        vnfc: VNFCInstance,
        package: VNFPackage | None,
        dependency: VNFRecordDependency | None,
    ) -> tuple[Record, VNFCInstance]:
        return await self._note(f"scale_out {vnfc.hostname}", vnfr), vnfc

    async def scale_in(self, context: ActionContext, vnfr: Record, vnfc: VNFCInstance) -> Record:
        return await self._note(f"scale_in {vnfc.hostname}", vnfr)

    async def heal(self, context: ActionContext, vnfr: Record, vnfc: VNFCInstance, cause: str) -> Record:
        return await self._note(f"heal {vnfc.hostname} {cause}", vnfr)

    async def update(self, context: ActionContext, vnfr: Record, script: Script) -> Record:
        return await self._note(f"update {script.name}", vnfr)

    async def terminate(self, context: ActionContext, vnfr: Record) -> Record:
        return await self._note("terminate", vnfr)


class Nfvo:
    """Answers a VNFM's requests and keeps its answers."""

    def __init__(self, bus: MemoryBus) -> None:
        self.bus = bus
        self.answers: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.registrations: list[dict[str, Any]] = []
        self.refuses: str | None = None
        self.silent = 0

    async def serve(self) -> None:
        await self.bus.consume("vnfm.nfvo.actions", self._answered)
        await self.bus.consume("vnfm.nfvo.actions.reply", self._asked)
        await self.bus.consume("nfvo.vnfm.register", self._registered)

    async def _answered(self, delivery: Delivery) -> None:
        self.answers.append(delivery.body)

    async def _registered(self, delivery: Delivery) -> None:
        self.registrations.append(delivery.body)

    async def _asked(self, delivery: Delivery) -> Mapping[str, Any] | None:
        body = delivery.body
        self.requests.append(body)
        if self.silent:
            self.silent -= 1
            return None
        if self.refuses:
            return {"action": "ERROR", "message": self.refuses}
        record = body["virtualNetworkFunctionRecord"]
        if body["action"] == "GRANT_OPERATION":
            record.setdefault("id", "granted")
            for number, unit in enumerate(record.get("vdu", [])):
                unit["id"] = f"vdu-{number}"
            vim = {"vdu-0": {"name": "vim", "password": "geheim"}}
            return {"grantAllowed": True, "vduVim": vim, "virtualNetworkFunctionRecord": record}
        if body["action"] in ("ALLOCATE_RESOURCES", "SCALING"):
            instances = record["vdu"][0].setdefault("vnfc_instance", [])
            instances.append({"hostname": f"{record['name']}-{len(instances)}", "vnfComponent": {"id": "component"}})
        return {"vnfr": record}


def instantiate(**more: Any) -> dict[str, Any]:
    """The message INSTANTIATE."""
    return {
        "action": "INSTANTIATE",
        "vnfd": {
            "id": "d",
            "name": "mongodb",
            "type": "mongodb",
            "endpoint": "test",
            "vnfPackageLocation": "git://x/y",
            "configurations": {"name": "c", "configurationParameters": [{"confKey": "PORT", "value": "27018"}]},
            "provides": ["token"],
            "requires": {"config": {"parameters": ["ip"]}},
            "vdu": [{"id": "dv", "name": "vdu1", "vnfc": [{"id": "dc", "connection_point": [{"id": "p"}]}]}],
            "lifecycle_event": [{"id": "e", "event": "INSTANTIATE", "lifecycle_events": ["install.sh"]}],
        },
        "vnfdf": {"flavour_key": "m1.small"},
        "vnfInstanceName": "mongodb-1",
        "vlrs": [{"name": "internal_nubomedia"}],
        "extension": {"nsr-id": "nsr", "vnfr-id": "vnfr-1"},
        "vimInstances": {"dv": [{"name": "vim", "password": "geheim"}]},
        "vnfPackage": {"name": "p", "scripts": [{"name": "install.sh", "payload": "eA=="}]},
        "keys": [{"name": "k"}],
        **more,
    }


def record(**more: Any) -> dict[str, Any]:
    """A record with one instance."""
    unit = {"id": "v", "vnfc_instance": [{"hostname": "mongodb-1-0", "vnfComponent": {"id": "component"}}]}
    return {"id": "vnfr-1", "name": "mongodb-1", "parent_ns_id": "nsr", "vdu": [unit], **more}


def broken() -> VnfmError:
    return VnfmError("EMS (mongodb-1-0) had the following error: no space")
