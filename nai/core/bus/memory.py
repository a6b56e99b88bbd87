"""A bus within one process: what the broker does, for unit tests and embedded use."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nai.core.bus.interface import EXCHANGE, BusTimeoutError, Delivery, UnroutableError
from nai.core.identifiers import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.core.bus.interface import Handler

log = logging.getLogger(__name__)


@dataclass
class _Queue:
    name: str
    auto_delete: bool
    waiting: deque[Delivery] = field(default_factory=deque)
    consumers: list[_Consumer] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


@dataclass
class _Consumer:
    handler: Handler
    free: int


class MemoryBus:
    """Queues in memory. Everybody in the process who shares the object is on the same bus."""

    def __init__(self) -> None:
        """Start without queues."""
        self._queues: dict[str, _Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.unrouted: list[tuple[str, dict[str, Any]]] = []
        """What no queue took: routing key and body, for tests."""

    async def publish(
        self,
        routing_key: str,
        body: Mapping[str, Any],
        *,
        exchange: str = "",
        correlation_id: str | None = None,
        reply_to: str | None = None,
        mandatory: bool = False,
    ) -> None:
        """As `Bus.publish`."""
        # Through JSON, as on the wire: nobody shares an object, and what is no JSON fails here as well.
        text = json.dumps(dict(body))
        if not exchange and routing_key in self._replies:
            future = self._replies[routing_key]
            if not future.done():
                future.set_result(json.loads(text))
            return
        queues = [queue for queue in self._queues.values() if _routes(queue, exchange, routing_key)]
        if not queues:
            self.unrouted.append((routing_key, json.loads(text)))
            if mandatory:
                raise UnroutableError(f"no queue takes {routing_key!r}")
        for queue in queues:
            queue.waiting.append(Delivery(json.loads(text), correlation_id, reply_to, queue=queue.name))
            self._hand_out(queue)

    async def call(
        self, routing_key: str, body: Mapping[str, Any], *, exchange: str = "", timeout: float
    ) -> dict[str, Any]:
        """As `Bus.call`."""
        correlation_id = new_id()
        reply_to = f"reply-{correlation_id}"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[reply_to] = future
        try:
            await self.publish(
                routing_key,
                body,
                exchange=exchange,
                correlation_id=correlation_id,
                reply_to=reply_to,
                mandatory=True,
            )
            return await asyncio.wait_for(future, timeout)
        except TimeoutError:
            raise BusTimeoutError(f"no answer from {routing_key!r} within {timeout:g} s") from None
        finally:
            del self._replies[reply_to]

    async def consume(
        self,
        queue: str,
        handler: Handler,
        *,
        durable: bool = True,
        auto_delete: bool = True,
        prefetch: int = 16,
        bind: str | None = None,
    ) -> None:
        """As `Bus.consume`."""
        found = self._queues.setdefault(queue, _Queue(queue, auto_delete))
        if bind is not None:
            found.keys.add(bind)
        found.consumers.append(_Consumer(handler, prefetch))
        self._hand_out(found)

    async def cancel(self, queue: str) -> None:
        """As `Bus.cancel`."""
        found = self._queues.get(queue)
        if found is None:
            return
        found.consumers.clear()
        if found.auto_delete:
            del self._queues[queue]

    async def queue_exists(self, queue: str) -> bool:
        """As `Bus.queue_exists`."""
        return queue in self._queues

    async def check(self) -> None:
        """It is always there."""

    async def join(self) -> None:
        """Wait until nothing is being handled and nothing that can be handled waits."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """As `Bus.close`."""
        self._queues.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hand_out(self, queue: _Queue) -> None:
        while queue.waiting:
            # The consumer with the most room comes first: the broker goes round.
            consumer = max(queue.consumers, key=lambda one: one.free, default=None)
            if consumer is None or consumer.free < 1:
                return
            consumer.free -= 1
            task = asyncio.get_running_loop().create_task(self._handle(queue, consumer, queue.waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, queue: _Queue, consumer: _Consumer, delivery: Delivery) -> None:
        try:
            answer = await consumer.handler(delivery)
            if answer is not None and delivery.reply_to:
                await self.publish(delivery.reply_to, answer, correlation_id=delivery.correlation_id)
        except Exception:
            log.exception("message of %s is dropped: its handler failed", queue.name)
        finally:
            consumer.free += 1
            self._hand_out(queue)


def _routes(queue: _Queue, exchange: str, routing_key: str) -> bool:
    if not exchange:
        return queue.name == routing_key
    return exchange == EXCHANGE and any(_matches(key.split("."), routing_key.split(".")) for key in queue.keys)


def _matches(pattern: list[str], words: list[str]) -> bool:
    """The rule of topic exchanges: `*` is one word, `#` any number."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_matches(pattern[1:], words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _matches(pattern[1:], words[1:])
