"""Each action of the NFVO: what the handler is asked, what is answered."""

import asyncio
import json
from typing import Any

import pytest

from nai.catalogue import VirtualNetworkFunctionRecord, VNFCInstance
from nai.core.bus import MemoryBus
from nai.core.clock import ManualClock
from nai.vnfm.sdk import Journal, NfvoRequests, Vnfm
from tests.unit.vnfm_sdk.peers import Nfvo, RecordingHandler, broken, instantiate, record

QUEUE = "nfvo.test.actions"


async def send(bus: MemoryBus, vnfm: Vnfm, message: dict[str, Any]) -> None:
    await bus.publish(QUEUE, message, mandatory=True)
    await bus.join()
    await vnfm.settle()
    await bus.join()


async def test_instantiate_builds_the_record_and_has_it_granted_and_allocated(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler, journal: Journal
) -> None:
    await send(bus, vnfm, instantiate(occurrenceId="op-1/instantiate"))
    assert handler.calls == [("instantiate", "vnfr-1")]
    grant, allocate = nfvo.requests
    built = grant["virtualNetworkFunctionRecord"]
    assert built["name"] == "mongodb-1"
    assert built["parent_ns_id"] == "nsr"
    assert built["packageId"] == "git://x/y"
    assert built["deployment_flavour_key"] == "m1.small"
    assert built["descriptor_reference"] == "d"
    assert built["connected_external_virtual_link"] == [{"name": "internal_nubomedia"}]
    assert built["configurations"]["configurationParameters"] == [{"confKey": "PORT", "value": "27018"}]
    assert built["provides"]["configurationParameters"] == [{"confKey": "token"}]
    assert built["requires"]["configurationParameters"] == [{"confKey": "config"}]
    assert '"dv"' not in json.dumps(built)
    assert '"dc"' not in json.dumps(built)
    assert grant["requestId"] == "op-1/instantiate/GRANT_OPERATION"
    assert allocate["vimInstances"]["vdu-0"]["name"] == "vim"
    assert allocate["userdata"] == "#!/bin/sh"
    assert allocate["keyPairs"] == [{"name": "k"}]
    (answer,) = nfvo.answers
    assert answer["action"] == "INSTANTIATE"
    assert answer["occurrenceId"] == "op-1/instantiate"
    assert answer["virtualNetworkFunctionRecord"]["vdu"][0]["vnfc_instance"][0]["hostname"] == "mongodb-1-0"
    entry = await journal.find("op-1/instantiate")
    assert entry is not None
    assert entry.subject == "vnfr-1"
    assert "geheim" not in json.dumps(entry.request)


@pytest.mark.parametrize(
    ("message", "call", "answer"),
    [
        ({"action": "MODIFY", "vnfrd": {"parameters": {"config": {}}}}, "modify ['config']", {"action": "MODIFY"}),
        ({"action": "START"}, "start", {"action": "START"}),
        ({"action": "STOP"}, "stop", {"action": "STOP"}),
        (
            {"action": "START", "vnfcInstance": {"hostname": "mongodb-1-0"}},
            "start mongodb-1-0",
            {"action": "START", "vnfcInstance": {"hostname": "mongodb-1-0", "vnfComponent": {"id": "component"}}},
        ),
        (
            {"action": "STOP", "vnfcInstance": {"hostname": "gone"}},
            "stop gone",
            {"action": "STOP", "vnfcInstance": {"hostname": "gone"}},
        ),
        (
            {"action": "SCALE_IN", "vnfcInstance": {"hostname": "mongodb-1-0"}},
            "scale_in mongodb-1-0",
            {"action": "SCALE_IN"},
        ),
        (
            {"action": "HEAL", "vnfcInstance": {"hostname": "mongodb-1-0"}, "cause": "serviceDown"},
            "heal mongodb-1-0 serviceDown",
            {"action": "HEAL", "cause": "serviceDown"},
        ),
        ({"action": "UPDATE", "script": {"name": "a.sh"}}, "update a.sh", {"action": "UPDATE"}),
        ({"action": "RELEASE_RESOURCES"}, "terminate", {"action": "RELEASE_RESOURCES"}),
    ],
)
async def test_an_action_reaches_the_handler_and_is_answered(
    bus: MemoryBus,
    vnfm: Vnfm,
    nfvo: Nfvo,
    handler: RecordingHandler,
    message: dict[str, Any],
    call: str,
    answer: dict[str, Any],
) -> None:
    await send(bus, vnfm, {"vnfr": record(), "virtualNetworkFunctionRecord": record(), **message})
    assert handler.calls == [(call, "vnfr-1")]
    (given,) = nfvo.answers
    assert given["virtualNetworkFunctionRecord"]["id"] == "vnfr-1"
    assert {key: given[key] for key in answer} == answer


