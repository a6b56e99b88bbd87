"""An orchestrator in memory that speaks the REST of the real one, as far as applications need it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx

from nai.core.bus import Bus
from nai.core.clock import Clock
from nai.core.identifiers import new_id


class FakeOrchestrator:
    """Outlives the PaaS managers that speak to it.

    Attributes:
        away: Whether it does not answer.
        refusal: Why it orders no service, or None.
        boot_seconds: Until a service is ACTIVE; None: never.
        end_seconds: From the order to the end of a service.
        fails: What a new service's ERROR is about, or None.
        late: Whether orders are carried out and their answers are lost.
        lost: How many answers were lost.
        calls: How often each kind of request was made.
    """

    def __init__(self, clock: Clock, bus: Bus | None = None) -> None:
        """Start empty."""
        self.clock, self.bus = clock, bus
        self.away = False
        self.refusal: str | None = None
        self.boot_seconds: float | None = 3.0
        self.end_seconds = 2.0
        self.fails: str | None = None
        self.late = False
        self.lost = 0
        self.calls: Counter[str] = Counter()
        self.projects: list[dict[str, Any]] = [{"id": "p0", "name": "default"}]
        self.vims: list[dict[str, Any]] = []
        self.descriptors: dict[str, dict[str, Any]] = {}
        self.services: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.most_at_once: Counter[str] = Counter()

    def transport(self) -> httpx.MockTransport:
        """For a client."""
        return httpx.MockTransport(self.answer)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if self.away:
            raise httpx.ConnectError("connection refused", request=request)
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"value": "token"})
        self._time_passes()
        parts = request.url.path.removeprefix("/api/v1/").split("/")
        body = json.loads(request.content) if request.content else None
        handler = getattr(self, f"_{request.method.lower()}_{parts[0].replace('-', '_')}")
        self.calls[f"{request.method} {parts[0]}{'/…' * (len(parts) > 1)}"] += 1
        answer: httpx.Response = handler(parts[1:], body)
        if self.late and request.method == "POST" and parts[0] == "ns-records":
            self.late, self.lost = False, self.lost + 1
            raise httpx.ReadTimeout("no answer in time", request=request)
        return answer

    def by_name(self, name: str) -> list[dict[str, Any]]:
        """Services of a name."""
        return [each for each in self.services.values() if each["name"] == name]

    def service_of(self, os_name: str) -> dict[str, Any]:
        """The one service of an application."""
        (found,) = [each for each in self.services.values() if each["name"].endswith(f"-{os_name}")]
        return found

    def instances_of(self, os_name: str) -> list[dict[str, Any]]:
        """Media servers of an application."""
        instances: list[dict[str, Any]] = self.service_of(os_name)["vnfr"][0]["vdu"][0]["vnfc_instance"]
        return instances

    async def tell(self, service: dict[str, Any], action: str) -> None:
        """Send an event of a service to its subscribers."""
        assert self.bus is not None
        for each in self.subscriptions.values():
            if each["event"] == action:
                await self.bus.publish(each["endpoint"], {"action": action, "payload": service})

    def _time_passes(self) -> None:
        now = self.clock.monotonic()
        for identifier, service in list(self.services.items()):
            if service["status"] == "TERMINATED":
                if now >= service["since"] + self.end_seconds:
                    del self.services[identifier]
            elif service["status"] in ("NULL", "INITIALIZED") and self.boot_seconds is not None:
                if self.fails:
                    service |= {"status": "ERROR", "task": self.fails}
                elif now >= service["since"] + self.boot_seconds:
                    service["status"] = "ACTIVE"
                    self._grow(service)
            elif service["status"] == "SCALING" and now >= service["since"] + self.boot_seconds_or_none:
                service["status"] = "ACTIVE"
                self._grow(service)

    @property
    def boot_seconds_or_none(self) -> float:
        """Seconds to boot; for ever where it never boots."""
        return float("inf") if self.boot_seconds is None else self.boot_seconds

    def _grow(self, service: dict[str, Any]) -> None:
        for function in service["vnfr"]:
            for unit in function["vdu"]:
                while len(unit["vnfc_instance"]) < len(unit["vnfc"]):
                    number = unit.setdefault("made", 0)
                    unit["made"] = number + 1
                    unit["vnfc_instance"].append(
                        {
                            "id": new_id(),
                            "hostname": f"{function['name']}-{number}",
                            "state": "ACTIVE",
                            "floatingIps": [{"netName": "internal_nubomedia", "ip": f"192.0.2.{number + 10}"}],
                        }
                    )

    def _get_projects(self, _parts: list[str], _body: Any) -> httpx.Response:
        return httpx.Response(200, json=self.projects)

    def _post_projects(self, _parts: list[str], body: Any) -> httpx.Response:
        self.projects.append(body | {"id": new_id()})
        return httpx.Response(201, json=self.projects[-1])

    def _get_datacenters(self, _parts: list[str], _body: Any) -> httpx.Response:
        return httpx.Response(200, json=self.vims)

    def _post_datacenters(self, _parts: list[str], body: Any) -> httpx.Response:
        self.vims.append(body | {"id": new_id()})
        return httpx.Response(201, json=self.vims[-1])

    def _post_events(self, _parts: list[str], body: Any) -> httpx.Response:
        key = f"{body['name']} {body['event']} {body['endpoint']}"
        return httpx.Response(201, json=self.subscriptions.setdefault(key, body | {"id": new_id()}))

    def _get_ns_descriptors(self, _parts: list[str], _body: Any) -> httpx.Response:
        return httpx.Response(200, json=list(self.descriptors.values()))

    def _post_ns_descriptors(self, _parts: list[str], body: Any) -> httpx.Response:
        if self.refusal:
            return httpx.Response(400, json={"code": "Bad Request", "message": self.refusal})
        made = body | {"id": new_id(), "vnfd": [each | {"id": new_id()} for each in body["vnfd"]]}
        self.descriptors[made["id"]] = made
        same = [each for each in self.descriptors.values() if each["name"] == made["name"]]
        self.most_at_once[made["name"]] = max(self.most_at_once[made["name"]], len(same))
        return httpx.Response(201, json=made)

    def _delete_ns_descriptors(self, parts: list[str], _body: Any) -> httpx.Response:
        if any(each["descriptor_reference"] == parts[0] for each in self.services.values()):
            return httpx.Response(422, json={"code": "x", "message": "it has running services; delete them first"})
        return httpx.Response(204 if self.descriptors.pop(parts[0], None) else 404)

    def _delete_vnf_descriptors(self, _parts: list[str], _body: Any) -> httpx.Response:
        return httpx.Response(404, json={"code": "Not Found", "message": "it went with its service"})

    def _get_ns_records(self, parts: list[str], _body: Any) -> httpx.Response:
        if not parts:
            return httpx.Response(200, json=list(self.services.values()))
        if parts[0] not in self.services:
            return httpx.Response(404, json={"code": "Not Found", "message": "no such record"})
        return httpx.Response(200, json=self.services[parts[0]])

    def _post_ns_records(self, parts: list[str], body: Any) -> httpx.Response:
        if len(parts) > 1:
            return self._post_instance(parts, body)
        descriptor = self.descriptors[parts[0]]
        service = {
            "id": new_id(),
            "name": descriptor["name"],
            "status": "NULL",
            "task": "Onboarding",
            "descriptor_reference": parts[0],
            "since": self.clock.monotonic(),
            "vnfr": [
                {
                    "id": new_id(),
                    "name": function["name"],
                    "type": function["type"],
                    "endpoint": function["endpoint"],
                    "vdu": [unit | {"id": new_id(), "vnfc_instance": []} for unit in function["vdu"]],
                }
                for function in descriptor["vnfd"]
            ],
        }
        self.services[str(service["id"])] = service
        return httpx.Response(201, json=service)

    def _delete_ns_records(self, parts: list[str], _body: Any) -> httpx.Response:
        service = self.services.get(parts[0])
        if service is None:
            return httpx.Response(404, json={"code": "Not Found", "message": "no such record"})
        if len(parts) > 1:
            unit = service["vnfr"][0]["vdu"][0]
            gone = parts[6] if len(parts) > 6 else unit["vnfc_instance"][-1]["id"]
            unit["vnfc_instance"] = [each for each in unit["vnfc_instance"] if each["id"] != gone]
            unit["vnfc"] = unit["vnfc"][: len(unit["vnfc_instance"])]
            service |= {"status": "SCALING", "since": self.clock.monotonic()}
        elif service["status"] != "TERMINATED":
            service |= {"status": "TERMINATED", "task": "Terminating", "since": self.clock.monotonic()}
        return httpx.Response(204)

    def _post_instance(self, parts: list[str], body: Any) -> httpx.Response:
        service = self.services[parts[0]]
        unit = service["vnfr"][0]["vdu"][0]
        if len(parts) == 6:
            if self.refusal:
                return httpx.Response(422, json={"code": "x", "message": self.refusal})
            unit["vnfc"].append(body)
            service |= {"status": "SCALING", "since": self.clock.monotonic()}
        else:
            (instance,) = [each for each in unit["vnfc_instance"] if each["id"] == parts[6]]
            instance["state"] = "ACTIVE" if parts[7] == "start" else "INACTIVE"
        return httpx.Response(201)
