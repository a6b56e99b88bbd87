"""The bus over a real RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from nai.core.bus import AmqpBus, BusError, BusTimeoutError, BusUnavailableError, Delivery, UnroutableError
from nai.core.threads import in_thread
from tests.support.services import Broker


@pytest.fixture
async def bus(broker_url: str) -> AsyncIterator[AmqpBus]:
    """A connection."""
    connected = await AmqpBus.connect(broker_url)
    yield connected
    await connected.close()


@pytest.fixture
async def other(broker_url: str) -> AsyncIterator[AmqpBus]:
    """A connection of somebody else."""
    connected = await AmqpBus.connect(broker_url)
    yield connected
    await connected.close()


async def double(delivery: Delivery) -> dict[str, Any]:
    return {"doubled": delivery.body["number"] * 2}


async def test_call_is_answered(bus: AmqpBus, other: AmqpBus) -> None:
    await other.consume("core.double", double)
    answers = await asyncio.gather(*(bus.call("core.double", {"number": each}, timeout=5) for each in range(20)))
    assert [answer["doubled"] for answer in answers] == [each * 2 for each in range(20)]


async def test_topic_reaches_every_bound_queue(bus: AmqpBus, other: AmqpBus) -> None:
    seen: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    async def note(delivery: Delivery) -> None:
        await seen.put((delivery.queue, delivery.body["n"]))

    await other.consume("core.one", note, bind="core.topic")
    await other.consume("core.two", note, bind="core.*")
    await bus.publish("core.topic", {"n": 1}, exchange="openbaton-exchange")
    assert {await seen.get(), await seen.get()} == {("core.one", 1), ("core.two", 1)}


async def test_what_nobody_takes(bus: AmqpBus) -> None:
    await bus.publish("core.nobody", {})
    with pytest.raises(UnroutableError, match=r"core\.nobody"):
        await bus.publish("core.nobody", {}, mandatory=True)
    with pytest.raises(UnroutableError):
        await bus.call("core.nobody", {}, timeout=5)
    assert not await bus.queue_exists("core.nobody")


async def test_failing_handler_drops_its_message_only(bus: AmqpBus, other: AmqpBus) -> None:
    async def divide(delivery: Delivery) -> dict[str, Any]:
        return {"result": 1 / delivery.body["by"]}

    await other.consume("core.divide", divide)
    with pytest.raises(BusTimeoutError):
        await bus.call("core.divide", {"by": 0}, timeout=0.3)
    assert await bus.call("core.divide", {"by": 4}, timeout=5) == {"result": 0.25}


async def test_queue_with_other_flags_is_refused_and_the_bus_goes_on(bus: AmqpBus, other: AmqpBus) -> None:
    await other.consume("core.flags", double)
    with pytest.raises(BusError, match=r"core\.flags"):
        await bus.consume("core.flags", double, durable=False)
    assert await bus.queue_exists("core.flags")
    assert await bus.call("core.flags", {"number": 2}, timeout=5) == {"doubled": 4}


async def test_cancelled_consumer_leaves_no_queue(bus: AmqpBus) -> None:
    await bus.consume("core.gone", double)
    await bus.cancel("core.gone")
    assert not await bus.queue_exists("core.gone")


async def test_broker_that_restarts(bus: AmqpBus, other: AmqpBus, broker: Broker) -> None:
    started = asyncio.Event()

    async def never(_delivery: Delivery) -> None:
        started.set()
        await asyncio.sleep(60)

    await other.consume("core.double", double)
    await other.consume("core.never", never)
    asked = asyncio.ensure_future(bus.call("core.never", {}, timeout=60))
    await started.wait()
    await in_thread(broker.kill)
    with pytest.raises(BusUnavailableError):
        await asked
    with pytest.raises(BusUnavailableError):
        await bus.check()
    sent = asyncio.ensure_future(bus.call("core.double", {"number": 21}, timeout=60))
    await in_thread(broker.start)
    # The consumer may come back after the request: then no queue takes it, and whoever asks asks again.
    for _ in range(60):
        try:
            assert await sent == {"doubled": 42}
            break
        except BusError:
            await asyncio.sleep(0.2)
            sent = asyncio.ensure_future(bus.call("core.double", {"number": 21}, timeout=5))
    await bus.check()


async def test_broker_that_is_not_there() -> None:
    with pytest.raises(BusUnavailableError):
        await AmqpBus.connect("amqp://guest:guest@127.0.0.1:1/")


async def test_message_of_a_consumer_that_went_away_comes_again(bus: AmqpBus, broker_url: str) -> None:
    started, again = asyncio.Event(), asyncio.Event()
    seen: list[tuple[Any, bool]] = []

    async def never(_delivery: Delivery) -> None:
        started.set()
        await asyncio.Event().wait()

    async def note(delivery: Delivery) -> None:
        seen.append((delivery.body, delivery.redelivered))
        again.set()

    first = await AmqpBus.connect(broker_url)
    await first.consume("core.kept", never, auto_delete=False)
    await bus.publish("core.kept", {"n": 1}, mandatory=True)
    await started.wait()
    await first.close()
    await bus.consume("core.kept", note, auto_delete=False)
    await asyncio.wait_for(again.wait(), 10)
    assert seen == [({"n": 1}, True)]