async def test_scale_out_has_an_instance_allocated(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    message = {
        "action": "SCALE_OUT",
        "component": {"id": "component"},
        "virtualNetworkFunctionRecord": record(),
        "mode": "standby",
        "extension": {},
    }
    await send(bus, vnfm, message)
    assert handler.calls == [("scale_out mongodb-1-1", "vnfr-1")]
    assert nfvo.requests[0]["action"] == "SCALING"
    assert nfvo.requests[0]["userData"] == "#!/bin/sh"
    (answer,) = nfvo.answers
    assert answer["action"] == "SCALED"
    assert answer["vnfcInstance"]["hostname"] == "mongodb-1-1"
    assert answer["vnfcInstance"]["state"] == "STANDBY"


async def test_scale_out_takes_an_instance_that_is_ready(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    handler.ready = VNFCInstance(hostname="warm")
    message = {
        "action": "SCALE_OUT",
        "component": {"id": "component"},
        "virtualNetworkFunctionRecord": record(),
        "extension": {},
    }
    await send(bus, vnfm, message)
    assert nfvo.requests == []
    assert nfvo.answers[0]["vnfcInstance"]["hostname"] == "warm"


async def test_an_error_tells_its_reason(bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler) -> None:
    handler.fails = broken()
    await send(bus, vnfm, {"action": "START", "virtualNetworkFunctionRecord": record()})
    (answer,) = nfvo.answers
    assert answer["action"] == "ERROR"
    assert answer["nsrId"] == "nsr"
    assert answer["virtualNetworkFunctionRecord"]["id"] == "vnfr-1"
    assert answer["exception"]["detailMessage"] == "EMS (mongodb-1-0) had the following error: no space"


async def test_an_unexpected_error_tells_its_kind(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    handler.fails = KeyError("x")
    await send(bus, vnfm, {"action": "START", "virtualNetworkFunctionRecord": record()})
    assert nfvo.answers[0]["exception"]["detailMessage"] == "KeyError: 'x'"


async def test_a_refused_grant_is_an_error_with_the_nfvos_text(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    nfvo.refuses = "quota: 2 cores are left, 4 are needed"
    await send(bus, vnfm, instantiate())
    (answer,) = nfvo.answers
    assert answer["exception"]["detailMessage"] == "quota: 2 cores are left, 4 are needed"
    assert answer["nsrId"] == "nsr"
    assert answer["virtualNetworkFunctionRecord"]["name"] == "mongodb-1"
    assert handler.calls == []


async def test_an_unanswered_request_is_sent_again(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler, clock: ManualClock
) -> None:
    nfvo.silent = 1
    requests = NfvoRequests(bus, clock, "occurrence", seconds=100, again_seconds=0.01)
    asking = asyncio.create_task(requests.update_vnfr(VirtualNetworkFunctionRecord.from_wire(record())))
    while len(nfvo.requests) < 2:
        await asyncio.sleep(0.005)
        await clock.advance(2)
    assert (await asking).id == "vnfr-1"
    assert nfvo.requests[0] == nfvo.requests[1]


@pytest.mark.parametrize("message", [{"action": "DANCE"}, {}, {"action": "START", "virtualNetworkFunctionRecord": 3}])
async def test_what_cannot_be_read_is_answered_with_an_error(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, message: dict[str, Any]
) -> None:
    await send(bus, vnfm, {**message, "occurrenceId": "o"})
    (answer,) = nfvo.answers
    assert (answer["action"], answer["occurrenceId"]) == ("ERROR", "o")
    assert "cannot be read" in answer["exception"]["detailMessage"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"action": "CONFIGURE", "vnfr": record()}, "does not do CONFIGURE"),
        ({"action": "MODIFY", "vnfr": record()}, "lacks"),
        ({"action": "INSTANTIATE", "extension": {}}, "no VNFD"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_an_error(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, message: dict[str, Any], text: str
) -> None:
    await send(bus, vnfm, message)
    assert text in nfvo.answers[0]["exception"]["detailMessage"]


async def test_an_error_of_the_nfvo_needs_no_answer(bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo) -> None:
    await send(bus, vnfm, {"action": "ERROR", "message": "x", "vnfr": record()})
    assert nfvo.answers == []
