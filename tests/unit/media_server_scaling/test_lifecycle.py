"""The NFVO's actions, end to end in one process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nai.vim import VimError
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.model import MediaServerStatus
from tests.unit.media_server_scaling.builders import document, scale_in
from tests.unit.media_server_scaling.fake_nfvo import descriptor
from tests.unit.media_server_scaling.rig import VNFR, Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as made:
        yield made


async def test_instantiate_start_terminate(rig: Rig) -> None:
    answer = await rig.nfvo.instantiate(VNFR, descriptor(count=3, policies=[document(), scale_in()]))
    assert rig.nfvo.hostnames(VNFR) == rig.servers() == ["ms-0", "ms-1", "ms-2"]
    instance = rig.nfvo.instances(VNFR)[0]
    assert instance["floatingIps"][0]["netName"] == "internal_nubomedia"
    assert instance["vc_id"]
    assert rig.serving() == []
    assert rig.plane.managed()[0].task == "INSTANTIATE"
    assert answer["virtualNetworkFunctionRecord"]["vdu"][0]["vnfc_instance"]

    await rig.nfvo.start_vnf(VNFR)
    assert rig.serving() == ["ms-0", "ms-1", "ms-2"]
    server = rig.plane.server("ms-0")
    assert server is not None
    assert (server.max_capacity, server.ip) == (200, rig.vim.servers["ms-0"].floating_ips["internal_nubomedia"])
    await rig.until(lambda: rig.elasticity.engine.state(VNFR) is ScalingState.INACTIVE)
    assert rig.plane.managed()[0].task == "START"

    answer = await rig.nfvo.terminate(VNFR)
    assert answer["virtualNetworkFunctionRecord"]["status"] == "TERMINATED"
    assert rig.servers() == rig.ledger() == []
    assert not rig.plane.knows(VNFR)
    assert rig.elasticity.engine.state(VNFR) is ScalingState.TERMINATED
    again = await rig.nfvo.terminate(VNFR)
    assert again["action"] == "RELEASE_RESOURCES"


async def test_instances_are_made_at_the_same_time(rig: Rig) -> None:
    rig.vim.delay("create_server", 0.3)
    making = asyncio.ensure_future(rig.nfvo.instantiate(VNFR, descriptor(count=5)))
    await rig.until(lambda: len(rig.servers()) == 5)
    assert {server.status for server in rig.vim.servers.values()} == {"BUILD"}
    await making


async def test_policies_that_cannot_be_carried_out_are_refused_before_anything_is_made(rig: Rig) -> None:
    policies = [document(actions=[{"type": "SCALE_OUT_TO_FLAVOUR", "value": "m1.large"}])]
    answer = await rig.nfvo.instantiate(VNFR, descriptor(policies=policies))
    assert answer["action"] == "ERROR"
    assert "SCALE_OUT_TO_FLAVOUR changes the flavour" in answer["exception"]["detailMessage"]
    assert rig.servers() == []


async def test_a_failed_instance_leaves_none(rig: Rig) -> None:
    rig.vim.fail_in_the_cloud("No valid host was found.", name="ms-1", times=-1)
    answer = await rig.nfvo.instantiate(VNFR, descriptor(count=3))
    assert answer["action"] == "ERROR"
    assert "No valid host was found." in answer["exception"]["detailMessage"]
    assert rig.servers() == rig.ledger() == []


async def test_what_may_go_better_is_tried_again(rig: Rig) -> None:
    rig.vim.fail("create_server", name="ms-0")
    rig.vim.fail_in_the_cloud(name="ms-1")
    answer = await rig.nfvo.instantiate(VNFR, descriptor(count=2))
    assert answer["action"] == "INSTANTIATE"
    assert rig.servers() == ["ms-0", "ms-1"]
    assert rig.vim.creations["ms-1"] == 2


async def test_names_of_others_are_never_taken(rig: Rig) -> None:
    """Two network services of one descriptor, and somebody else's server of such a name."""
    await rig.nfvo.run(VNFR, descriptor(count=2))
    await rig.nfvo.run("vnfr-2", descriptor(count=2))
    assert rig.nfvo.hostnames(VNFR) == ["ms-0", "ms-1"]
    assert rig.nfvo.hostnames("vnfr-2") == ["ms-2", "ms-3"]
    await rig.nfvo.terminate(VNFR)
    assert rig.servers() == ["ms-2", "ms-3"]
    with rig.vim._state() as state:
        state["servers"]["ms-0"] = state["servers"]["ms-2"]
    await rig.nfvo.run("vnfr-3", descriptor(count=1))
    assert rig.nfvo.hostnames("vnfr-3") == ["ms-1"]


