"""The bus in memory behaves as the broker does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nai.core.bus import EXCHANGE, BusTimeoutError, Delivery, MemoryBus, UnroutableError


async def double(delivery: Delivery) -> dict[str, Any]:
    return {"doubled": delivery.body["number"] * 2}


async def test_call_is_answered() -> None:
    bus = MemoryBus()
    await bus.consume("double", double)
    answers = await asyncio.gather(*(bus.call("double", {"number": each}, timeout=1) for each in range(3)))
    assert answers == [{"doubled": 0}, {"doubled": 2}, {"doubled": 4}]


async def test_answer_to_a_named_queue_carries_the_correlation_id() -> None:
    bus, answers = MemoryBus(), []

    async def note(delivery: Delivery) -> None:
        answers.append((delivery.body, delivery.correlation_id))

    await bus.consume("double", double)
    await bus.consume("answers", note)
    await bus.publish("double", {"number": 4}, reply_to="answers", correlation_id="7")
    await bus.join()
    assert answers == [({"doubled": 8}, "7")]


async def test_what_nobody_takes() -> None:
    bus = MemoryBus()
    await bus.publish("nobody", {"a": 1})
    assert bus.unrouted == [("nobody", {"a": 1})]
    with pytest.raises(UnroutableError):
        await bus.publish("nobody", {}, mandatory=True)
    with pytest.raises(UnroutableError):
        await bus.call("nobody", {}, timeout=1)


async def test_failing_handler_drops_its_message_only(caplog: pytest.LogCaptureFixture) -> None:
    bus = MemoryBus()

    async def divide(delivery: Delivery) -> dict[str, Any]:
        return {"result": 1 / delivery.body["by"]}

    await bus.consume("divide", divide)
    with pytest.raises(BusTimeoutError):
        await bus.call("divide", {"by": 0}, timeout=0.01)
    assert "message of divide is dropped" in caplog.text
    assert await bus.call("divide", {"by": 4}, timeout=1) == {"result": 0.25}


async def test_no_more_messages_at_a_time_than_asked_for() -> None:
    bus, running, most = MemoryBus(), 0, 0

    async def work(_delivery: Delivery) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await bus.consume("work", work, prefetch=2)
    for _ in range(7):
        await bus.publish("work", {})
    await bus.join()
    assert most == 2


@pytest.mark.parametrize(
    ("bound", "key", "taken"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("#.c", "a.b.c", True),
        ("*", "a.b", False),
    ],
)
async def test_topics(bound: str, key: str, taken: bool) -> None:
    bus, seen = MemoryBus(), []

    async def note(delivery: Delivery) -> None:
        seen.append(delivery.body)

    await bus.consume("queue", note, bind=bound)
    await bus.publish(key, {"n": 1}, exchange=EXCHANGE)
    await bus.join()
    assert bool(seen) is taken


async def test_queue_that_outlives_its_consumer_keeps_its_messages() -> None:
    bus, seen = MemoryBus(), []

    async def note(delivery: Delivery) -> None:
        seen.append(delivery.body["n"])

    await bus.consume("kept", note, auto_delete=False)
    await bus.consume("gone", note)
    await bus.cancel("kept")
    await bus.cancel("gone")
    await bus.cancel("never was")
    assert await bus.queue_exists("kept")
    assert not await bus.queue_exists("gone")
    await bus.publish("kept", {"n": 1})
    await bus.consume("kept", note, auto_delete=False)
    await bus.join()
    assert seen == [1]


async def test_close_cancels_handlers() -> None:
    bus, ended = MemoryBus(), []

    async def forever(_delivery: Delivery) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    await bus.consume("q", forever)
    await bus.publish("q", {})
    await asyncio.sleep(0)
    await bus.close()
    assert ended == [True]


async def test_what_is_no_json_is_refused_by_the_sender() -> None:
    with pytest.raises(TypeError):
        await MemoryBus().publish("q", {"a": object()})
