"""A service comes up: what VNFMs are asked, what is made, what the record says, and what happens when it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from nai.catalogue import Key
from nai.core.errors import NotFoundError
from nai.core.operations import OperationState
from nai.nfvo.lifecycle.checks import DescriptorError
from nai.nfvo.lifecycle.ordering import CyclicDependenciesError
from nai.nfvo.store.keys import keys
from tests.support.nfvo import PROJECT, descriptor, function, instances_of, stage


async def test_a_service_becomes_active(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media", instances=2)))
        assert (record["status"], record["task"]) == ("ACTIVE", "Onboarded")
        assert vnfm.actions == ["INSTANTIATE", "START"]
        made = instances_of(record)
        assert sorted(each["hostname"] for each in made) == here.servers
        assert all(each["ips"] and each["floatingIps"] for each in made)
        assert record["vlr"][0]["name"] == "private"
        message = vnfm.received[0]
        vnfr = record["vnfr"][0]
        assert message["extension"]["nsr-id"] == record["id"]
        assert message["extension"]["vnfr-id"] == vnfr["id"]
        assert message["extension"]["brokerPort"] == "5672"
        assert message["vnfdf"] == {"flavour_key": "d1.small"}
        assert message["keys"] == []
        assert [each["event"] for each in vnfr["lifecycle_event_history"]] == ["INSTANTIATE", "START"]
        # The line for the name is filled in, as Open Baton does.
        assert here.vim.user_data(here.servers[0]) == f"#!/bin/sh\nHostname={here.servers[0]}\n"


async def test_keys_and_configurations_of_the_order(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        async with here.nfvo.database.session() as session:
            await keys.add_new(session, Key(name="mine", public_key="ssh-ed25519 AAAA"), PROJECT)
        parameter = {"confKey": "colour", "value": "red"}
        record = await here.deploy(
            descriptor(function("media")),
            {"keys": ["mine"], "configurations": {"media": {"configurationParameters": [parameter]}}},
        )
        assert here.vim.request(here.servers[0])["keys"] == ["mine"]
        assert record["keyNames"] == ["mine"]
        assert vnfm.received[0]["keys"][0]["publicKey"] == "ssh-ed25519 AAAA"
        assert vnfm.received[0]["vnfd"]["configurations"]["configurationParameters"][0]["value"] == "red"
        assert record["vnfr"][0]["configurations"]["configurationParameters"][0]["value"] == "red"


async def test_a_target_is_modified_when_its_sources_are_there(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        wanted = ["port", "private", "private_floatingIp"]
        record = await here.deploy(
            descriptor(function("client"), function("server"), dependencies=[("server", "client", wanted)])
        )
        assert record["status"] == "ACTIVE"
        modify = next(message for message in vnfm.received if message["action"] == "MODIFY")
        assert modify["vnfr"]["name"] == "client"
        server = instances_of(record, "server")[0]
        assert modify["vnfrd"]["parameters"]["server"]["parameters"] == {"port": "8888"}
        assert modify["vnfrd"]["vnfcParameters"]["server"]["parameters"][server["id"]]["parameters"] == {
            "private": server["ips"][0]["ip"],
            "private_floatingIp": server["floatingIps"][0]["ip"],
        }
        assert record["vnf_dependency"][0]["parameters"] == modify["vnfrd"]["parameters"]


async def test_a_function_that_depends_on_itself_is_told_of_itself(tmp_path: Path) -> None:
    async with stage(tmp_path, start_ordered=True) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media"), dependencies=[("media", "media", ["private_ip"])]))
        assert record["status"] == "ACTIVE"
        assert vnfm.actions == ["INSTANTIATE", "MODIFY", "START"]


async def test_what_a_function_requires_is_a_dependency_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        client = function("client", requires={"server": {"parameters": ["port"]}})
        await here.deploy(descriptor(client, function("server")))
        assert vnfm.actions.count("MODIFY") == 1


async def test_ordered_start(tmp_path: Path) -> None:
    async with stage(tmp_path, start_ordered=True) as here:
        vnfm = await here.vnfm()
        names = ["a", "b", "c"]
        chain = [("c", "b", ["port"]), ("b", "a", ["port"])]
        await here.deploy(descriptor(*map(function, names), dependencies=chain))
        started = [
            message["virtualNetworkFunctionRecord"]["name"] for message in vnfm.received if message["action"] == "START"
        ]
        assert started == ["c", "b", "a"]


async def test_a_circle_is_refused_only_if_the_start_is_ordered(tmp_path: Path) -> None:
    circle = descriptor(function("a"), function("b"), dependencies=[("a", "b", ["port"]), ("b", "a", ["port"])])
    (tmp_path / "ordered").mkdir()
    async with stage(tmp_path / "ordered", start_ordered=True) as here:
        await here.vnfm()
        with pytest.raises(CyclicDependenciesError):
            await here.order(circle)
    async with stage(tmp_path) as here:
        await here.vnfm()
        assert (await here.deploy(circle))["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("document", "body", "error", "text"),
    [
        (descriptor(function("a", endpoint="nobody")), {}, NotFoundError, "endpoint: nobody is not registered"),
        (descriptor(function("a"), function("a")), {}, DescriptorError, "not unique"),
        (descriptor(), {}, DescriptorError, "no VNFD"),
        (descriptor(function("a", deployment_flavour=[])), {}, DescriptorError, "no deployment flavour"),
        (descriptor(function("a"), dependencies=[("a", "x", [])]), {}, DescriptorError, "a -> x"),
        (descriptor(function("a")), {"keys": ["none"]}, NotFoundError, "Key with name equals to none"),
        (
            descriptor(function("a")),
            {"vduVimInstances": {"vdu-a": ["nowhere"]}},
            NotFoundError,
            "No VimInstance with name equals to nowhere",
        ),
    ],
)
async def test_what_cannot_become_a_service_is_refused(
    tmp_path: Path, document: dict[str, Any], body: dict[str, Any], error: type[Exception], text: str
) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        with pytest.raises(error, match=text):
            await here.order(document, body)
        assert await here.orchestrator.records.documents(PROJECT) == []


@pytest.mark.parametrize("action", ["INSTANTIATE", "MODIFY", "START"])
async def test_an_error_is_said_and_can_be_retried(tmp_path: Path, action: str) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        vnfm.errors[action] = "the disk is full"
        document = descriptor(function("a"), function("b"), dependencies=[("b", "a", ["port"])])
        record = await here.deploy(document)
        assert record["status"] == "ERROR"
        assert "the disk is full" in record["task"]
        a = next(vnfr for vnfr in record["vnfr"] if vnfr["name"] == "a")
        assert a["status"] == "ERROR"
        operation = await here.last(record["id"])
        assert operation.state is OperationState.FAILED_TEMP
        assert "the disk is full" in (operation.error or "")
        made = here.servers
        vnfm.errors.clear()
        await here.orchestrator.orders.resume(PROJECT, record["id"])
        record = await here.settled(record["id"])
        assert record["status"] == "ACTIVE"
        assert set(made) <= set(here.servers)
        assert len(here.servers) == 2
        assert set(here.vim.creations.values()) == {1}


async def test_a_function_whose_source_failed_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        bad, good = await here.vnfm("bad"), await here.vnfm("good")
        bad.errors["INSTANTIATE"] = "broken"
        record = await here.deploy(
            descriptor(
                function("source", endpoint="bad"),
                function("target", endpoint="good"),
                dependencies=[("source", "target", ["port"])],
            )
        )
        tasks = {vnfr["name"]: vnfr["task"] for vnfr in record["vnfr"]}
        assert tasks == {
            "source": "INSTANTIATE: broken",
            "target": "MODIFY: it depends on source, which failed",
        }
        assert good.actions == ["INSTANTIATE"]


async def test_rollback_leaves_nothing_behind(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        vnfm.errors["START"] = "no"
        record = await here.deploy(descriptor(function("a", instances=2)))
        assert len(here.servers) == 2
        operation = await here.last(record["id"])
        await here.orchestrator.operations.rollback(operation.id)
        record = await here.settled(record["id"])
        assert here.servers == []
        assert (await here.last(record["id"])).state is OperationState.ROLLED_BACK
        assert record["status"] == "NULL"
        assert "Rolled back" in record["task"]
        assert instances_of(record) == []
        assert "RELEASE_RESOURCES" in vnfm.actions


async def test_what_the_infrastructure_could_not_do_is_the_reason_and_the_failed_server_is_removed(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        here.vim.fail_in_the_cloud("No valid host was found.", name="*-1")
        record = await here.deploy(descriptor(function("a", instances=2)))
        assert record["status"] == "ERROR"
        assert "No valid host was found." in record["task"]
        assert len(here.servers) == 1
        await here.orchestrator.orders.resume(PROJECT, record["id"])
        record = await here.settled(record["id"])
        assert record["status"] == "ACTIVE"
        assert len(here.servers) == len(instances_of(record)) == 2
        assert max(here.vim.creations.values()) == 2


async def test_no_room_is_refused_with_figures(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        here.vim.set_quota(instances=1)
        record = await here.deploy(descriptor(function("a", instances=2)))
        assert record["status"] == "ERROR"
        assert "2 instances wanted, 1 left" in record["task"]
        assert here.servers == []


async def test_without_the_check_the_infrastructure_says_no(tmp_path: Path) -> None:
    async with stage(tmp_path, quota_check=False) as here:
        await here.vnfm()
        here.vim.set_quota(instances=0)
        record = await here.deploy(descriptor(function("a")))
        assert "quota of instances is 0" in record["task"]


async def test_the_last_room_is_granted_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        here.vim.set_quota(instances=5)
        here.vim.delay("create_server", 0.02)
        document = descriptor(function("a"))
        ids = [await here.order(document) for _ in range(8)]
        records = [await here.settled(identifier) for identifier in ids]
        statuses = sorted(record["status"] for record in records)
        assert statuses == ["ACTIVE"] * 5 + ["ERROR"] * 3
        assert len(here.servers) == 5
        refused = [record["task"] for record in records if record["status"] == "ERROR"]
        # Refused by the orchestrator, none by an infrastructure that was asked for too much.
        assert all("1 instances wanted, 0 left" in task for task in refused)


async def test_fourteen_services_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        document = descriptor(function("a", instances=2), function("b"), dependencies=[("a", "b", ["private"])])
        ids = await asyncio.gather(*(here.order(document) for _ in range(14)))
        records = [await here.settled(identifier) for identifier in ids]
        assert {record["status"] for record in records} == {"ACTIVE"}
        assert len(here.servers) == 14 * 3
        assert set(here.vim.creations.values()) == {1}
