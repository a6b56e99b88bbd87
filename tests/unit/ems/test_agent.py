"""The agent between broker and scripts, without a broker."""

import json
import select
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from nai.ems.agent import Agent
from nai.ems.amqp import AmqpError, Connection, Delivery
from nai.ems.configuration import Configuration


class FakeConnection:
    """Gives prepared deliveries once, then waits to be woken; keeps what is published."""

    def __init__(self, deliveries: list[Delivery], *, breaks: bool = False) -> None:
        self.deliveries = deliveries
        self.breaks = breaks
        self.published: list[tuple[str, str, dict[str, Any], str]] = []
        self.acknowledged: list[int] = []
        self.calls: list[tuple[Any, ...]] = []
        self.on_acknowledge: Callable[[], None] = lambda: None

    def declare_queue(self, name: str, *, auto_delete: bool) -> None:
        self.calls.append(("declare", name, auto_delete))

    def bind_queue(self, *arguments: str) -> None:
        self.calls.append(("bind", *arguments))

    def consume(self, name: str, *, prefetch: int) -> None:
        self.calls.append(("consume", name))

    def publish(self, exchange: str, key: str, body: bytes, correlation_id: str = "") -> None:
        self.published.append((exchange, key, json.loads(body), correlation_id))

    def acknowledge(self, tag: int) -> None:
        self.acknowledged.append(tag)
        self.on_acknowledge()

    def poll(self, seconds: float, wake: int) -> list[Delivery]:
        if self.deliveries:
            found, self.deliveries = self.deliveries, []
            return found
        if self.breaks:
            raise AmqpError("gone")
        select.select([wake], [], [], 5)
        return []

    def close(self) -> None:
        self.calls.append(("close",))


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    return Configuration(
        "broker", 5672, "ems", "secret", "/", "openbaton-exchange", "vnf-0", "generic", True, 60, 30,
        tmp_path / "scripts", tmp_path / "state", tmp_path / "log", 300,
    )  # fmt: skip


def delivery(tag: int, request: object, correlation_id: str = "c", reply_to: str = "ems.generic.answers.1") -> Delivery:
    return Delivery(tag, json.dumps(request).encode(), correlation_id, reply_to)


def run(agent: Agent, connection: FakeConnection, answers: int) -> None:
    """Runs the agent until it has acknowledged that many requests."""

    def on_acknowledge() -> None:
        if len(connection.acknowledged) >= answers:
            agent.stop()

    connection.on_acknowledge = on_acknowledge
    thread = threading.Thread(target=agent.run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def agent_with(configuration: Configuration, connections: list[FakeConnection], asked: list[Any]) -> Agent:
    def act(_: Configuration, request: dict[str, Any]) -> dict[str, Any]:
        asked.append(request["payload"])
        return {"output": request["payload"], "err": "", "status": 0}

    waiting = iter(connections)
    return Agent(configuration, connect=lambda _: cast("Connection", next(waiting)), act=act)


def test_it_registers_serves_and_answers_in_order(configuration: Configuration) -> None:
    requests = [delivery(n, {"action": "EXECUTE", "payload": f"{n}.sh"}, f"c{n}") for n in (1, 2, 3)]
    connection, asked = FakeConnection(requests), []  # type: tuple[FakeConnection, list[Any]]
    run(agent_with(configuration, [connection], asked), connection, 3)
    assert connection.calls[:3] == [
        ("declare", "vnfm.vnf-0.actions", True),
        ("bind", "vnfm.vnf-0.actions", "openbaton-exchange", "vnfm.vnf-0.actions"),
        ("consume", "vnfm.vnf-0.actions"),
    ]
    first, *answers = connection.published
    assert first[:3] == ("openbaton-exchange", "ems.generic.register", {"hostname": "vnf-0", "idempotent": True})
    assert [(key, body["output"], correlation) for _, key, body, correlation in answers] == [
        ("ems.generic.answers.1", f"{n}.sh", f"c{n}") for n in (1, 2, 3)
    ]
    assert asked == ["1.sh", "2.sh", "3.sh"]


def test_a_request_that_comes_again_is_answered_again_and_not_run_again(configuration: Configuration) -> None:
    request = {"action": "EXECUTE", "payload": "a.sh", "id": "i"}
    connection = FakeConnection([delivery(1, request, "c1"), delivery(2, request, "c2")])
    asked: list[Any] = []
    run(agent_with(configuration, [connection], asked), connection, 2)
    assert asked == ["a.sh"]
    assert [entry[3] for entry in connection.published[1:]] == ["c1", "c2"]
    after_restart = FakeConnection([delivery(1, request, "c3")])
    run(agent_with(configuration, [after_restart], asked), after_restart, 1)
    assert asked == ["a.sh"]
    assert after_restart.published[1][2]["output"] == "a.sh"


def test_a_broken_connection_is_made_again_and_the_redelivered_request_answered(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nai.ems.agent._FIRST_WAIT_SECONDS", 0.01)
    request = delivery(1, {"action": "EXECUTE", "payload": "a.sh"}, "c")
    broken, sound = FakeConnection([request], breaks=True), FakeConnection([request])
    asked: list[Any] = []
    run(agent_with(configuration, [broken, sound], asked), sound, 1)
    assert asked == ["a.sh"]
    assert broken.acknowledged == []
    assert broken.calls[-1] == ("close",)
    assert sound.published[1][2]["output"] == "a.sh"


@pytest.mark.parametrize(("body", "text"), [(b"{", "no JSON"), (b"[]", "no JSON object")])
def test_what_is_no_request_is_answered(configuration: Configuration, body: bytes, text: str) -> None:
    connection = FakeConnection([Delivery(1, body, "c", "amq.gen-foreign")])
    run(agent_with(configuration, [connection], []), connection, 1)
    exchange, key, answer, _ = connection.published[1]
    assert (exchange, key, answer["status"]) == ("", "amq.gen-foreign", 1)
    assert text in answer["err"]
