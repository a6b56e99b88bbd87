"""kill -9 of the orchestrator at every persisted step, and in the midst of what the infrastructure does: it converges.

No instance is made twice, and none is forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from nai.nfvo.client import NfvoError
from tests.integration.nfvo.conftest import World
from tests.support.nfvo import TestVnfm, descriptor, function, instances_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAIR = descriptor(function("server"), function("client"), dependencies=[("server", "client", ["private"])])

INSTANTIATE = [
    "links/before",
    "links/after",
    "functions/before",
    "server/instantiated",
    "client/instantiated",
    "server/started",
    "client/modified",
    "client/started",
    "functions/after",
    "finish/before",
    "finish/after",
]
SCALE_OUT = ["add/before", "add/after", "relate/before", "relate/after", "finish/before", "finish/after"]
SCALE_IN = ["tell/before", "tell/after", "remove/before", "remove/after", "finish/before", "finish/after"]
TERMINATE = ["release/before", "release/after", "delete/before", "delete/after"]


async def unanswered(order: Awaitable[Any]) -> None:
    """Make an order whose answer may be lost with the process: it begins to work as soon as it is written down."""
    try:
        await order
    except NfvoError as error:
        if error.status is not None:
            raise


async def converged(world: World, service: str, count: int) -> None:
    """The service is ACTIVE with so many instances, all of which are there, and nothing else is."""
    await world.over(service)
    record = await world.settled(service, "ACTIVE", "ERROR")
    assert record["status"] == "ACTIVE", record["task"]
    assert sorted(each["hostname"] for each in instances_of(record)) == sorted(world.vim.servers)
    assert len(world.vim.servers) == count
    assert set(world.vim.creations.values()) == {1}


async def only_service(world: World) -> str:
    (service,) = await world.client.services()
    return str(service.id)


async def gone(world: World, service: str) -> None:
    """The service and all that it had are gone."""
    await world.settled(service)
    assert world.vim.servers == {}


@pytest.mark.parametrize("point", INSTANTIATE)
async def test_instantiation(world: World, vnfm: TestVnfm, point: str) -> None:
    world.arm(f"instantiate/{point}")
    await unanswered(world.order(PAIR))
    await world.restarted()
    service = await only_service(world)
    await converged(world, service, 2)
    await world.client.terminate(service)
    await gone(world, service)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_in_the_midst_of_an_allocation(world: World, vnfm: TestVnfm, when: str) -> None:
    world.vim.kill_the_process("create_server", name="*-1", when=when)  # type: ignore[arg-type]
    await unanswered(world.order(descriptor(function("media", instances=3))))
    await world.restarted()
    service = await only_service(world)
    await converged(world, service, 3)
    await world.client.terminate(service)
    await gone(world, service)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scaled(world: World, vnfm: TestVnfm) -> AsyncIterator[str]:
    """A service that is scaled out and in by turns."""
    service = await world.order(PAIR)
    await world.settled(service, "ACTIVE")
    yield service
    await world.client.terminate(service)
    await world.settled(service)


async def unit_of(world: World, service: str) -> str:
    record = await world.settled(service, "ACTIVE")
    vnfr = next(each for each in record["vnfr"] if each["name"] == "server")
    return f"/ns-records/{service}/vnfrecords/{vnfr['id']}/vdunits/{vnfr['vdu'][0]['id']}/vnfcinstances"


@pytest.mark.parametrize(("out", "back"), list(zip(SCALE_OUT, SCALE_IN, strict=True)))
async def test_scaling(world: World, vnfm: TestVnfm, scaled: str, out: str, back: str) -> None:
    unit = await unit_of(world, scaled)
    world.arm(f"scale_out/{out}")
    await unanswered(world.client.request("POST", unit, json={}))
    await world.restarted()
    await converged(world, scaled, 3)
    world.arm(f"scale_in/{back}")
    await unanswered(world.client.request("DELETE", unit))
    await world.restarted()
    await converged(world, scaled, 2)


@pytest.mark.parametrize("point", TERMINATE)
async def test_termination(world: World, vnfm: TestVnfm, scaled: str, point: str) -> None:
    others = set(world.vim.servers)
    service = await world.order(PAIR)
    await world.settled(service, "ACTIVE")
    world.arm(f"terminate/{point}")
    await unanswered(world.client.terminate(service))
    await world.restarted()
    await world.settled(service)
    assert set(world.vim.servers) == others


async def test_no_step_is_left_out(world: World) -> None:
    passed = {point for point in (world.directory / "points").read_text().split() if "/media/" not in point}
    tested = {
        f"{kind}/{point}"
        for kind, points in {
            "instantiate": INSTANTIATE,
            "scale_out": SCALE_OUT,
            "scale_in": SCALE_IN,
            "terminate": TERMINATE,
        }.items()
        for point in points
    }
    assert passed == tested


async def test_killed_while_fourteen_services_come_up(world: World, vnfm: TestVnfm, scaled: str) -> None:
    others = len(world.vim.servers)
    ids = [await world.order(descriptor(function("a"))) for _ in range(14)]
    world.process.kill()
    await asyncio.to_thread(world.process.start)
    records = [await world.settled(each, "ACTIVE", "ERROR") for each in ids]
    assert {record["status"] for record in records} == {"ACTIVE"}
    assert len(world.vim.servers) == 14 + others
    assert set(world.vim.creations.values()) == {1}
    await world.client.request("POST", "/ns-records/multipledelete", json=ids)
    for each in ids:
        await world.settled(each)
    assert len(world.vim.servers) == others
