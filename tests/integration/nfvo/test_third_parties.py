"""A third party's VNFM takes services through their whole life: Open Baton's own scenarios."""

from __future__ import annotations

import asyncio

import pytest

from nai.nfvo.client import NfvoError
from tests.integration.nfvo.conftest import ThirdPartyVnfm, World
from tests.support.nfvo import descriptor, function, instances_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module", autouse=True)
def running(third_party: ThirdPartyVnfm, world: World) -> ThirdPartyVnfm:
    """The VNFM, started after the orchestrator that it registers with."""
    third_party.start()
    return third_party


def pair(vnfm: ThirdPartyVnfm) -> dict[str, object]:
    return descriptor(
        function("server", endpoint=vnfm.name, instances=2),
        function("client", endpoint=vnfm.name),
        dependencies=[("server", "client", ["port", "private"])],
    )


async def test_a_whole_life(world: World, third_party: ThirdPartyVnfm) -> None:
    await world.manager(third_party.name)
    service = await world.order(pair(third_party))
    record = await world.settled(service, "ACTIVE", "ERROR")
    assert record["status"] == "ACTIVE", record["task"]
    assert len(instances_of(record)) == 3
    vnfr = next(each for each in record["vnfr"] if each["name"] == "server")
    unit = f"/ns-records/{service}/vnfrecords/{vnfr['id']}/vdunits/{vnfr['vdu'][0]['id']}/vnfcinstances"
    assert vnfr["provides"]["configurationParameters"][0]["value"] == "8888"

    await world.client.request("POST", unit, json={})
    record = await world.settled(service, "ACTIVE", "ERROR")
    assert record["task"] == "Scaled out"
    assert len(instances_of(record, "server")) == 3
    with pytest.raises(NfvoError, match="3 at most"):
        await world.client.request("POST", unit, json={})

    last = instances_of(record, "server")[-1]
    await world.client.request("DELETE", f"{unit}/{last['id']}")
    record = await world.settled(service, "ACTIVE", "ERROR")
    assert record["task"] == "Scaled in"
    assert len(instances_of(record, "server")) == 2

    first = instances_of(record, "server")[0]
    await world.client.request("POST", f"{unit}/{first['id']}/stop")
    await world.over(service)
    record = await world.settled(service, "ACTIVE")
    assert instances_of(record, "server")[0]["state"] == "INACTIVE"
    await world.client.request("POST", f"{unit}/{first['id']}/start")
    await world.over(service)

    world.vim.lose(first["hostname"])
    await world.client.request("POST", f"{unit}/{first['id']}/actions", json={"action": "HEAL", "cause": "killed"})
    await world.over(service)
    record = await world.settled(service, "ACTIVE")
    assert record["task"] == "Healed"
    assert first["hostname"] in world.vim.servers
    history = await world.client.request("GET", f"/ns-records/{service}/vnfrecords/{vnfr['id']}/history")
    assert {"INSTANTIATE", "START", "SCALED", "SCALE_IN", "HEAL"} <= {each["event"] for each in history}

    await world.client.terminate(service)
    await world.settled(service)
    assert world.vim.servers == {}


@pytest.mark.parametrize("action", ["INSTANTIATE", "MODIFY", "START"])
async def test_an_error_is_said_and_overcome(world: World, third_party: ThirdPartyVnfm, action: str) -> None:
    await world.manager(third_party.name)
    third_party.misbehave(**{action: "the disk is full"})
    service = await world.order(pair(third_party))
    record = await world.settled(service, "ERROR")
    await world.over(service)
    record = await world.settled(service, "ERROR")
    assert "the disk is full" in record["task"]
    third_party.misbehave()
    await world.client.request("POST", f"/ns-records/{service}/resume")
    await world.over(service)
    record = await world.settled(service, "ACTIVE", "ERROR")
    assert record["status"] == "ACTIVE", record["task"]
    assert len(world.vim.servers) == 3
    # An error in its last script does not keep a service alive.
    third_party.misbehave(RELEASE_RESOURCES="it does not stop")
    await world.client.terminate(service)
    await world.settled(service)
    third_party.misbehave()
    assert world.vim.servers == {}


async def test_fourteen_services_at_once(world: World, third_party: ThirdPartyVnfm) -> None:
    await world.manager(third_party.name)
    ids = await asyncio.gather(*(world.order(descriptor(function("a", endpoint=third_party.name))) for _ in range(14)))
    records = await asyncio.gather(*(world.settled(each, "ACTIVE", "ERROR") for each in ids))
    assert {record["status"] for record in records} == {"ACTIVE"}
    assert len(world.vim.servers) == 14
    await world.client.request("POST", "/ns-records/multipledelete", json=ids)
    await asyncio.gather(*(world.settled(each) for each in ids))
    assert world.vim.servers == {}