async def test_a_name_never_comes_back_as_another_instance(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(count=2))
    record, instance = rig.nfvo.records[VNFR], rig.nfvo.instances(VNFR)[-1]
    await rig.nfvo.ask("SCALE_IN", vnfcInstance=instance, virtualNetworkFunctionRecord=record)
    await rig.restart()
    component = {"id": "another", "connection_point": []}
    await rig.nfvo.ask("SCALE_OUT", component=component, virtualNetworkFunctionRecord=rig.nfvo.records[VNFR])
    assert rig.servers() == ["ms-0", "ms-2"]


async def test_user_data_of_an_instance(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "operator.sh").write_text("echo from the operator\n")
    turn = {"confKey": "mediaserver.turn-server.password", "value": "'; reboot; $(reboot)"}
    configured = {"name": "mediaserver", "configurationParameters": [turn]}
    await rig.nfvo.instantiate(VNFR, descriptor(configurations=configured))
    text = rig.vim.user_data("ms-0")
    assert "export HOSTNAME=ms-0\n" in text
    assert """export TURN_SERVER_PASSWORD=''"'"'; reboot; $(reboot)'\n""" in text
    assert "echo from the operator" in text


async def test_scale_out_of_the_nfvo(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(maximum=2))
    component = {"id": "component-2", "connection_point": []}
    record = rig.nfvo.records[VNFR]
    record["vdu"][0]["vnfc"].append(component)
    answer = await rig.nfvo.ask("SCALE_OUT", component=component, virtualNetworkFunctionRecord=record)
    assert (answer["action"], answer["vnfcInstance"]["hostname"]) == ("SCALED", "ms-1")
    assert answer["vnfcInstance"]["vnfComponent"]["id"] == "component-2"
    assert rig.nfvo.hostnames(VNFR) == rig.serving() == rig.servers() == ["ms-0", "ms-1"]
    full = await rig.nfvo.ask(
        "SCALE_OUT", component={"connection_point": []}, virtualNetworkFunctionRecord=rig.nfvo.records[VNFR]
    )
    assert "scale_in_out allows" in full["exception"]["detailMessage"]


async def test_scale_in_of_the_nfvo_only_without_sessions(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(count=2))
    application = await rig.plane.register(VNFR, 50)
    busy = next(server.hostname for server in rig.plane.servers(VNFR) if server.used_points)
    record = rig.nfvo.records[VNFR]
    instance = next(each for each in rig.nfvo.instances(VNFR) if each["hostname"] == busy)
    answer = await rig.nfvo.ask("SCALE_IN", vnfcInstance=instance, virtualNetworkFunctionRecord=record)
    assert "has sessions with 50 points" in answer["exception"]["detailMessage"]
    assert answer["refused"] is True
    assert busy in rig.servers()
    await rig.plane.unregister(VNFR, application.id)
    answer = await rig.nfvo.ask("SCALE_IN", vnfcInstance=instance, virtualNetworkFunctionRecord=record)
    assert answer["action"] == "SCALE_IN"
    assert rig.servers() == rig.serving() == rig.nfvo.hostnames(VNFR) != [busy]


