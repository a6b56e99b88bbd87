"""An agent and an NFVO on a bus in memory."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from nai.core.bus import EXCHANGE, Delivery, MemoryBus


class Agent:
    """Answers as an instance's agent would; keeps what it was asked."""

    def __init__(self, bus: MemoryBus, hostname: str) -> None:
        self.bus = bus
        self.hostname = hostname
        self.requests: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.silent = False

    @property
    def queue(self) -> str:
        return f"vnfm.{self.hostname.lower()}.actions"

    @property
    def executed(self) -> list[str]:
        return [request["payload"] for request in self.requests if request["action"] == "EXECUTE"]

    @property
    def saved(self) -> dict[str, str]:
        saves = [request for request in self.requests if request["action"] in ("SAVE_SCRIPTS", "SCRIPTS_UPDATE")]
        return {request["name"]: base64.b64decode(request["payload"]).decode() for request in saves}

    async def appear(self) -> None:
        await self.bus.consume(self.queue, self._asked, bind=self.queue)
        await self.announce()

    async def announce(self) -> None:
        await self.bus.publish(
            "ems.generic.register", {"hostname": self.hostname, "idempotent": True}, exchange=EXCHANGE
        )

    async def vanish(self) -> None:
        await self.bus.cancel(self.queue)

    async def _asked(self, delivery: Delivery) -> Mapping[str, Any] | None:
        request = delivery.body
        if request["id"] not in self.answers:
            self.requests.append(request)
            default = {"output": f"{request['payload']} on {self.hostname}\n", "err": "", "status": 0}
            self.answers[request["id"]] = self.results.get(request["payload"], default)
        if not self.silent and delivery.reply_to:
            answer = self.answers[request["id"]]
            await self.bus.publish(delivery.reply_to, answer, exchange=EXCHANGE, correlation_id=delivery.correlation_id)
        return None


def vnfr(instances: int = 2, **more: Any) -> dict[str, Any]:
    """A record with scripts for every event."""
    events = ["INSTANTIATE", "CONFIGURE", "START", "STOP", "TERMINATE", "SCALE_OUT", "SCALE_IN", "HEAL", "UPDATE"]
    unit = {
        "id": "vdu",
        "vnfc_instance": [
            {
                "hostname": f"db-{number}",
                "vnfComponent": {"id": "component"},
                "ips": [{"netName": "net", "ip": f"10.0.0.{number}"}],
            }
            for number in range(instances)
        ],
    }
    return {
        "id": "vnfr-1",
        "name": "db",
        "type": "db",
        "parent_ns_id": "nsr",
        "vdu": [unit],
        "lifecycle_event": [{"event": event, "lifecycle_events": [f"{event.lower()}.sh"]} for event in events],
        **more,
    }


PACKAGE = {"name": "p", "scripts": [{"name": "instantiate.sh", "payload": base64.b64encode(b"echo 1").decode()}]}
