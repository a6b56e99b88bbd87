"""Messages that come again, processes that end, brokers that are away."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import inspect

from nai.core.bus import MemoryBus
from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.core.migrations import upgrade
from nai.vnfm.sdk import Journal, Vnfm
from nai.vnfm.sdk.journal import EntryState
from nai.vnfm.sdk.journal.table import Base
from nai.vnfm.sdk.occurrences import occurrence_of, without_secrets
from tests.unit.vnfm_sdk.peers import Nfvo, RecordingHandler, instantiate, record, settings

QUEUE = "nfvo.test.actions"


def start(number: int = 1, vnfr: str = "vnfr-1") -> dict[str, Any]:
    return {
        "action": "START",
        "virtualNetworkFunctionRecord": record(id=vnfr),
        "occurrenceId": f"{vnfr}/start/{number}",
    }


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_an_action_that_comes_again_while_it_runs_is_run_once(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    handler.gate = asyncio.Event()
    await bus.publish(QUEUE, start())
    await until(lambda: handler.running)
    await bus.publish(QUEUE, start())
    await bus.join()
    handler.gate.set()
    await vnfm.settle()
    await bus.join()
    assert len(handler.calls) == len(nfvo.answers) == 1


async def test_an_action_that_comes_again_afterwards_gets_the_stored_answer(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler
) -> None:
    for _ in range(2):
        await bus.publish(QUEUE, start())
        await bus.join()
        await vnfm.settle()
        await bus.join()
    assert len(handler.calls) == 1
    assert len(nfvo.answers) == 2
    assert nfvo.answers[0] == nfvo.answers[1]
    await bus.publish(QUEUE, start(2))
    await bus.join()
    await vnfm.settle()
    assert len(handler.calls) == 2


async def test_a_killed_vnfm_takes_up_its_actions_by_itself(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler, journal: Journal, clock: ManualClock
) -> None:
    handler.gate = asyncio.Event()
    await bus.publish(QUEUE, instantiate(occurrenceId="i"))
    await until(lambda: handler.running)
    await vnfm.stop()
    await bus.cancel(QUEUE)
    assert nfvo.answers == []
    second = RecordingHandler()
    again = Vnfm(bus, settings(), second, journal=journal, clock=clock)
    await again.start()
    await again.settle()
    await bus.join()
    assert second.calls == [("instantiate", "vnfr-1")]
    assert [answer["action"] for answer in nfvo.answers] == ["INSTANTIATE"]
    assert nfvo.requests[0]["requestId"] == nfvo.requests[2]["requestId"]
    await again.stop()


async def test_an_answer_that_nobody_took_is_sent_when_somebody_does(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler, journal: Journal, clock: ManualClock
) -> None:
    await bus.cancel("vnfm.nfvo.actions")
    await bus.publish(QUEUE, start())
    await until(lambda: bus.unrouted)
    entry = await journal.find("vnfr-1/start/1")
    assert entry is not None
    assert entry.state is EntryState.DONE
    await nfvo.serve()
    while not nfvo.answers:
        await asyncio.sleep(0.001)
        await clock.advance(1)
    await vnfm.settle()
    await bus.join()
    assert len(nfvo.answers) == len(handler.calls) == 1
    assert await journal.open_entries() == []


async def test_actions_of_one_vnfr_wait_for_each_other_and_those_of_others_do_not(
    bus: MemoryBus, vnfm: Vnfm, handler: RecordingHandler
) -> None:
    handler.gate = asyncio.Event()
    for number in range(3):
        await bus.publish(QUEUE, start(number))
    await until(lambda: handler.running == 1)
    await bus.join()
    assert handler.running == 1
    for number in range(4):
        await bus.publish(QUEUE, start(0, f"other-{number}"))
    await until(lambda: handler.running == 5)
    handler.gate.set()
    await vnfm.settle()
    assert handler.most_running == 5
    assert len(handler.calls) == 7


async def test_the_number_of_actions_at_a_time_is_bounded(
    bus: MemoryBus, handler: RecordingHandler, journal: Journal, clock: ManualClock, nfvo: Nfvo
) -> None:
    vnfm = Vnfm(bus, settings(concurrency=2), handler, journal=journal, clock=clock)
    await vnfm.start()
    handler.gate = asyncio.Event()
    for number in range(6):
        await bus.publish(QUEUE, start(0, f"vnfr-{number}"))
    await until(lambda: handler.running == 2)
    await bus.join()
    handler.gate.set()
    await vnfm.settle()
    assert handler.most_running == 2
    assert len(handler.calls) == 6
    await vnfm.stop()


async def test_a_termination_ends_what_runs_for_the_vnfr(
    bus: MemoryBus, vnfm: Vnfm, nfvo: Nfvo, handler: RecordingHandler, journal: Journal
) -> None:
    handler.gate = asyncio.Event()
    await bus.publish(QUEUE, instantiate(occurrenceId="i"))
    await bus.publish(QUEUE, start())
    await until(lambda: handler.running)
    handler.gate = None
    await bus.publish(QUEUE, {"action": "RELEASE_RESOURCES", "vnfr": record(), "occurrenceId": "r"})
    await bus.join()
    await vnfm.settle()
    await bus.join()
    assert [answer["action"] for answer in nfvo.answers] == ["RELEASE_RESOURCES"]
    assert [call for call, _ in handler.calls] == ["instantiate", "terminate"]
    states = [entry.state for name in ("i", "vnfr-1/start/1", "r") if (entry := await journal.find(name))]
    assert states == [EntryState.CANCELLED, EntryState.CANCELLED, EntryState.SENT]


async def test_the_journal_forgets_what_is_old(journal: Journal, clock: ManualClock) -> None:
    await journal.record("old", "v", "START", {})
    await journal.finish("old", {"action": "START"})
    await journal.sent("old")
    await journal.record("running", "v", "START", {})
    await clock.advance(25 * 3600)
    await journal.record("new", "v", "START", {})
    await journal.finish("new", None)
    await journal.forget(24)
    assert await journal.find("old") is None
    assert await journal.find("new") is not None
    assert [entry.occurrence for entry in await journal.open_entries()] == ["running"]


async def test_the_vnfm_registers_until_it_is_taken_and_then_now_and_then(
    bus: MemoryBus, journal: Journal, clock: ManualClock, handler: RecordingHandler
) -> None:
    vnfm = Vnfm(bus, settings(), handler, journal=journal, clock=clock)
    await vnfm.start()
    await clock.advance(10)
    assert not vnfm.registration.registered
    nfvo = Nfvo(bus)
    await nfvo.serve()
    await clock.advance(10)
    await bus.join()
    (registration,) = nfvo.registrations
    assert registration["type"] == "test"
    assert registration["endpoint"] == "test-endpoint"
    assert registration["endpointType"] == "RABBIT"
    assert registration["idempotent"] is True
    assert vnfm.registration.registered
    await clock.advance(120)
    await bus.join()
    assert len(nfvo.registrations) == 3
    await vnfm.stop()


async def test_the_registration_of_open_baton_5_and_6(
    bus: MemoryBus, journal: Journal, clock: ManualClock, handler: RecordingHandler, nfvo: Nfvo
) -> None:
    asked: list[dict[str, Any]] = []

    async def manager(delivery: Any) -> dict[str, Any]:
        asked.append(delivery.body)
        return {"rabbitUsername": "u", "rabbitPassword": "p"}

    await bus.consume("nfvo.manager.handling", manager)
    vnfm = Vnfm(bus, settings(registration="manager"), handler, journal=journal, clock=clock)
    await vnfm.start()
    await until(lambda: vnfm.registration.registered)
    await bus.publish("test-endpoint", start(), exchange="openbaton-exchange", mandatory=True)
    await bus.join()
    await vnfm.settle()
    assert handler.calls == [("start", "vnfr-1")]
    await vnfm.registration.unregister()
    await bus.join()
    assert [(each["action"], each.get("username")) for each in asked] == [("register", None), ("unregister", "u")]
    await vnfm.stop()


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1, "occurrenceId": "x"}, {"a": 2, "occurrenceId": "x"}, True),
        ({"a": 1, "occurrenceId": "x" * 200}, {"a": 2, "occurrenceId": "x" * 200}, True),
    ],
)
def test_what_is_the_same_action(first: dict[str, Any], second: dict[str, Any], same: bool) -> None:
    assert (occurrence_of(first) == occurrence_of(second)) is same
    assert len(occurrence_of(first)) <= 128


def test_passwords_of_vim_instances_are_not_kept() -> None:
    message = {
        "vimInstances": {"v": [{"password": "x", "name": "n"}]},
        "vimInstance": {"password": "x"},
        "vnfr": {"configurations": {"password": "kept"}},
    }
    assert without_secrets(message) == {
        "vimInstances": {"v": [{"name": "n"}]},
        "vimInstance": {},
        "vnfr": {"configurations": {"password": "kept"}},
    }


async def test_the_migration_makes_the_tables_of_the_model(tmp_path: Any) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/migrated"
    await upgrade(url, "nai.vnfm.sdk.journal")
    database = Database(url)
    async with database.engine.connect() as connection:
        columns = await connection.run_sync(lambda c: inspect(c).get_columns("vnfm_journal"))
    await database.dispose()
    model = Base.metadata.tables["vnfm_journal"].columns
    assert [(c["name"], c["nullable"]) for c in columns] == [(c.name, c.nullable) for c in model]
