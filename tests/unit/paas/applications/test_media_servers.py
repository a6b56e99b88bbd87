"""Media servers by hand: what is possible when, and what the orchestrator is asked for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from nai.catalogue.applications import Application
from nai.core.errors import NotFoundError
from nai.nfvo.client import NfvoError
from nai.paas.errors import ApplicationNotFoundError, LimitError, WrongStateError
from nai.vnfm.media_server.client import MediaServerClient, MediaServerManagerError
from tests.unit.paas.applications.world import World


async def running(world: World, **changes: Any) -> Application:
    made = await world.create(**changes)
    return await world.is_(made.id or "", "RUNNING")


async def test_list_with_use(world: World) -> None:
    now = await running(world, numberOfInstances=2)
    names = [each["hostname"] for each in world.orchestrator.instances_of(now.os_name or "")]
    world.media_servers.used[names[0]] = 150
    servers = world.manager.media_servers
    first, second = await servers.list(now.id or "", world.project_id)
    assert first.to_wire() == {
        "id": first.id,
        "hostname": names[0],
        "status": "ACTIVE",
        "floatingIp": "192.0.2.10",
        "usedPoints": 150,
        "maxCapacity": 200,
    }
    assert second.hostname == names[1]
    world.media_servers.away = True
    assert (await servers.get(now.id or "", None, names[1])).to_wire()["floatingIp"] == "192.0.2.11"
    with pytest.raises(NotFoundError):
        await servers.get(now.id or "", None, "unknown")
    with pytest.raises(ApplicationNotFoundError):
        await servers.list(now.id or "", "another project")
    world.orchestrator.away = True
    with pytest.raises(NfvoError):
        await servers.list(now.id or "", None)


async def test_out_and_in_within_the_limits(world: World) -> None:
    now = await running(world)
    identifier, servers = now.id or "", world.manager.media_servers
    with pytest.raises(LimitError, match="last"):
        await servers.scale_in(identifier, None)
    await servers.scale_out(identifier, world.project_id)
    assert (await world.is_(identifier, "SCALING")).status == "SCALING"
    for order in (servers.scale_out, servers.scale_in):
        with pytest.raises(WrongStateError, match="RUNNING"):
            await order(identifier, None)
    now = await world.is_(identifier, "RUNNING")
    assert now.media_server_group is not None
    assert len(now.media_server_group.hosts) == 2
    with pytest.raises(LimitError, match="its limit is 2"):
        await servers.scale_out(identifier, None)
    with pytest.raises(NotFoundError):
        await servers.scale_in(identifier, None, "unknown")
    first = now.media_server_group.hosts[0].hostname or ""
    await servers.scale_in(identifier, None, first)
    now = await world.is_(identifier, "RUNNING")
    assert now.media_server_group is not None
    assert [host.hostname for host in now.media_server_group.hosts] != [first]
    assert len(now.media_server_group.hosts) == 1


async def test_stop_and_start(world: World) -> None:
    now = await running(world)
    identifier, servers = now.id or "", world.manager.media_servers
    (host,) = await servers.list(identifier, None)
    name = host.hostname or ""
    with pytest.raises(WrongStateError, match="INACTIVE"):
        await servers.start(identifier, None, name)
    await servers.stop(identifier, None, name)
    assert (await servers.get(identifier, None, name)).status == "INACTIVE"
    with pytest.raises(WrongStateError, match="ACTIVE"):
        await servers.stop(identifier, None, name)
    await servers.start(identifier, None, name)
    assert (await servers.get(identifier, None, name)).status == "ACTIVE"
    with pytest.raises(NotFoundError):
        await servers.stop(identifier, None, "unknown")


async def test_states_in_which_it_is_not_possible(world: World) -> None:
    world.orchestrator.boot_seconds = None
    made = await world.create()
    servers = world.manager.media_servers
    assert await servers.list(made.id or "", None) == []
    for call in (servers.scale_out(made.id or "", None), servers.stop(made.id or "", None, "x")):
        with pytest.raises(WrongStateError, match="has to be RUNNING"):
            await call
    world.orchestrator.boot_seconds = 1.0
    now = await world.is_(made.id or "", "RUNNING")
    service = world.orchestrator.service_of(now.os_name or "")
    service["status"] = "INACTIVE"
    with pytest.raises(WrongStateError, match="have to be ACTIVE"):
        await servers.scale_out(made.id or "", None)
    service["status"] = "ACTIVE"
    world.orchestrator.refusal = "no room"
    with pytest.raises(WrongStateError, match="no room"):
        await servers.scale_out(made.id or "", None)
    world.orchestrator.services.clear()
    with pytest.raises(WrongStateError, match="redeploy"):
        await servers.scale_out(made.id or "", None)
    await world.manager.orders.delete(made.id or "", None)
    with pytest.raises(WrongStateError, match="being deleted"):
        await servers.scale_out(made.id or "", None)


async def test_the_client_of_their_manager() -> None:
    asked: list[tuple[str, str, bytes]] = []
    session = {"id": "s", "vnfr_id": "v", "points": 50, "mediaServerId": "m", "missedHeartbeats": 0, "hb_version": 0}
    server = {"id": "m", "vnfrId": "v", "hostName": "h/1", "usedPoints": 50, "maxCapacity": 200, "status": "ACTIVE"}

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        asked.append((request.method, path, request.content))
        if "unknown" in path:
            return httpx.Response(404, json={"code": "Not Found", "message": "no such VNFR"})
        if path.endswith("/number"):
            return httpx.Response(200, json=1)
        if path.endswith("/load"):
            return httpx.Response(200, json=25.5)
        if path.endswith("/media-server"):
            return httpx.Response(200, json=[server])
        if request.method == "DELETE":
            return httpx.Response(200)
        if "/media-server/" in path:
            return httpx.Response(200, json=server)
        if "broken" in path:
            return httpx.Response(200, text="<html>") if request.method == "PUT" else httpx.Response(500, text="oops")
        return httpx.Response(200, json=[session] if request.method == "GET" else session)

    async with MediaServerClient("http://vnfm:9000", transport=httpx.MockTransport(answer)) as client:
        assert [each.to_wire() for each in await client.servers("v")] == [server]
        assert (await client.number("v"), await client.load("v")) == (1, 25.5)
        assert [each.points for each in await client.sessions("v")] == [50]
        assert (await client.register("v", 50, "mine")).media_server_id == "m"
        await client.register("v", 50)
        await client.heartbeat("v", "s")
        await client.unregister("v", "s")
        assert (await client.start("v", "h/1")).host_name == "h/1"
        await client.stop("v", "h/1")
        with pytest.raises(MediaServerManagerError, match="no such VNFR") as refused:
            await client.servers("unknown")
        assert refused.value.status == 404
        with pytest.raises(MediaServerManagerError, match="oops"):
            await client.sessions("broken")
        with pytest.raises(MediaServerManagerError, match="no JSON"):
            await client.heartbeat("broken", "s")
    assert ("POST", "/vnfr/v/media-server/h%2F1/stop", b"") in asked
    assert ("POST", "/vnfr/v/app", b'{"points":50,"extAppId":"mine"}') in asked

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with MediaServerClient("http://vnfm:9000", transport=httpx.MockTransport(nobody)) as client:
        with pytest.raises(MediaServerManagerError, match="does not answer: refused") as away:
            await client.load("v")
        assert away.value.status is None
