"""Scaling out and in, stand-bys, and the limits of all that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nai.catalogue import VNFCInstance
from nai.core.operations import OperationState
from nai.nfvo.errors import WrongStatusError
from nai.nfvo.lifecycle.errors import ScalingLimitError
from tests.support.nfvo import PROJECT, Stage, descriptor, function, instances_of, stage

PAIR = descriptor(function("server"), function("client"), dependencies=[("server", "client", ["private"])])


def parts(record: dict[str, Any], name: str) -> tuple[str, str, str]:
    """Ids of a service, of a function of it, and of that one's unit."""
    vnfr = next(each for each in record["vnfr"] if each["name"] == name)
    return record["id"], vnfr["id"], vnfr["vdu"][0]["id"]


async def scaled_out(here: Stage, record: dict[str, Any], name: str, mode: str = "") -> dict[str, Any]:
    service, vnfr, unit = parts(record, name)
    await here.orchestrator.orders.scale_out(PROJECT, service, vnfr, unit, None, mode=mode)
    assert (await here.orchestrator.records.document(service) or {})["status"] == "SCALING"
    return await here.settled(service)


async def test_out_to_the_maximum_and_one_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        for count in (2, 3):
            record = await scaled_out(here, record, "server")
            assert (record["status"], record["task"]) == ("ACTIVE", "Scaled out")
            assert len(instances_of(record, "server")) == count
        with pytest.raises(ScalingLimitError, match="3 at most"):
            await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
        service, vnfr, _ = parts(record, "server")
        with pytest.raises(ScalingLimitError):
            await here.orchestrator.orders.scale_out(PROJECT, service, vnfr, None, None)
        record = await here.orchestrator.records.document(record["id"]) or {}
        assert record["status"] == "ACTIVE"
        assert len(here.servers) == 4
        assert set(here.vim.creations.values()) == {1}
        # Who depends on it was told of each new instance, and of that only.
        told = [message for message in vnfm.received if message["action"] == "MODIFY"][1:]
        assert [len(message["vnfrd"]["vnfcParameters"]["server"]["parameters"]) for message in told] == [1, 1]


async def test_in_down_to_the_last_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await scaled_out(here, await here.deploy(PAIR), "server")
        service, vnfr, unit = parts(record, "server")
        first, second = instances_of(record, "server")
        await here.orchestrator.orders.scale_in(PROJECT, service, vnfr, unit, first["id"])
        record = await here.settled(service)
        assert (record["status"], record["task"]) == ("ACTIVE", "Scaled in")
        assert [each["id"] for each in instances_of(record, "server")] == [second["id"]]
        assert first["hostname"] not in here.servers
        told = [message for message in vnfm.received if message["action"] == "SCALE_IN"]
        assert {message["virtualNetworkFunctionRecord"]["name"] for message in told} == {"server", "client"}
        with pytest.raises(ScalingLimitError, match="last instance"):
            await here.orchestrator.orders.scale_in(PROJECT, service, vnfr, None, None)
        # The name of the removed one is not used again: a late message about it must not hit the new one.
        record = await scaled_out(here, record, "server")
        assert first["hostname"] not in here.servers


async def test_one_order_at_a_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        vnfm.silent.add("SCALE_OUT")
        await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
        with pytest.raises(WrongStatusError, match="SCALING"):
            await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
        with pytest.raises(WrongStatusError, match="SCALING"):
            await here.orchestrator.orders.scale_in(PROJECT, *parts(record, "server"), None)
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        assert await here.settled(record["id"]) == {}
        assert here.servers == []


@pytest.mark.parametrize("way", ["retry", "rollback"])
async def test_a_failed_scale_out_is_retried_or_taken_back(tmp_path: Path, way: str) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        vnfm.errors["SCALE_OUT"] = "no licence"
        record = await scaled_out(here, record, "server")
        assert record["status"] == "ERROR"
        assert record["task"] == "server: SCALE_OUT: no licence"
        vnfm.errors.clear()
        operation = await here.last(record["id"])
        if way == "retry":
            await here.orchestrator.operations.retry(operation.id)
            expected = 2
        else:
            await here.orchestrator.operations.rollback(operation.id)
            expected = 1
        record = await here.settled(record["id"])
        assert record["status"] == "ACTIVE"
        unit = next(vnfr for vnfr in record["vnfr"] if vnfr["name"] == "server")["vdu"][0]
        assert len(unit["vnfc"]) == len(unit["vnfc_instance"]) == expected
        assert len(here.servers) == expected + 1


async def test_a_scale_out_that_finds_no_room_is_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        here.vim.set_quota(instances=2)
        record = await scaled_out(here, record, "server")
        assert "1 instances wanted, 0 left" in record["task"]
        operation = await here.last(record["id"])
        await here.orchestrator.operations.rollback(operation.id)
        record = await here.settled(record["id"])
        assert (record["status"], len(here.servers)) == ("ACTIVE", 2)


