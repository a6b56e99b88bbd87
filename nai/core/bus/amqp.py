"""The bus over RabbitMQ."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, TypeVar

import aio_pika
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity, DeliveryError
from aiormq.exceptions import PublishError

from nai.core.bus.interface import (
    EXCHANGE,
    BusError,
    BusTimeoutError,
    BusUnavailableError,
    Delivery,
    UnroutableError,
)
from nai.core.identifiers import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aio_pika.abc import (
        AbstractChannel,
        AbstractExchange,
        AbstractIncomingMessage,
        AbstractQueue,
        AbstractRobustConnection,
    )

    from nai.core.bus.interface import Handler

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1.0
"""Between two attempts to reach the broker again."""

PATIENCE_SECONDS = 60.0
"""How long a message waits for a broker that is being restarted."""

_T = TypeVar("_T")
_GONE = (ConnectionError, AMQPError, RuntimeError, OSError, TimeoutError)
"""What the client raises while the connection is being made again."""


class AmqpBus:
    """A connection that survives the broker: queues and consumers are declared again when it is back."""

    def __init__(self, connection: AbstractRobustConnection, patience: float) -> None:
        """Use `connect`."""
        self._connection = connection
        self._patience = patience
        self._publishing: AbstractChannel
        self._default: AbstractExchange
        self._replies: AbstractQueue
        self._exchanges: dict[str, AbstractExchange] = {}
        self._consumers: dict[str, tuple[AbstractChannel, AbstractQueue, str]] = {}
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._handling: set[asyncio.Task[Any]] = set()
        self._closed = False

    @classmethod
    async def connect(cls, url: str, *, patience: float = PATIENCE_SECONDS) -> AmqpBus:
        """Connect to the broker.

        Args:
            url: `amqp://user:password@host:port/virtual host`.
            patience: Seconds that a message waits for a broker that is away.

        Raises:
            BusUnavailableError: The broker cannot be reached, or refuses the user.
        """
        try:
            connection = await aio_pika.connect_robust(url, reconnect_interval=RECONNECT_SECONDS)
        except _GONE as error:
            raise BusUnavailableError(f"broker cannot be reached: {_reason(error)}") from error
        bus = cls(connection, patience)
        bus._publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
        bus._default = bus._publishing.default_exchange
        bus._exchanges[EXCHANGE] = await bus._publishing.declare_exchange(
            EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True
        )
        receiving = await connection.channel()
        bus._replies = await receiving.declare_queue(exclusive=True, auto_delete=True)
        await bus._replies.consume(bus._answered, no_ack=True)
        connection.close_callbacks.add(bus._lost)
        return bus

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
        message = aio_pika.Message(
            json.dumps(dict(body)).encode(),
            # Not application/json: Spring's converter, which Java VNFMs use, makes a string of text/* only.
            content_type="text/plain",
            content_encoding="UTF-8",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            correlation_id=correlation_id,
            reply_to=reply_to,
        )

        async def send() -> None:
            await (await self._exchange(exchange)).publish(message, routing_key, mandatory=mandatory)

        try:
            await self._patiently(send)
        except (PublishError, DeliveryError) as error:
            raise UnroutableError(f"no queue takes {routing_key!r}") from error

    async def call(
        self, routing_key: str, body: Mapping[str, Any], *, exchange: str = "", timeout: float
    ) -> dict[str, Any]:
        """As `Bus.call`."""
        correlation_id = new_id()
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[correlation_id] = future
        try:
            async with asyncio.timeout(timeout):
                await self.publish(
                    routing_key,
                    body,
                    exchange=exchange,
                    correlation_id=correlation_id,
                    reply_to=self._replies.name,
                    mandatory=True,
                )
                return await future
        except TimeoutError:
            raise BusTimeoutError(f"no answer from {routing_key!r} within {timeout:g} s") from None
        finally:
            del self._waiting[correlation_id]

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

        async def receive(message: AbstractIncomingMessage) -> None:
            await self._handle(queue, handler, message)

        try:
            # A channel of its own: the broker closes it when it refuses the queue, and prefetch counts per channel.
            channel = await self._connection.channel()
        except _GONE as error:
            raise BusUnavailableError(f"broker cannot be reached: {_reason(error)}") from error
        try:
            await channel.set_qos(prefetch_count=prefetch)
            declared = await channel.declare_queue(queue, durable=durable, auto_delete=auto_delete)
            if bind is not None:
                exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
                await declared.bind(exchange, bind)
            tag = await declared.consume(receive)
        except _GONE as error:
            await channel.close()
            raise BusError(f"queue {queue!r} cannot be consumed: {_reason(error)}") from error
        self._consumers[queue] = (channel, declared, tag)

    async def cancel(self, queue: str) -> None:
        """As `Bus.cancel`."""
        found = self._consumers.pop(queue, None)
        if found is None:
            return
        channel, declared, tag = found

        async def stop() -> None:
            await declared.cancel(tag)
            await channel.close()

        await self._patiently(stop)

    async def queue_exists(self, queue: str) -> bool:
        """As `Bus.queue_exists`."""

        async def ask() -> bool:
            # The broker closes the channel of who asks for a queue that does not exist: not one that is opened again.
            await self._connection.ready()
            if self._connection.transport is None:
                raise ConnectionError("no connection")
            channel = await self._connection.transport.connection.channel(publisher_confirms=False)
            try:
                await channel.queue_declare(queue, passive=True)
            except ChannelNotFoundEntity:
                return False
            await channel.close()
            return True

        return await self._patiently(ask)

    async def check(self) -> None:
        """As `Bus.check`."""
        if self._closed or not self._connection.connected.is_set():
            raise BusUnavailableError("the broker cannot be reached")

    async def close(self) -> None:
        """As `Bus.close`."""
        self._closed = True
        running = [task for task in self._handling if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._connection.close()

    async def _exchange(self, name: str) -> AbstractExchange:
        if not name:
            return self._default
        if name not in self._exchanges:
            self._exchanges[name] = await self._publishing.get_exchange(name)
        return self._exchanges[name]

    async def _patiently(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Try again while the connection is being made again; a message may go out twice, never not at all."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while True:
            try:
                async with asyncio.timeout(max(0.1, until - loop.time())):
                    return await work()
            except (PublishError, DeliveryError):
                raise
            except _GONE as error:
                if self._closed or loop.time() + RECONNECT_SECONDS > until:
                    raise BusUnavailableError(f"broker cannot be reached: {_reason(error)}") from error
                await asyncio.sleep(RECONNECT_SECONDS / 2)

    def _lost(self, *_: Any) -> None:
        """The request or its answer may have gone with the connection: whoever waits sends it again."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BusUnavailableError("the connection to the broker was lost"))

    async def _handle(self, queue: str, handler: Handler, message: AbstractIncomingMessage) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)
        try:
            body = json.loads(message.body)
            if not isinstance(body, dict):
                raise TypeError("a JSON object is expected")
            delivery = Delivery(body, message.correlation_id, message.reply_to, bool(message.redelivered), queue)
            answer = await handler(delivery)
            if answer is not None and message.reply_to:
                await self.publish(message.reply_to, answer, correlation_id=message.correlation_id)
        except Exception:
            log.exception("message of %s is dropped: its handler failed", queue)
            await _settle(message.reject)
        else:
            await _settle(message.ack)

    async def _answered(self, message: AbstractIncomingMessage) -> None:
        future = self._waiting.get(message.correlation_id or "")
        if future is None or future.done():
            return  # whoever asked has given up
        try:
            body = json.loads(message.body)
        except ValueError:
            body = None
        if isinstance(body, dict):
            future.set_result(body)
        else:
            future.set_exception(BusError("the answer is no JSON object"))


async def _settle(how: Callable[[], Awaitable[None]]) -> None:
    try:
        await how()
    except _GONE as error:
        # The connection it came over is gone; the broker delivers it again.
        log.info("message could not be acknowledged: %s", _reason(error))


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
