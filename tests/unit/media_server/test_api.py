"""The REST interface of wire contract section 2: paths, statuses, bodies, errors."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from nai.core.bus import BusUnavailableError
from tests.unit.media_server.service import Running, running
from tests.unit.media_server.support import VNFR

SWAGGER = {
    "/monitor/{hostname}/CONSUMED_CAPACITY": "get",
    # The original's file calls its parameter hostname, but takes a VNFR's id.
    "/monitor/{vnfrId}/HEARTBEAT_ELAPSED": "get",
    "/vnfr": "get",
    "/vnfr/{vnfrId}": "get",
    "/vnfr/{vnfrId}/app": "get post",
    "/vnfr/{vnfrId}/app/{appId}": "get delete",
    "/vnfr/{vnfrId}/app/{appId}/heartbeat": "put",
    "/vnfr/{vnfrId}/event": "get post",
    "/vnfr/{vnfrId}/event/{appId}": "get delete",
    "/vnfr/{vnfrId}/media-server": "get",
    "/vnfr/{vnfrId}/media-server/load": "get",
    "/vnfr/{vnfrId}/media-server/load/history": "get",
    "/vnfr/{vnfrId}/media-server/number": "get",
    "/vnfr/{vnfrId}/media-server/number/history": "get",
}
"""What the original's swagger file lists."""


@pytest_asyncio.fixture
async def it(tmp_path: Path) -> AsyncIterator[Running]:
    """A service with a VNFR of two media servers."""
    async with running(tmp_path) as service:
        await service.plane.manage(VNFR, "nsr-1", "START")
        await service.plane.add_servers(VNFR, [("host-0", "10.0.0.1", 100), ("host-1", "10.0.0.2", 200)])
        yield service


async def register(it: Running, points: Any = 50, ext_app_id: str | None = None, kind: str = "app") -> dict[str, Any]:
    body = {"points": points} | ({"extAppId": ext_app_id} if ext_app_id else {})
    answer = await it.client.post(f"/vnfr/{VNFR}/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_the_managed_vnfrs(it: Running) -> None:
    answer = await it.client.get("/vnfr")
    assert answer.status_code == 200
    (vnfr,) = answer.json()
    assert vnfr.pop("id")
    assert vnfr == {"hb_version": 0, "vnfrId": VNFR, "nsrId": "nsr-1", "task": "START"}
    assert [each["vnfrId"] for each in (await it.client.get(f"/vnfr/{VNFR}")).json()] == [VNFR]
    assert (await it.client.get("/vnfr/unknown")).json() == []


@pytest.mark.parametrize("kind", ["app", "event"])
async def test_register_look_up_and_unregister_an_application(it: Running, kind: str) -> None:
    document = await register(it, 50, "outside", kind)
    servers = {each["id"]: each for each in (await it.client.get(f"/vnfr/{VNFR}/media-server")).json()}
    server = servers[document["mediaServerId"]]
    assert document == {
        "id": document["id"],
        "hb_version": 0,
        "vnfr_id": VNFR,
        "points": 50,
        "ip": server["ip"],
        "mediaServerId": server["id"],
        "extAppId": "outside",
        "created": "2016-10-01T12:00:00.000Z",
        "heartbeat": "2016-10-01T12:00:00.000Z",
        "missedHeartbeats": 0,
    }
    assert (server["usedPoints"], server["status"]) == (50, "ACTIVE")
    path = f"/vnfr/{VNFR}/{kind}"
    assert (await it.client.get(f"{path}/{document['id']}")).json() == document
    assert (await it.client.get(path)).json() == [document]
    assert (await it.client.get(f"/vnfr/{VNFR}/app")).json() == [document]
    gone = await it.client.delete(f"{path}/{document['id']}")
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await it.client.get(path)).json() == []
    assert (await it.client.delete(f"{path}/{document['id']}")).status_code == 404


async def test_a_registration_without_external_id_has_no_such_field(it: Running) -> None:
    assert "extAppId" not in await register(it)


async def test_the_same_external_id_gets_the_same_answer(it: Running) -> None:
    assert await register(it, 50, "outside") == await register(it, 70, "outside")
    assert (await it.client.get(f"/vnfr/{VNFR}/media-server/load")).json() == 25.0


async def test_an_application_with_all_its_fields_is_taken_as_a_registration(it: Running) -> None:
    first = await register(it, 50, "outside")
    await it.client.delete(f"/vnfr/{VNFR}/app/{first['id']}")
    answer = await it.client.post(f"/vnfr/{VNFR}/app/", json=first | {"extAppId": None, "unknown": [1]})
    assert answer.status_code == 201
    assert answer.json()["id"] != first["id"]


