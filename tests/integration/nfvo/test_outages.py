"""Broker and database go away in the midst of orders, and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.integration.nfvo.conftest import World
from tests.support.nfvo import TestVnfm, descriptor, function, instances_of
from tests.support.services import Broker, MariaDB

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def interrupted(world: World, vnfm: TestVnfm, outage: Callable[[], None]) -> None:
    """An outage while instances are made; the service comes up all the same, once."""
    world.vim.delay("create_server", 2)
    service = await world.order(descriptor(function("a", instances=2), function("b")))
    async with asyncio.timeout(30):
        while len(world.vim.servers) < 3:
            await asyncio.sleep(0.05)
    await asyncio.to_thread(outage)
    world.vim.delay("create_server", 0)
    async with asyncio.timeout(100):
        while (record := await settled(world, service)) is None:
            # A VNFM whose request was lost with the broker is one that starts again: it registers.
            await vnfm.register()
            await asyncio.sleep(1)
    assert record["status"] == "ACTIVE", record
    assert len(instances_of(record)) == len(world.vim.servers) == 3
    assert set(world.vim.creations.values()) == {1}
    await world.client.terminate(service)
    await world.settled(service)
    assert world.vim.servers == {}


async def settled(world: World, service: str) -> dict[str, object] | None:
    try:
        return await world.settled(service, "ACTIVE", "ERROR", seconds=5)
    except TimeoutError:
        return None


async def test_the_database_restarts(world: World, vnfm: TestVnfm, database_server: MariaDB) -> None:
    await interrupted(world, vnfm, database_server.restart)


async def test_the_broker_restarts(world: World, vnfm: TestVnfm, broker: Broker) -> None:
    await interrupted(world, vnfm, broker.restart)
