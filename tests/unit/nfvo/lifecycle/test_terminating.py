"""The end of services: always possible, nothing left behind, and nothing that comes late brings one back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from nai.core.errors import NotFoundError
from nai.core.operations import OperationState
from nai.nfvo.errors import WrongStatusError
from nai.vim.driver import VimUnreachableError
from tests.support.nfvo import PROJECT, descriptor, function, instances_of, stage
from tests.unit.nfvo.lifecycle.test_scaling import PAIR


async def test_everything_is_removed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        assert await here.settled(record["id"]) == {}
        assert here.servers == []
        assert vnfm.actions.count("RELEASE_RESOURCES") == 2
        with pytest.raises(NotFoundError):
            await here.orchestrator.orders.terminate(PROJECT, record["id"])


async def test_an_instantiation_that_hangs_is_given_up(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        vnfm.silent.add("INSTANTIATE")
        service = await here.order(PAIR)
        await here.until(lambda: len(vnfm.received) == 2)
        vnfm.delay_seconds = 0.05
        await here.orchestrator.orders.terminate(PROJECT, service)
        await here.orchestrator.orders.terminate(PROJECT, service)  # a second time does no harm
        assert await here.settled(service) == {}
        states = [operation.state for operation in await here.orchestrator.operations.list(service)]
        assert states == [OperationState.FAILED, OperationState.COMPLETED]


async def test_an_instance_that_is_being_made_is_waited_for_and_removed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        here.vim.delay("create_server", 0.1)
        service = await here.order(descriptor(function("media", instances=2)))
        await here.until(lambda: len(here.servers) == 2)
        await here.orchestrator.orders.terminate(PROJECT, service)
        assert await here.settled(service) == {}
        await here.bus.join()
        assert here.servers == []
        assert await here.orchestrator.records.documents(PROJECT) == []


async def test_late_messages_bring_nothing_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media")))
        vnfr = record["vnfr"][0]
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        await here.settled(record["id"])
        for action in ("UPDATEVNFR", "SCALING", "ALLOCATE_RESOURCES", "GRANT_OPERATION"):
            answer = await vnfm.ask({"action": action, "virtualNetworkFunctionRecord": vnfr})
            assert answer["action"] == "ERROR"
        for action in ("INSTANTIATE", "START", "ERROR", "SCALED"):
            await here.bus.publish(
                "vnfm.nfvo.actions", {"action": action, "virtualNetworkFunctionRecord": vnfr, "nsrId": record["id"]}
            )
        await here.bus.join()
        assert await here.orchestrator.records.documents(PROJECT) == []
        assert here.servers == []


async def test_a_change_during_the_release_brings_nothing_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media")))
        vnfm.delay_seconds = 0.05
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        vnfm.delay_seconds = 0
        changes = [
            vnfm.ask({"action": action, "virtualNetworkFunctionRecord": record["vnfr"][0]})
            for action in ("SCALING", "UPDATEVNFR") * 10
        ]
        answers = await asyncio.gather(*changes)
        assert {answer["action"] for answer in answers} == {"ERROR"}
        assert await here.settled(record["id"]) == {}
        assert here.servers == []


async def test_an_error_of_the_vnfm_does_not_keep_a_service_alive(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        vnfm.errors["RELEASE_RESOURCES"] = "the stop script failed"
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        assert await here.settled(record["id"]) == {}
        assert here.servers == []


async def test_an_infrastructure_that_is_away_does_and_can_be_tried_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        here.vim.fail("list_servers", VimUnreachableError("no route to host"), times=2)
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        record = await here.settled(record["id"])
        assert record["status"] == "ERROR"
        assert "no route to host" in record["task"]
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        assert await here.settled(record["id"]) == {}
        assert here.servers == []


async def test_instances_that_no_record_shows_go_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        # The first answer is lost: the instance is there, and the record does not show it.
        here.vim.fail("create_server", "the answer was lost", when="after")
        here.vim.fail("delete_server", "not now")
        record = await here.deploy(descriptor(function("media")))
        assert record["status"] == "ERROR"
        assert instances_of(record) == []
        assert len(here.servers) == 1
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        await here.settled(record["id"])
        assert here.servers == []


async def test_one_function_of_several(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        server = next(vnfr for vnfr in record["vnfr"] if vnfr["name"] == "server")
        await here.orchestrator.orders.terminate_function(PROJECT, record["id"], server["id"])
        record = await here.settled(record["id"])
        assert [vnfr["name"] for vnfr in record["vnfr"]] == ["client"]
        assert (record["status"], len(here.servers)) == ("ACTIVE", 1)
        await here.orchestrator.orders.terminate_function(PROJECT, record["id"], record["vnfr"][0]["id"])
        assert await here.settled(record["id"]) == {}


async def test_only_in_some_states_if_told_so(tmp_path: Path) -> None:
    async with stage(tmp_path, delete_all_status=False) as here:
        vnfm = await here.vnfm()
        vnfm.silent.add("INSTANTIATE")
        service = await here.order(PAIR)
        with pytest.raises(WrongStatusError, match="ACTIVE or ERROR"):
            await here.orchestrator.orders.terminate(PROJECT, service)