async def test_points_may_be_written_with_a_decimal_point(it: Running) -> None:
    assert (await register(it, 50.0))["points"] == 50


async def test_a_heartbeat_answers_with_the_application(it: Running) -> None:
    document = await register(it)
    await it.clock.advance(12)
    answer = await it.client.put(f"/vnfr/{VNFR}/app/{document['id']}/heartbeat")
    assert answer.status_code == 200
    assert answer.json()["heartbeat"] == "2016-10-01T12:00:12.000Z"
    await it.clock.advance(1.5)
    ages = await it.client.get(f"/monitor/{VNFR}/HEARTBEAT_ELAPSED")
    assert ages.json() == {document["id"]: "1500"}
    assert (await it.client.put(f"/vnfr/{VNFR}/event/{document['id']}/heartbeat")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/vnfr/unknown/app"),
        ("GET", f"/vnfr/{VNFR}/app/unknown"),
        ("DELETE", f"/vnfr/{VNFR}/app/unknown"),
        ("PUT", f"/vnfr/{VNFR}/app/unknown/heartbeat"),
        ("GET", "/monitor/unknown/CONSUMED_CAPACITY"),
        ("GET", "/vnfr/unknown/media-server/number/history"),
        ("GET", "/vnfr/unknown/media-server/load/history"),
        ("POST", f"/vnfr/{VNFR}/media-server/unknown/stop"),
        ("GET", "/no/such/path"),
    ],
)
async def test_what_is_not_there_is_404_with_code_and_message(it: Running, method: str, path: str) -> None:
    answer = await it.client.request(method, path, json={"points": 1} if method == "POST" else None)
    assert answer.status_code == 404
    assert answer.json()["code"] == "Not Found"
    assert answer.json()["message"]