async def test_an_error_of_a_target_can_be_retried(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm("server")
        client = await here.vnfm("client")
        document = descriptor(
            function("server", endpoint="server"),
            function("client", endpoint="client"),
            dependencies=[("server", "client", ["private"])],
        )
        record = await here.deploy(document)
        client.errors["MODIFY"] = "cannot take more"
        record = await scaled_out(here, record, "server")
        assert record["task"] == "client: MODIFY: cannot take more"
        client.errors.clear()
        operation = await here.last(record["id"])
        assert (operation.state, operation.step) == (OperationState.FAILED_TEMP, "relate")
        await here.orchestrator.operations.retry(operation.id)
        record = await here.settled(record["id"])
        assert {vnfr["status"] for vnfr in record["vnfr"]} == {"ACTIVE"}
        assert len(here.servers) == 3


async def test_a_stand_by_takes_over(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await scaled_out(here, await here.deploy(PAIR), "server", mode="standby")
        first, standby = instances_of(record, "server")
        assert (first["state"], standby["state"]) == ("ACTIVE", "STANDBY")
        assert vnfm.actions.count("MODIFY") == 1  # of a stand-by nobody is told yet
        service, vnfr, unit = parts(record, "server")
        with pytest.raises(WrongStatusError, match="not STANDBY"):
            await here.orchestrator.orders.switch_to_standby(
                PROJECT, service, vnfr, unit, first["id"], VNFCInstance(id=standby["id"])
            )
        await here.orchestrator.orders.switch_to_standby(
            PROJECT, service, vnfr, unit, standby["id"], VNFCInstance(id=first["id"])
        )
        record = await here.settled(service)
        states = {each["id"]: each["state"] for each in instances_of(record, "server")}
        assert states == {first["id"]: "FAILED", standby["id"]: "ACTIVE"}
        heal = next(message for message in vnfm.received if message["action"] == "HEAL")
        assert heal["cause"] == "switchToStandby"
        assert heal["vnfcInstance"]["id"] == standby["id"]
        assert vnfm.actions.count("MODIFY") == 2
        assert record["task"] == "Healed"


async def test_a_vnfm_scales_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media", most=2)))
        vnfr = record["vnfr"][0]
        request = {
            "action": "SCALING",
            "virtualNetworkFunctionRecord": vnfr,
            "userData": "#!/bin/sh",
            "requestId": "occurrence/SCALING",
        }
        answer = await vnfm.ask(request)
        assert len(answer["vnfr"]["vdu"][0]["vnfc_instance"]) == 2
        # The same request again, as after a crash of the VNFM: the same answer, and nothing is made.
        again = await vnfm.ask(request)
        assert again["vnfr"]["vdu"] == answer["vnfr"]["vdu"]
        assert len(here.servers) == 2
        more = await vnfm.ask({**request, "requestId": "another"})
        assert (more["action"], len(here.servers)) == ("ERROR", 2)
        # It lets one go again: what it leaves out is gone.
        kept = answer["vnfr"]
        kept["vdu"][0]["vnfc_instance"] = kept["vdu"][0]["vnfc_instance"][:1]
        await vnfm.ask({"action": "UPDATEVNFR", "virtualNetworkFunctionRecord": {**kept, "status": "ACTIVE"}})
        record = await here.orchestrator.records.document(record["id"]) or {}
        assert len(instances_of(record)) == 1
        assert len(record["vnfr"][0]["vdu"][0]["vnfc"]) == 1
        assert record["task"] == "Scaled in"


async def test_an_instance_that_is_in_use_is_kept(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm(idempotent=True)
        record = await scaled_out(here, await here.deploy(PAIR), "server")
        service, vnfr, unit = parts(record, "server")
        vnfm.errors["SCALE_IN"] = "it carries 50 points"
        vnfm.refusing = True
        await here.orchestrator.orders.scale_in(PROJECT, service, vnfr, unit, None)
        record = await here.settled(service)
        assert (record["status"], record["task"]) == ("ACTIVE", "it carries 50 points")
        assert len(instances_of(record, "server")) == 2
        assert len(here.servers) == 3
        assert vnfm.actions.count("SCALE_IN") == 1
        # Any other error in its scripts does not keep an instance.
        vnfm.refusing = False
        await here.orchestrator.orders.scale_in(PROJECT, service, vnfr, unit, None)
        record = await here.settled(service)
        assert (record["task"], len(here.servers)) == ("Scaled in", 2)


async def test_a_vnfm_that_gives_the_instance_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media")))
        service, vnfr, unit = parts(record, "media")
        vnfm.silent.add("SCALE_OUT")
        await here.orchestrator.orders.scale_out(PROJECT, service, vnfr, unit, None)
        await here.until(lambda: "SCALE_OUT" in vnfm.actions)
        told = vnfm.received[-1]["virtualNetworkFunctionRecord"]
        pooled = {"hostname": "pooled-1", "vc_id": "x", "state": "ACTIVE", "vnfComponent": {"id": "its own"}}
        told["vdu"][0]["vnfc_instance"].append(pooled)
        answer = {"action": "SCALED", "virtualNetworkFunctionRecord": told, "vnfcInstance": pooled}
        await here.bus.publish("vnfm.nfvo.actions", answer)
        record = await here.settled(service)
        assert record["status"] == "ACTIVE"
        assert [each["hostname"] for each in instances_of(record)] == [here.servers[0], "pooled-1"]
        assert len(record["vnfr"][0]["vdu"][0]["vnfc"]) == 2
