"""How VNFMs register, are reached, and are seen to be there or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from nai.catalogue import VnfmManagerEndpoint
from nai.core.bus import Delivery
from nai.core.clock import ManualClock
from nai.nfvo.lifecycle.errors import UnavailableError
from nai.nfvo.messaging.postman import BusPostman
from tests.support.nfvo import Stage, descriptor, function, stage

ENDPOINT = {"type": "foreign", "endpoint": "foreign-queue", "endpointType": "RABBIT"}


async def nothing(_delivery: Delivery) -> None:
    """Take a message."""


async def test_the_queue_of_the_3x_generation_is_that_of_its_type(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm("three")
        manager = here.orchestrator.managers.find("three")
        assert manager is not None
        assert manager.active
        assert manager.endpoint == "three-endpoint"
        await here.bus.publish("nfvo.vnfm.unregister", {"type": "three", "endpoint": "three-endpoint"})
        await here.bus.join()
        assert here.orchestrator.managers.usable() == set()
        await vnfm.register()
        await here.bus.join()
        assert here.orchestrator.managers.usable() == {"three"}


async def test_the_5_and_6_generation_is_told_its_account(tmp_path: Path) -> None:
    async with stage(tmp_path, vnfm_broker_username="vnfm", vnfm_broker_password="for vnfms") as here:
        request = {"action": "register", "type": "foreign", "vnfmManagerEndpoint": ENDPOINT}
        answer = await here.bus.call("nfvo.manager.handling", request, timeout=5)
        assert answer == {"rabbitUsername": "vnfm", "rabbitPassword": "for vnfms"}
        received: list[Delivery] = []

        async def take(delivery: Delivery) -> None:
            received.append(delivery)

        await here.bus.consume("foreign-queue", take)
        await here.orchestrator.shop.postman.send("foreign", {"action": "START"})
        await here.bus.join()
        assert received[0].body == {"action": "START"}
        # A VNFM unregisters over the exchange, and only with its account.
        farewell: dict[str, Any] = {**request, "action": "unregister", "username": "vnfm", "password": "guessed"}
        await here.bus.publish("nfvo.manager.handling", farewell, exchange="openbaton-exchange")
        await here.bus.join()
        assert here.orchestrator.managers.find("foreign") is not None
        farewell["password"] = "for vnfms"
        await here.bus.publish("nfvo.manager.handling", farewell, exchange="openbaton-exchange")
        await here.bus.join()
        assert here.orchestrator.managers.find("foreign") is None


async def test_registrations_that_say_nothing_do_no_harm(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        for body in ({}, {"type": ""}, {"type": "x", "endpointType": "PIGEON"}):
            await here.bus.publish("nfvo.vnfm.register", body)
            await here.bus.publish("nfvo.vnfm.unregister", body)
        answer = await here.bus.call("nfvo.manager.handling", {"action": "register", "type": "driver"}, timeout=5)
        assert "rabbitUsername" in answer
        assert (await here.bus.call("nfvo.manager.handling", {}, timeout=5)) == {}
        answer = await here.bus.call("vnfm.nfvo.actions.reply", {"action": "NONSENSE"}, timeout=5)
        assert answer["action"] == "ERROR"
        await here.bus.join()
        assert here.orchestrator.managers.usable() == set()


async def test_a_vnfm_is_active_while_its_queue_exists(tmp_path: Path) -> None:
    clock = ManualClock()
    async with stage(tmp_path, clock=clock) as here:
        await here.vnfm()
        managers = here.orchestrator.managers
        before = managers.appearances("test")
        await here.bus.cancel("nfvo.test.actions")
        await managers.look()
        assert managers.usable() == set()
        await here.bus.consume("nfvo.test.actions", nothing)
        await managers.look()
        assert managers.usable() == {"test"}
        # Whoever waits for its answers hears of it.
        assert managers.appearances("test") == before + 1
        await here.restart()
        assert here.orchestrator.managers.usable() == {"test"}


async def test_a_message_that_nobody_takes_shows_that_a_vnfm_is_gone(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        await here.bus.cancel("nfvo.test.actions")
        with pytest.raises(UnavailableError, match=r"its queue nfvo\.test\.actions does not exist"):
            await here.orchestrator.shop.postman.send("test", {"action": "START"})
        assert here.orchestrator.managers.usable() == set()
        with pytest.raises(UnavailableError, match="endpoint: nobody is not registered"):
            await here.orchestrator.shop.postman.send("nobody", {})


async def test_a_vnfm_that_restarts_is_asked_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        vnfm.silent.add("INSTANTIATE")
        service = await here.order(descriptor(function("media")))
        await here.until(lambda: vnfm.actions == ["INSTANTIATE"])
        vnfm.silent.clear()
        await vnfm.register()
        record = await here.settled(service)
        assert record["status"] == "ACTIVE"
        assert vnfm.actions == ["INSTANTIATE", "INSTANTIATE", "START"]
        first, again = vnfm.received[:2]
        assert first["occurrenceId"] == again["occurrenceId"]
        assert len(here.servers) == 1


async def test_two_instantiations_of_one_function_at_once_make_its_instances_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        here.vim.delay("create_server", 0.05)
        service = await here.order(descriptor(function("media", instances=2)))
        await here.until(lambda: len(here.servers) == 2)
        await vnfm.register()  # it is asked a second time, and runs both
        record = await here.settled(service)
        await here.bus.join()
        assert record["status"] == "ACTIVE"
        assert len(here.servers) == 2
        assert set(here.vim.creations.values()) == {1}


def rest_postman(here: Stage, status: int, calls: list[httpx.Request]) -> BusPostman:
    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(status)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return BusPostman(here.orchestrator.managers, here.bus, client)


async def test_a_rest_vnfm_is_called_by_http(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        rest = VnfmManagerEndpoint.from_wire(
            {"type": "rest", "endpoint": "http://vnfm.example/", "endpointType": "REST"}
        )
        await here.orchestrator.managers.register(rest, None)
        calls: list[httpx.Request] = []
        await rest_postman(here, 200, calls).send("rest", {"action": "START"})
        assert str(calls[0].url) == "http://vnfm.example/core-rest-actions"
        with pytest.raises(UnavailableError, match="did not take the message"):
            await rest_postman(here, 500, calls).send("rest", {"action": "START"})
        await here.orchestrator.managers.look()
        assert here.orchestrator.managers.usable() == {"rest"}
