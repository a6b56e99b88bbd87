"""Real NFVO, real VNFM: a network service of media servers from its descriptor to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from nai.core.migrations import upgrade
from tests.integration.media_server.plane import Plane, instances
from tests.support.services import Broker, MariaDB

NFVO_PACKAGES = ("nai.core.operations", "nai.nfvo")


@pytest.fixture
async def plane(
    tmp_path: Path, broker: Broker, database_url: str, new_database: Callable[[], str]
) -> AsyncIterator[Plane]:
    for package in NFVO_PACKAGES:
        await upgrade(database_url, package)
    async with Plane(tmp_path, broker.url, database_url, new_database()) as made:
        yield made


async def test_a_network_service_from_its_descriptor_to_its_end(plane: Plane) -> None:
    nsr = await plane.deploy()
    vnfr = await plane.active(nsr, 1)

    session = await plane.load(vnfr, 150)
    await plane.active(nsr, 3)
    await plane.unload(vnfr, session)
    vnfr = await plane.active(nsr, 1)

    unit, kept = vnfr["vdu"][0]["id"], instances(vnfr)[0]
    one = f"ns-records/{nsr}/vnfrecords/{vnfr['id']}/vdunits/{unit}/vnfcinstances/{kept['id']}"
    for verb, state, status in (("stop", "INACTIVE", "INACTIVE"), ("start", "ACTIVE", "IDLE")):
        await plane.nfvo("POST", f"{one}/{verb}")

        async def switched(state: str = state, status: str = status) -> bool:
            servers = await plane.manager("GET", f"/vnfr/{vnfr['id']}/media-server")
            record = await plane.nfvo("GET", f"ns-records/{nsr}")
            recorded = [each["state"] for each in instances(record["vnfr"][0])]
            return [each["status"] for each in servers] == [status] and recorded == [state]

        await plane.until(f"{verb} has {status}", switched)
    await plane.gone(nsr)


async def test_the_nfvo_scales_but_never_removes_a_busy_server(plane: Plane) -> None:
    nsr = await plane.deploy(policies=())
    vnfr = await plane.active(nsr, 1)
    unit = vnfr["vdu"][0]["id"]
    path = f"ns-records/{nsr}/vnfrecords/{vnfr['id']}/vdunits/{unit}/vnfcinstances"
    point = {"floatingIp": "random", "virtual_link_reference": "internal_nubomedia"}
    await plane.nfvo("POST", path, {"connection_point": [point]})
    vnfr = await plane.active(nsr, 2)
    session = await plane.load(vnfr, 50)
    servers = await plane.manager("GET", f"/vnfr/{vnfr['id']}/media-server")
    busy = next(each["hostName"] for each in servers if each["usedPoints"])
    instance = next(each for each in instances(vnfr) if each["hostname"] == busy)
    await plane.nfvo("DELETE", f"{path}/{instance['id']}")

    async def told() -> bool:
        record = await plane.nfvo("GET", f"ns-records/{nsr}")
        return record["status"] == "ACTIVE" and "has sessions with 50 points" in record.get("task", "")

    await plane.until("the refusal is told", told)
    await plane.active(nsr, 2)
    await plane.unload(vnfr, session)
    await plane.nfvo("DELETE", f"{path}/{instance['id']}")
    await plane.active(nsr, 1)
    await plane.gone(nsr)


@pytest.mark.parametrize("service", ["nfvo", "vnfm-media-server"])
async def test_either_is_killed_in_the_middle_of_everything(plane: Plane, service: str) -> None:
    plane.vim.delay("create_server", 0.5)
    nsr = await plane.deploy()
    await plane.until("the first instance is being made", lambda: plane.vim.servers)
    await plane.kill(service)
    vnfr = await plane.active(nsr, 1)
    session = await plane.load(vnfr, 150)
    await plane.until("the others are being made", lambda: len(plane.vim.servers) == 3)
    await plane.kill(service)
    vnfr = await plane.active(nsr, 3)
    await plane.unload(vnfr, session)
    await plane.until("servers are being removed", lambda: len(plane.vim.servers) < 3)
    await plane.kill(service)
    await plane.active(nsr, 1)
    plane.vim.delay("delete_server", 0.5)
    await plane.nfvo("DELETE", f"ns-records/{nsr}")
    await asyncio.sleep(0.3)
    await plane.kill(service)

    async def gone() -> bool:
        return not await plane.nfvo("GET", "ns-records") and not plane.vim.servers

    await plane.until("nothing is left", gone)
    assert set(plane.vim.creations.values()) == {1}


async def test_broker_and_database_restart_in_the_middle(
    plane: Plane, broker: Broker, database_server: MariaDB
) -> None:
    plane.vim.delay("create_server", 1)
    nsr = await plane.deploy()
    await plane.until("the first instance is being made", lambda: plane.vim.servers)
    await asyncio.to_thread(broker.restart)
    vnfr = await plane.active(nsr, 1)
    session = await plane.load(vnfr, 150)
    await plane.until("the others are being made", lambda: len(plane.vim.servers) == 3)
    await asyncio.to_thread(database_server.restart)
    vnfr = await plane.active(nsr, 3)
    await plane.unload(vnfr, session)
    await asyncio.to_thread(broker.restart)
    await plane.active(nsr, 1)
    await plane.gone(nsr)
