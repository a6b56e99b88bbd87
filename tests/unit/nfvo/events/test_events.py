"""Who is told what, and what happens to those who cannot be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from nai.catalogue import Action, EventEndpoint
from nai.core.bus import Delivery
from nai.core.clock import ManualClock
from nai.nfvo.events.dispatcher import Events, wants
from nai.nfvo.store.event_endpoints import event_endpoints
from tests.support.nfvo import PROJECT, Stage, descriptor, function, stage


class Inbox:
    """A queue of a subscriber."""

    def __init__(self, here: Stage, name: str) -> None:
        self.here, self.name = here, name
        self.bodies: list[dict[str, Any]] = []

    async def open(self) -> Inbox:
        async def take(delivery: Delivery) -> None:
            self.bodies.append(delivery.body)

        await self.here.bus.consume(self.name, take)
        return self

    async def subscribe(self, event: str, **more: str) -> dict[str, Any]:
        body = {
            "name": self.name,
            "type": "RABBIT",
            "endpoint": self.name,
            "event": event,
            "projectId": PROJECT,
            **more,
        }
        return await self.here.bus.call("nfvo.event.register", body, timeout=5)


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as found:
        await found.vnfm()
        yield found


async def test_the_end_of_an_instantiation_brings_the_service(here: Stage) -> None:
    inbox = await Inbox(here, "nfvo.paas.nsr.create").open()
    await inbox.subscribe("INSTANTIATE_FINISH")
    record = await here.deploy(descriptor(function("media")))
    await here.until(lambda: inbox.bodies)
    assert inbox.bodies[0]["action"] == "INSTANTIATE_FINISH"
    assert inbox.bodies[0]["payload"] == record


async def test_errors_and_ends_are_told(here: Stage) -> None:
    errors, ends = await Inbox(here, "errors").open(), await Inbox(here, "ends").open()
    await errors.subscribe("ERROR")
    await ends.subscribe("RELEASE_RESOURCES_FINISH")
    here.vim.fail("create_server", "broken")
    record = await here.deploy(descriptor(function("media")))
    await here.until(lambda: errors.bodies)
    payload = errors.bodies[0]["payload"]
    assert (payload["id"], payload["status"]) == (record["id"], "ERROR")
    assert "broken" in payload["task"]
    await here.orchestrator.orders.terminate(PROJECT, record["id"])
    await here.until(lambda: ends.bodies)
    assert len(errors.bodies) == 1


async def test_actions_of_functions_are_told_with_the_function(here: Stage) -> None:
    inbox = await Inbox(here, "starts").open()
    await inbox.subscribe("START")
    record = await here.deploy(descriptor(function("media")))
    await here.until(lambda: inbox.bodies)
    assert inbox.bodies[0]["payload"]["id"] == record["vnfr"][0]["id"]


@pytest.mark.parametrize(("only", "told"), [(None, True), ("s", True), ("t", False)])
def test_who_did_not_ask_for_a_function_hears_of_the_service(only: str | None, told: bool) -> None:
    endpoint = EventEndpoint(event=Action.ERROR, network_service_id=only)
    assert wants(endpoint, {"service": "s"}) is told
    assert not wants(endpoint, {"service": "s", "function": "f"})


def test_who_asked_for_a_function_hears_of_that_only() -> None:
    endpoint = EventEndpoint(event=Action.ERROR, virtual_network_function_id="f", network_service_id="s")
    assert wants(endpoint, {"service": "s", "function": "f"})
    assert not wants(endpoint, {"service": "s", "function": "g"})
    assert not wants(endpoint, {"service": "s"})


async def test_the_same_subscription_twice_is_one_and_it_can_be_ended(here: Stage) -> None:
    inbox = await Inbox(here, "twice").open()
    first, again = await inbox.subscribe("ERROR"), await inbox.subscribe("ERROR")
    assert first == again
    await here.bus.publish("nfvo.event.unregister", {"id": first["id"]})
    await here.bus.publish("nfvo.event.unregister", {"id": "unknown"})
    await here.bus.join()
    async with here.nfvo.database.session() as session:
        assert await event_endpoints.list(session) == []
    assert "error" in await inbox.subscribe("ERROR", projectId="")


class Receiver:
    """A subscriber by HTTP that answers as told."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.actions: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("no route to host")
        if status == 200:
            self.actions.append(request.content.decode().split('"')[3])
        return httpx.Response(status)


async def test_delivery_is_tried_again_and_the_unreachable_are_forgotten(tmp_path: Path) -> None:
    clock = ManualClock()
    async with stage(tmp_path) as here:
        receiver = Receiver(0, 503, 200)
        client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
        events = Events(here.nfvo.database, here.bus, clock, client)
        events.start()
        endpoint = EventEndpoint.from_wire(
            {"name": "n", "type": "REST", "endpoint": "http://x/", "event": "ERROR", "projectId": PROJECT}
        )
        taken = await events.subscribe(endpoint)
        await here.vnfm()
        record = await here.deploy(descriptor(function("media")))
        service = await here.orchestrator.shop.live.get(record["id"])
        events.service(Action.ERROR, service)
        await here.until(lambda: clock.sleepers)
        await clock.advance(1)
        await clock.advance(5)
        await here.until(lambda: receiver.actions)
        assert receiver.actions == ["ERROR"]
        assert events.unreachable == set()
        receiver.statuses = [0] * 4
        events.service(Action.ERROR, service)
        while not events.unreachable:
            await here.until(lambda: clock.sleepers or events.unreachable)
            await clock.advance(15)
        assert events.unreachable == {taken.id}
        await events.subscribe(endpoint.model_copy(update={"event": Action.START}))
        async with here.nfvo.database.session() as session:
            assert [each.event for each in await event_endpoints.list(session)] == [Action.START]
        await events.stop()
        await client.aclose()
