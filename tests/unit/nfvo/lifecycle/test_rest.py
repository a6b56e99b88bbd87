"""Every verb of `/ns-records`, `/operations` and the VNFMs' REST entry: statuses as clients of the day expect them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from nai.catalogue import NetworkServiceDescriptor, User
from nai.core import service
from nai.nfvo.api import ns_records, operations
from nai.nfvo.api.access import Caller, in_project
from nai.nfvo.errors import ERRORS
from nai.nfvo.messaging import rest
from nai.nfvo.store.descriptors import add_service
from tests.support.nfvo import PROJECT, Stage, descriptor, function, instances_of, stage
from tests.unit.nfvo.lifecycle.test_scaling import PAIR


class Client:
    """Requests to the API, checked for their status."""

    def __init__(self, here: Stage, client: httpx.AsyncClient) -> None:
        self.here, self._client = here, client

    async def ask(self, status: int, method: str, path: str, body: Any = None, *, base: str = "/api/v1") -> Any:
        answer = await self._client.request(method, f"{base}{path}", json=body)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


@asynccontextmanager
async def api(directory: Path, **settings: Any) -> AsyncIterator[Client]:
    async with stage(directory, **settings) as here:
        app = service.create_app(
            "NFVO", "1", routers=[ns_records.router, operations.router, rest.router], errors=ERRORS
        )
        app.state.orchestrator, app.state.nfvo = here.orchestrator, here.nfvo
        app.dependency_overrides[in_project] = lambda: Caller(User(username="u"), PROJECT, "default")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://nfvo") as client:
            yield Client(here, client)


async def test_a_service_and_its_parts(tmp_path: Path) -> None:
    async with api(tmp_path) as client:
        here = client.here
        await here.vnfm()
        async with here.nfvo.database.session() as session:
            stored = await add_service(session, NetworkServiceDescriptor.from_wire(PAIR), PROJECT)
        record = await client.ask(201, "POST", f"/ns-records/{stored.id}", {})
        service = f"/ns-records/{record['id']}"
        await here.settled(record["id"])
        assert [each["id"] for each in await client.ask(200, "GET", "/ns-records/")] == [record["id"]]
        record = await client.ask(200, "GET", service)
        assert record["status"] == "ACTIVE"
        changed = await client.ask(202, "PUT", service, {"name": "renamed", "status": "ERROR"})
        assert (changed["name"], changed["status"]) == ("renamed", "ACTIVE")

        functions = await client.ask(200, "GET", f"{service}/vnfrecords")
        server = next(each for each in functions if each["name"] == "server")
        vnfr = f"{service}/vnfrecords/{server['id']}"
        assert (await client.ask(200, "GET", vnfr))["id"] == server["id"]
        configuration = {"configurationParameters": [{"confKey": "a", "value": "b"}]}
        changed = await client.ask(202, "PUT", vnfr, {"configurations": configuration, "name": "no"})
        assert changed["name"] == "server"
        assert changed["configurations"]["configurationParameters"][0]["value"] == "b"
        history = await client.ask(202, "GET", f"{vnfr}/history")
        assert [each["event"] for each in history] == ["INSTANTIATE", "START"]

        (dependency,) = await client.ask(200, "GET", f"{service}/vnfdependencies")
        path = f"{service}/vnfdependencies/{dependency['id']}"
        assert (await client.ask(200, "GET", path))["target"] == "client"
        short = await client.ask(200, "GET", f"{service}/vnfdependenciesList")
        assert short == [{"target": "client", "dependencyParameters": {"server": ["private"]}}]
        wanted = {
            "target": "client",
            "idType": {"server": "server"},
            "parameters": {"server": {"parameters": {"port": ""}}},
        }
        await client.ask(202, "PUT", path, wanted)
        assert (await client.ask(200, "GET", f"{service}/vnfdependenciesList"))[0]["dependencyParameters"] == {
            "server": ["port"]
        }
        await client.ask(422, "POST", f"{service}/vnfdependencies", wanted)
        await client.ask(204, "DELETE", path)
        await client.ask(201, "POST", f"{service}/vnfdependencies", wanted)
        await client.ask(422, "POST", f"{service}/vnfdependencies", {"target": "nobody"})
        await client.ask(404, "DELETE", path)

        made = await client.ask(201, "POST", f"{service}/pnfrecords", {"name": "router"})
        path = f"{service}/pnfrecords/{made['id']}"
        assert (await client.ask(202, "GET", path))["name"] == "router"
        assert (await client.ask(202, "PUT", path, {"name": "other"}))["id"] == made["id"]
        assert len(await client.ask(200, "GET", f"{service}/pnfrecords")) == 1
        await client.ask(204, "DELETE", path)

        origin = await client.ask(200, "GET", service)
        more = {"name": "second", "descriptor_reference": server["descriptor_reference"]}
        added = await client.ask(201, "POST", f"{service}/vnfrecords", more)
        record = await here.settled(record["id"])
        assert (record["status"], len(record["vnfr"])) == ("ACTIVE", len(origin["vnfr"]) + 1)
        await client.ask(422, "POST", f"{service}/vnfrecords", more)
        await client.ask(204, "DELETE", f"{service}/vnfrecords/{added['id']}")
        record = await here.settled(record["id"])
        assert len(record["vnfr"]) == len(origin["vnfr"])

        await client.ask(204, "DELETE", service)
        await here.settled(record["id"])
        error = await client.ask(404, "GET", service)
        assert error["code"] == "Not Found"


async def test_instances(tmp_path: Path) -> None:
    async with api(tmp_path) as client:
        here = client.here
        vnfm = await here.vnfm()
        record = await client.ask(201, "POST", "/ns-records", descriptor(function("media", most=4)))
        record = await here.settled(record["id"])
        vnfr = record["vnfr"][0]
        vdus = f"/ns-records/{record['id']}/vnfrecords/{vnfr['id']}/vdunits"
        unit = f"{vdus}/{vnfr['vdu'][0]['id']}/vnfcinstances"
        component = {"connection_point": [{"virtual_link_reference": "private"}]}
        for path in (unit, f"{vdus}/vnfcinstances", f"{unit}/standby"):
            await client.ask(201, "POST", path, component)
            record = await here.settled(record["id"])
        assert len(instances_of(record)) == 4
        error = await client.ask(422, "POST", unit, component)
        assert error["code"] == "Bad Request"
        assert "4 at most" in error["message"]
        first, standby = instances_of(record)[0], instances_of(record)[-1]
        await client.ask(422, "POST", f"{unit}/{first['id']}/start")
        await client.ask(201, "POST", f"{unit}/{first['id']}/stop")
        await here.settled(record["id"])
        await client.ask(201, "POST", f"{unit}/{first['id']}/start")
        await here.settled(record["id"])
        await client.ask(201, "POST", f"{unit}/{standby['id']}/switchtostandby", {"id": first["id"]})
        await here.settled(record["id"])
        await client.ask(201, "POST", f"{unit}/{first['id']}/actions", {"action": "HEAL", "cause": "it is ill"})
        record = await here.settled(record["id"])
        assert instances_of(record)[0]["state"] == "ACTIVE"
        await client.ask(422, "POST", f"{unit}/{first['id']}/actions", {"action": "MODIFY"})
        await client.ask(422, "POST", f"{unit}/{first['id']}/actions", {"action": "DANCE"})
        for path in (f"{unit}/{first['id']}", unit, f"{vdus}/vnfcinstances"):
            await client.ask(204, "DELETE", path)
            record = await here.settled(record["id"])
        assert len(instances_of(record)) == 1
        await client.ask(422, "DELETE", unit)
        await client.ask(404, "DELETE", f"{unit}/nobody")
        functions = f"/ns-records/{record['id']}/vnfrecords/{vnfr['id']}"
        await client.ask(201, "POST", f"{functions}/execute-script", {"name": "s.sh", "payload": "ZWNobw=="})
        await here.settled(record["id"])
        await client.ask(201, "POST", f"{functions}/update")
        await here.settled(record["id"])
        await client.ask(201, "POST", f"{functions}/restart", {"imageName": "any"})
        await here.settled(record["id"])
        assert vnfm.actions[-4:] == ["EXECUTE", "UPDATE", "STOP", "START"]
        await client.ask(404, "POST", "/ns-records/multipledelete", [record["id"], "nobody"])
        await client.ask(204, "POST", "/ns-records/multipledelete", [record["id"]])
        assert await here.settled(record["id"]) == {}


async def test_operations(tmp_path: Path) -> None:
    async with api(tmp_path) as client:
        here = client.here
        vnfm = await here.vnfm()
        vnfm.errors["START"] = "not today"
        record = await here.deploy(descriptor(function("media")))
        (operation,) = await client.ask(200, "GET", f"/operations?nsRecordId={record['id']}")
        assert (operation["operation"], operation["operationState"]) == ("instantiate", "FAILED_TEMP")
        assert "not today" in operation["error"]
        path = f"/operations/{operation['id']}"
        await client.ask(202, "POST", f"{path}/retry")
        await here.settled(record["id"])
        assert (await client.ask(200, "GET", path))["attempts"] == 2
        await client.ask(202, "POST", f"{path}/rollback")
        await here.settled(record["id"])
        assert here.servers == []
        await client.ask(422, "POST", f"{path}/retry")
        await client.ask(422, "POST", f"/ns-records/{record['id']}/resume")
        record = await here.deploy(descriptor(function("media")))
        path = f"/operations/{(await here.last(record['id'])).id}"
        assert (await client.ask(200, "POST", f"{path}/fail"))["operationState"] == "FAILED"
        await client.ask(404, "GET", "/operations/nobody")
        vnfm.errors.clear()
        record = await here.deploy(PAIR)
        vnfm.errors["HEAL"] = "no"
        instance = instances_of(record, "server")[0]["id"]
        vnfr = next(each for each in record["vnfr"] if each["name"] == "server")
        place = f"/ns-records/{record['id']}/vnfrecords/{vnfr['id']}/vdunits/{vnfr['vdu'][0]['id']}/vnfcinstances"
        await client.ask(201, "POST", f"{place}/{instance}/actions", {"action": "HEAL"})
        await here.settled(record["id"])
        healing = (await here.last(record["id"])).id
        error = await client.ask(422, "POST", f"/operations/{healing}/rollback")
        assert "cannot be taken back" in error["message"]
        vnfm.errors.clear()
        await client.ask(204, "POST", f"/ns-records/{record['id']}/resume")
        assert (await here.settled(record["id"]))["status"] == "ACTIVE"


async def test_a_vnfm_that_speaks_rest(tmp_path: Path) -> None:
    async with api(tmp_path) as client:
        here, admin = client.here, "/admin/v1"
        manager = {"type": "rest", "endpoint": "http://vnfm.example", "endpointType": "REST"}
        await client.ask(201, "POST", "/vnfm-register", manager, base=admin)
        await client.ask(422, "POST", "/vnfm-register", {**manager, "endpoint": "no URL"}, base=admin)
        asked: list[dict[str, Any]] = []

        async def post(url: str, message: dict[str, Any]) -> None:
            assert url == "http://vnfm.example"
            asked.append(message)

        here.orchestrator.shop.postman._post = post  # type: ignore[attr-defined]
        identifier = await here.order(descriptor(function("media", endpoint="rest")))
        await here.until(lambda: asked)
        told = {
            "name": "media",
            "parent_ns_id": identifier,
            "vdu": [{"name": "vdu-media", "vnfc": [{}]}],
        }
        granted = await client.ask(202, "POST", "/vnfm-core-grant", {"virtualNetworkFunctionRecord": told}, base=admin)
        assert granted["grantAllowed"]
        vnfr = granted["virtualNetworkFunctionRecord"]
        made = await client.ask(202, "POST", "/vnfm-core-allocate", {"virtualNetworkFunctionRecord": vnfr}, base=admin)
        assert len(made["vnfr"]["vdu"][0]["vnfc_instance"]) == 1
        await client.ask(
            200,
            "POST",
            "/vnfm-core-actions",
            {"action": "INSTANTIATE", "virtualNetworkFunctionRecord": made["vnfr"]},
            base=admin,
        )
        await here.until(lambda: len(asked) == 2)
        await client.ask(
            200,
            "POST",
            "/vnfm-core-actions-reply",
            {"action": "START", "virtualNetworkFunctionRecord": made["vnfr"]},
            base=admin,
        )
        assert (await here.settled(identifier))["status"] == "ACTIVE"
        scaling = {"virtualNetworkFunctionRecord": made["vnfr"], "userData": ""}
        more = await client.ask(202, "POST", "/vnfm-core-scale", scaling, base=admin)
        assert len(more["vnfr"]["vdu"][0]["vnfc_instance"]) == 2
        await client.ask(204, "POST", "/vnfm-unregister", manager, base=admin)
        assert here.orchestrator.managers.usable() == set()
