"""The message bus, as its users see it. `memory` and `amqp` are it.

Messages are JSON objects, delivered at least once: whoever consumes dedupes. Queues, flags and exchange are those that
Open Baton's clients declare; a broker refuses a queue declared twice with different flags, so the defaults here are the
contract.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

EXCHANGE = "openbaton-exchange"
"""Durable topic exchange that `bind` binds to."""


class BusError(Exception):
    """A message could not be sent, or was not answered."""


class BusTimeoutError(BusError):
    """Nobody answered in time."""


class UnroutableError(BusError):
    """No queue takes the message."""


class BusUnavailableError(BusError):
    """The broker cannot be reached."""


@dataclass(frozen=True)
class Delivery:
    """One message as it arrived.

    Attributes:
        body: The JSON object.
        correlation_id: What the answer has to carry.
        reply_to: Queue that waits for the answer.
        redelivered: It may have been handled before.
        queue: Where it came from.
    """

    body: dict[str, Any]
    correlation_id: str | None = None
    reply_to: str | None = None
    redelivered: bool = False
    queue: str = ""


Handler = Callable[[Delivery], Awaitable[Mapping[str, Any] | None]]


class Bus(Protocol):
    """What sends and receives messages."""

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
        """Send a message; the broker has it when this returns.

        Args:
            routing_key: Name of the queue, or what the exchange routes by.
            body: The JSON object.
            exchange: Default: the one that delivers to the queue of that name.
            correlation_id: What an answer has to carry.
            reply_to: Queue for the answer.
            mandatory: A message that no queue takes is an error; else it vanishes.

        Raises:
            UnroutableError: It is mandatory and no queue takes it.
            BusUnavailableError: The broker did not come back in time.
        """
        ...

    async def call(
        self, routing_key: str, body: Mapping[str, Any], *, exchange: str = "", timeout: float
    ) -> dict[str, Any]:
        """Send a message and wait for its answer.

        Args:
            routing_key: As for `publish`.
            body: The JSON object.
            exchange: As for `publish`.
            timeout: Seconds to wait for the answer.

        Raises:
            BusTimeoutError: Nobody answered in time; the request may have been handled all the same.
            UnroutableError: No queue takes it.
            BusUnavailableError: The broker did not come back in time.
        """
        ...

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
        """Declare a queue and handle its messages, several at a time, until `cancel` or `close`.

        A message is acknowledged after its handler. A mapping that the handler returns goes to `reply_to` with the
        message's correlation id. A handler that raises is logged and its message is dropped: a poisonous one would come
        back forever.

        Args:
            queue: Its name.
            handler: Called with each message.
            durable: The queue survives the broker.
            auto_delete: The queue goes with its last consumer.
            prefetch: How many messages are handled at a time.
            bind: Routing key on EXCHANGE that the queue also receives.

        Raises:
            BusError: The broker refuses the queue, for example because it exists with other flags.
        """
        ...

    async def cancel(self, queue: str) -> None:
        """Stop consuming a queue; running handlers end. Nothing happens when it is not consumed."""
        ...

    async def queue_exists(self, queue: str) -> bool:
        """Whether the broker has a queue of this name."""
        ...

    async def check(self) -> None:
        """Raise BusUnavailableError when the broker cannot be reached right now."""
        ...

    async def close(self) -> None:
        """Cancel everything; running handlers are cancelled too, their messages come again."""
        ...