async def test_stop_and_start_of_one_media_server(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor())
    session = await rig.plane.register(VNFR, 50)
    instance = rig.nfvo.instances(VNFR)[0]
    stopped = await rig.nfvo.ask("STOP", vnfcInstance=instance, virtualNetworkFunctionRecord=rig.nfvo.records[VNFR])
    assert stopped["vnfcInstance"]["state"] == "INACTIVE"
    with pytest.raises(Exception, match="Not found any MediaServer"):
        await rig.plane.register(VNFR, 50)
    await rig.plane.unregister(VNFR, session.id)
    assert rig.plane.servers(VNFR)[0].status is MediaServerStatus.INACTIVE
    started = await rig.nfvo.ask("START", vnfcInstance=instance, virtualNetworkFunctionRecord=rig.nfvo.records[VNFR])
    assert started["vnfcInstance"]["state"] == "ACTIVE"
    await rig.plane.register(VNFR, 50)


async def test_heal_replaces_the_server_under_its_name(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(count=2))
    await rig.plane.register(VNFR, 50)
    busy = next(server.hostname for server in rig.plane.servers(VNFR) if server.used_points)
    rig.vim.lose(busy)
    instance = next(each for each in rig.nfvo.instances(VNFR) if each["hostname"] == busy)
    healed = await rig.nfvo.ask(
        "HEAL", vnfcInstance=instance, virtualNetworkFunctionRecord=rig.nfvo.records[VNFR], cause="serverDown"
    )
    assert healed["action"] == "HEAL"
    assert rig.servers() == rig.serving() == ["ms-0", "ms-1"]
    assert rig.vim.creations[busy] == 2
    assert rig.plane.used_points(VNFR) == 0
    await rig.plane.register(VNFR, 200)
    await rig.plane.register(VNFR, 200)


async def test_terminate_while_instances_are_being_made(rig: Rig) -> None:
    rig.vim.delay("create_server", 0.3)
    await rig.nfvo._bus.publish(
        "nfvo.media-server.actions",
        {
            "action": "INSTANTIATE",
            "vnfd": descriptor(count=3),
            "vnfdf": {"flavour_key": "d1.medium"},
            "vnfInstanceName": "ms",
            "extension": {"nsr-id": "nsr-1", "vnfr-id": VNFR},
        },
    )
    await rig.until(lambda: len(rig.servers()) == 3)
    record = {"id": VNFR, "name": "ms", "vdu": []}
    answer = await rig.nfvo.ask("RELEASE_RESOURCES", vnfr=record)
    assert answer["action"] == "RELEASE_RESOURCES"
    assert rig.servers() == rig.ledger() == []


async def test_what_is_not_removed_at_termination_is_removed_later(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(count=2))
    rig.vim.fail("delete_server", VimError("the infrastructure is away"), name="ms-1")
    answer = await rig.nfvo.terminate(VNFR)
    assert "ms-1 is not removed: the infrastructure is away" in answer["exception"]["detailMessage"]
    assert rig.ledger(InstanceState.LEAVING) == ["ms-1"]
    await rig.elasticity._keeper.round()
    assert rig.servers() == rig.ledger() == []
    assert list(rig.elasticity.parts.vnfs) == []


async def test_a_restart_forgets_nothing(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(count=2, policies=[document()]))
    await rig.plane.register(VNFR, 50)
    await rig.restart()
    assert rig.serving() == rig.ledger(InstanceState.SERVING) == ["ms-0", "ms-1"]
    assert rig.plane.used_points(VNFR) == 50
    await rig.until(lambda: rig.elasticity.engine.state(VNFR) is ScalingState.INACTIVE)
    await rig.nfvo.terminate(VNFR)
    assert rig.servers() == []


async def test_events_of_the_nfvo_begin_and_end_elasticity(rig: Rig) -> None:
    await rig.nfvo.run(VNFR, descriptor(policies=[document()]))
    event = {"action": "ERROR", "payload": {"vnfr": [{"id": VNFR}, {"id": "of another VNFM"}]}}
    await rig.elasticity.nfvo_event("ERROR", event)
    assert rig.elasticity.engine.state(VNFR) is ScalingState.TERMINATED
    await rig.elasticity.nfvo_event("INSTANTIATE_FINISH", event["payload"])  # type: ignore[arg-type]
    await rig.until(lambda: rig.elasticity.engine.state(VNFR) is ScalingState.INACTIVE)