async def test_no_room_is_404_with_the_text_of_the_original(it: Running) -> None:
    answer = await it.client.post(f"/vnfr/{VNFR}/app", json={"points": 201})
    assert answer.status_code == 404
    assert answer.json() == {
        "code": "Not Found",
        "message": f"Not found any MediaServer for VNFR with id: {VNFR}. At least there is no one ACTIVE or with an IP"
        " assigned and enough capacity. Please try again later.",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"points": "50"}',
        b'{"points": 0}',
        b'{"points": -1}',
        b'{"points": 1.5}',
        b'{"points": true}',
        b'{"points": 2147483648}',
        b'{"points": 1, "extAppId": 7}',
        b'{"points": 1, "extAppId": "\\ud800"}',
        b'{"points": 1, "extAppId": "\xff"}',
        json.dumps({"points": 1, "extAppId": "x" * 256}).encode(),
    ],
)
async def test_a_body_that_cannot_be_is_400(it: Running, body: bytes) -> None:
    answer = await it.client.post(f"/vnfr/{VNFR}/app", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "Bad Request"
    assert (await it.client.get(f"/vnfr/{VNFR}/app")).json() == []


async def test_media_servers_their_number_and_load(it: Running) -> None:
    await register(it, 150)
    base = f"/vnfr/{VNFR}/media-server"
    first, second = (await it.client.get(base)).json()
    assert {key: first[key] for key in first if key != "id"} == {
        "hb_version": 0,
        "vnfrId": VNFR,
        "hostName": "host-0",
        "ip": "10.0.0.1",
        "usedPoints": 0,
        "maxCapacity": 100,
        "status": "IDLE",
    }
    assert (second["usedPoints"], second["status"], second["hb_version"]) == (150, "ACTIVE", 1)
    assert (await it.client.get(f"{base}/number")).text == "2"
    assert (await it.client.get(f"{base}/load")).text == "75.0"
    capacity = await it.client.get("/monitor/host-1/CONSUMED_CAPACITY")
    assert (capacity.status_code, capacity.text) == (200, "150.0")
    assert capacity.headers["content-type"].startswith("text/plain")


async def test_a_long_list_is_as_complete_as_a_short_one(it: Running) -> None:
    await it.plane.add_servers(VNFR, [(f"more-{number}", "10.0.1.1", 100) for number in range(1000)])
    servers = (await it.client.get(f"/vnfr/{VNFR}/media-server")).json()
    assert [each["hostName"] for each in servers][:3] == ["host-0", "host-1", "more-0"]
    assert len(servers) == 1002


async def test_an_unknown_vnfr_has_nothing(it: Running) -> None:
    base = "/vnfr/unknown"
    found = [(await it.client.get(base + path)).json() for path in ("/app", "/event", "/media-server")]
    assert found == [[], [], []]
    assert (await it.client.get(f"{base}/media-server/number")).json() == 0
    assert (await it.client.get(f"{base}/media-server/load")).text == "0.0", "the original said NaN, which is no JSON"
    assert (await it.client.get("/monitor/unknown/HEARTBEAT_ELAPSED")).json() == {}


async def test_histories(it: Running) -> None:
    base = f"/vnfr/{VNFR}/media-server"
    assert (await it.client.get(f"{base}/load/history")).json() == []
    await register(it, 50)
    await it.clock.advance(10)
    times = [1475323205000, 1475323210000]
    load = (await it.client.get(f"{base}/load/history")).json()
    assert load == [{"timestamp": time, "value": 25.0} for time in times]
    number = (await it.client.get(f"{base}/number/history")).json()
    assert number == [{"timestamp": time, "value": 2} for time in times]


async def test_stop_and_start_of_one_media_server(it: Running) -> None:
    document = await register(it, 50)
    stop, start = (f"/vnfr/{VNFR}/media-server/host-0/{verb}" for verb in ("stop", "start"))
    assert document["ip"] == "10.0.0.1"
    assert (await it.client.post(stop)).json()["status"] == "RELEASE"
    assert (await register(it, 50))["ip"] == "10.0.0.2"
    await it.client.delete(f"/vnfr/{VNFR}/app/{document['id']}")
    assert (await it.client.post(stop)).json()["status"] == "INACTIVE"
    answer = await it.client.post(start)
    assert (answer.status_code, answer.json()["status"]) == (200, "IDLE")
    await it.plane.release_server(VNFR, "host-0")
    refused = await it.client.post(start)
    assert (refused.status_code, refused.json()["code"]) == (400, "Bad Request")


@pytest.mark.parametrize("action", ["INSTANTIATE_FINISH", "RELEASE_RESOURCES_FINISH", "ERROR"])
async def test_events_of_the_nfvo_reach_elasticity(it: Running, action: str) -> None:
    answer = await it.client.post(f"/event/{action}", json={"action": action, "payload": {"id": "nsr-1"}})
    assert answer.status_code == 201
    assert it.app.state.elasticity.events == [(action, {"action": action, "payload": {"id": "nsr-1"}})]
    assert (await it.client.post(f"/event/{action}", content=b"no")).status_code == 400


async def test_wrong_method_has_the_shape_of_every_error(it: Running) -> None:
    answer = await it.client.patch("/vnfr")
    assert answer.status_code == 405
    assert set(answer.json()) == {"code", "message"}


async def test_figures_for_prometheus(it: Running) -> None:
    document = await register(it, 50)
    await it.client.delete(f"/vnfr/{VNFR}/app/{document['id']}")
    await register(it, 150)
    await it.client.post(f"/vnfr/{VNFR}/app", json={"points": 1000})
    text = (await it.client.get("/metrics")).text
    for line in (
        f'nai_media_servers{{pool="ACTIVE",vnfr="{VNFR}"}} 1.0',
        f'nai_media_server_used_points{{vnfr="{VNFR}"}} 150.0',
        f'nai_media_server_capacity_points{{vnfr="{VNFR}"}} 300.0',
        f'nai_media_server_load{{vnfr="{VNFR}"}} 75.0',
        'nai_media_server_registrations_total{outcome="placed"} 2.0',
        'nai_media_server_registrations_total{outcome="refused"} 1.0',
        "nai_media_server_unregistrations_total 1.0",
        "nai_media_server_store_writable 1.0",
    ):
        assert line in text


async def test_openapi_has_every_path_of_the_original_and_declares_every_error(it: Running) -> None:
    ours = (await it.client.get("/openapi.json")).json()["paths"]
    for path, verbs in SWAGGER.items():
        assert ours[path].keys() == set(verbs.split()), path
    for path, verbs in ours.items():
        for verb, operation in verbs.items():
            assert "422" not in operation["responses"], (path, verb)
            assert "503" in operation["responses"], (path, verb)


async def test_without_rabbitmq_applications_can_register_and_readiness_says_so(tmp_path: Path) -> None:
    async def away(_url: str) -> Any:
        raise BusUnavailableError("broker cannot be reached")

    async with running(tmp_path, away) as service:
        await service.plane.manage(VNFR, "nsr-1", "START")
        await service.plane.add_server(VNFR, "host-0", "10.0.0.1", 100)
        await register(service)
        assert (await service.client.get("/health")).status_code == 200
        ready = await service.client.get("/ready")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "ok")
        assert (await service.client.post("/event/ERROR", json={})).status_code == 503


async def test_without_tables_every_answer_is_503_until_they_are_there(tmp_path: Path) -> None:
    async with running(tmp_path, migrated=False) as service:
        for method, path in (("GET", "/vnfr"), ("POST", "/vnfr/x/app"), ("GET", "/vnfr/x/media-server/load/history")):
            answer = await service.client.request(method, path, json={"points": 1} if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (503, "Service Unavailable")
