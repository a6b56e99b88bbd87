"""What the VNFM needs of an NFVO: idempotent answers to its requests, and a place for its answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

from nai.core.bus import Bus, BusError, Delivery
from nai.core.threads import in_thread
from tests.integration.generic_vnfm.instances import Instances

QUEUE = "nfvo.generic.actions"
SECONDS = 90.0


class Orchestrator:
    """An NFVO with one VIM."""

    def __init__(self, bus: Bus, instances: Instances) -> None:
        """Prepares it."""
        self.bus = bus
        self.instances = instances
        self.answers: list[dict[str, Any]] = []
        self._given: dict[str, Mapping[str, Any]] = {}
        self._arrived = asyncio.Event()

    async def serve(self) -> None:
        """Takes what a VNFM sends."""
        await self.bus.consume("vnfm.nfvo.actions", self._answered)
        await self.bus.consume("vnfm.nfvo.actions.reply", self._asked)
        await self.bus.consume("nfvo.vnfm.register", self._registered)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Sends an action; the VNFM may still have to come."""
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    await self.bus.publish(QUEUE, message, mandatory=True)
                except BusError:
                    await asyncio.sleep(0.1)
                else:
                    return

    async def answer(self, occurrence: str) -> dict[str, Any]:
        """Waits for the answer to an action."""
        async with asyncio.timeout(SECONDS):
            while True:
                for answer in self.answers:
                    if answer.get("occurrenceId") == occurrence:
                        return answer
                self._arrived.clear()
                await self._arrived.wait()

    async def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Sends an action and waits for its answer."""
        await self.send(message)
        return await self.answer(message["occurrenceId"])

    async def _answered(self, delivery: Delivery) -> None:
        self.answers.append(delivery.body)
        self._arrived.set()

    async def _registered(self, delivery: Delivery) -> None:
        assert delivery.body["type"] == "generic"

    async def _asked(self, delivery: Delivery) -> Mapping[str, Any]:
        body = delivery.body
        if body["requestId"] not in self._given:
            self._given[body["requestId"]] = await self._give(body)
        return self._given[body["requestId"]]

    async def _give(self, body: dict[str, Any]) -> Mapping[str, Any]:
        record = body["virtualNetworkFunctionRecord"]
        unit = record["vdu"][0]
        unit["id"] = "vdu"
        if body["action"] == "GRANT_OPERATION":
            return {"grantAllowed": True, "vduVim": {}, "virtualNetworkFunctionRecord": record}
        have = unit.setdefault("vnfc_instance", [])
        wanted = len(have) + 1 if body["action"] == "SCALING" else len(unit["vnfc"])
        for number in range(len(have), wanted):
            name = f"{record['name']}-{number}"
            await in_thread(self.instances.create, name, body.get("userdata") or body["userData"])
            address = {"netName": "internal_nubomedia", "ip": f"127.0.0.{number + 1}"}
            have.append(
                {"hostname": name, "vnfComponent": {"id": "component"}, "ips": [address], "floatingIps": [address]}
            )
        return {"vnfr": record}


def scripts(**texts: str) -> dict[str, Any]:
    """A package of scripts; the names' underscores stand for nothing."""
    return {
        "name": "package",
        "scripts": [
            {"name": f"{name}.sh", "payload": base64.b64encode(text.encode()).decode()} for name, text in texts.items()
        ],
    }


def events(**of: list[str]) -> list[dict[str, Any]]:
    """Lifecycle events of a descriptor."""
    return [{"event": event, "lifecycle_events": names} for event, names in of.items()]


def instantiate(name: str, *, lifecycle: list[dict[str, Any]], number: int = 1, **more: Any) -> dict[str, Any]:
    """The message INSTANTIATE of a VNF."""
    vnfd = {"name": name, "type": name, "vdu": [{"vnfc": [{}] * number}], "lifecycle_event": lifecycle}
    return {
        "action": "INSTANTIATE",
        "occurrenceId": f"{name}/instantiate",
        "vnfd": {**vnfd, **more.pop("vnfd", {})},
        "vnfInstanceName": name,
        "extension": {"nsr-id": "nsr", "vnfr-id": f"id-of-{name}"},
        **more,
    }


def action(name: str, record: Mapping[str, Any], occurrence: str, **more: Any) -> dict[str, Any]:
    """Another action on a record."""
    return {
        "action": name,
        "vnfr": record,
        "virtualNetworkFunctionRecord": record,
        "occurrenceId": f"{record['name']}/{occurrence}",
        **more,
    }
