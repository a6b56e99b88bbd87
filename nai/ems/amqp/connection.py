"""One connection with one channel, used by one thread."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from . import properties
from .codec import (
    BODY,
    FRAME_OVERHEAD_BYTES,
    HEADER,
    HEARTBEAT,
    METHOD,
    Reader,
    frame,
    long_string,
    short_string,
    split_frame,
    table,
)
from .errors import AmqpError

# Methods: number of the class, number of the method.
_START, _START_OK, _TUNE, _TUNE_OK = (10, 10), (10, 11), (10, 30), (10, 31)
_OPEN, _OPEN_OK, _CLOSE, _CLOSE_OK = (10, 40), (10, 41), (10, 50), (10, 51)
_CHANNEL_OPEN, _CHANNEL_OPEN_OK, _CHANNEL_CLOSE = (20, 10), (20, 11), (20, 40)
_DECLARE, _DECLARE_OK, _BIND, _BIND_OK = (50, 10), (50, 11), (50, 20), (50, 21)
_QOS, _QOS_OK, _CONSUME, _CONSUME_OK, _CANCEL = (60, 10), (60, 11), (60, 20), (60, 21), (60, 30)
_PUBLISH, _DELIVER, _ACK = (60, 40), (60, 60), (60, 80)

_CHANNEL = 1
_DEFAULT_FRAME_BYTES = 131072
_READ_BYTES = 65536


@dataclass(frozen=True)
class Delivery:
    """A message.

    Attributes:
        tag: For the acknowledgement.
        body: Content.
        correlation_id: Of the request, or empty.
        reply_to: Queue the answer goes to, or empty.
    """

    tag: int
    body: bytes
    correlation_id: str
    reply_to: str


class Connection:
    """A connection to RabbitMQ.

    Everything but `close` raises AmqpError when the connection is gone; make another one then.
    """

    def __init__(
        self,
        address: str,
        port: int,
        username: str,
        password: str,
        *,
        virtual_host: str = "/",
        heartbeat_seconds: int = 60,
        timeout_seconds: float = 20,
    ) -> None:
        """Connects, logs in and opens the channel.

        Args:
            address: Of the broker.
            port: Of the broker.
            username: Of the broker's user.
            password: Of the broker's user.
            virtual_host: Of the broker.
            heartbeat_seconds: Wanted; the broker may ask for less. 0: none.
            timeout_seconds: For each answer of the broker.

        Raises:
            AmqpError: The broker is not there, or lets nobody in with these.
        """
        self._timeout = timeout_seconds
        self._buffer = bytearray()
        self._deliveries: deque[Delivery] = deque()
        self._incoming: tuple[int, int, str, str, bytearray] | None = None
        self._frame_bytes = _DEFAULT_FRAME_BYTES
        self._heartbeat = 0
        self._heard = self._sent = time.monotonic()
        try:
            self._socket = socket.create_connection((address, port), timeout=timeout_seconds)
        except OSError as error:
            raise AmqpError(f"no broker at {address}:{port}: {error}") from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._log_in(username, password, virtual_host, heartbeat_seconds)
        except BaseException:
            self._socket.close()
            raise

    def declare_queue(self, name: str, *, auto_delete: bool, durable: bool = False) -> None:
        """Makes a queue, or checks that it is as asked for."""
        bits = (durable << 1) | (auto_delete << 3)
        self._call(0x1, _DECLARE, struct.pack(">H", 0) + short_string(name) + bytes([bits]) + table({}), _DECLARE_OK)

    def bind_queue(self, queue: str, exchange: str, routing_key: str) -> None:
        """Has an exchange send a routing key's messages to a queue."""
        names = short_string(queue) + short_string(exchange) + short_string(routing_key)
        self._call(0x1, _BIND, struct.pack(">H", 0) + names + b"\0" + table({}), _BIND_OK)

    def consume(self, queue: str, *, prefetch: int) -> None:
        """Receives a queue's messages from now on, at most `prefetch` that are not acknowledged."""
        self._call(0x1, _QOS, struct.pack(">IHB", 0, prefetch, 0), _QOS_OK)
        self._call(0x1, _CONSUME, struct.pack(">H", 0) + short_string(queue) + b"\0" + b"\0" + table({}), _CONSUME_OK)

    def publish(self, exchange: str, routing_key: str, body: bytes, correlation_id: str = "") -> None:
        """Sends a message."""
        names = short_string(exchange) + short_string(routing_key)
        data = self._method(_CHANNEL, _PUBLISH, struct.pack(">H", 0) + names + b"\0")
        data += frame(HEADER, _CHANNEL, properties.encode(len(body), correlation_id))
        most = self._frame_bytes - FRAME_OVERHEAD_BYTES
        for start in range(0, len(body), most):
            data += frame(BODY, _CHANNEL, body[start : start + most])
        self._send(data)

    def acknowledge(self, tag: int) -> None:
        """Lets the broker forget a message."""
        self._send(self._method(_CHANNEL, _ACK, struct.pack(">QB", tag, 0)))

    def poll(self, seconds: float, wake: Any = None) -> list[Delivery]:
        """Waits for messages, and keeps the connection alive meanwhile.

        Args:
            seconds: How long at most.
            wake: Something with a file descriptor: as soon as it can be read, the waiting ends.

        Returns:
            What has arrived, maybe nothing.
        """
        if not self._deliveries:
            self._beat()
            sources = [self._socket] if wake is None else [self._socket, wake]
            wait = min(seconds, self._heartbeat / 4) if self._heartbeat else seconds
            ready, _, _ = select.select(sources, [], [], wait)
            if self._socket in ready:
                self._receive()
                while self._take_frame() is not None:
                    pass
            self._beat()
        arrived = list(self._deliveries)
        self._deliveries.clear()
        return arrived

    def close(self) -> None:
        """Ends the connection; never raises."""
        try:
            self._send(self._method(0, _CLOSE, struct.pack(">H", 200) + short_string("bye") + bytes(4)))
        except AmqpError:
            pass
        finally:
            self._socket.close()

    def _log_in(self, username: str, password: str, virtual_host: str, heartbeat_seconds: int) -> None:
        self._send(b"AMQP\0\0\x09\x01")
        self._expect(_START)
        capabilities = {
            "consumer_cancel_notify": True,
            "connection.blocked": True,
            "authentication_failure_close": True,
        }
        client = table({"product": "nai-ems", "capabilities": capabilities})
        secret = b"\0" + username.encode() + b"\0" + password.encode()
        login = client + short_string("PLAIN") + long_string(secret) + short_string("en_US")
        self._send(self._method(0, _START_OK, login))
        reader = self._expect(_TUNE)
        channels, frame_bytes, heartbeat = reader.take(">H"), reader.take(">I"), reader.take(">H")
        self._frame_bytes = min(frame_bytes or _DEFAULT_FRAME_BYTES, _DEFAULT_FRAME_BYTES)
        self._heartbeat = min(heartbeat_seconds, heartbeat) if heartbeat else heartbeat_seconds
        tuned = struct.pack(">HIH", min(channels or 1, 1), self._frame_bytes, self._heartbeat)
        self._send(self._method(0, _TUNE_OK, tuned))
        self._call(0x0, _OPEN, short_string(virtual_host) + b"\0\0", _OPEN_OK)
        self._call(0x1, _CHANNEL_OPEN, b"\0", _CHANNEL_OPEN_OK)

    def _call(self, channel: int, method: tuple[int, int], arguments: bytes, answer: tuple[int, int]) -> Reader:
        self._send(self._method(channel, method, arguments))
        return self._expect(answer)

    def _expect(self, method: tuple[int, int]) -> Reader:
        end = time.monotonic() + self._timeout
        while True:
            taken = self._take_frame()
            if taken is None:
                if time.monotonic() > end:
                    raise AmqpError(f"the broker did not answer within {self._timeout:g} s")
                self._receive()
            elif taken[0] == method:
                return taken[1]

    def _take_frame(self) -> tuple[tuple[int, int], Reader] | None:
        """Handles one received frame; returns it when it is a method, (0, 0) for the others, None without any."""
        found = split_frame(self._buffer)
        if found is None:
            return None
        kind, _, payload = found
        reader = Reader(payload)
        method = (0, 0)
        if kind == METHOD:
            method = (reader.take(">H"), reader.take(">H"))
            self._look_at(method, reader)
        elif kind == HEADER and self._incoming:
            size, correlation_id, reply_to = properties.decode(payload)
            self._incoming = (self._incoming[0], size, correlation_id, reply_to, bytearray())
            self._complete()
        elif kind == BODY and self._incoming:
            self._incoming[4].extend(payload)
            self._complete()
        return method, reader

    def _look_at(self, method: tuple[int, int], reader: Reader) -> None:
        if method in (_CLOSE, _CHANNEL_CLOSE):
            code, text = reader.take(">H"), reader.short_string()
            raise AmqpError(f"the broker closed the connection: {code} {text}")
        if method == _CANCEL:
            raise AmqpError("the broker deleted the queue")
        if method == _DELIVER:
            reader.short_string()
            self._incoming = (reader.take(">Q"), -1, "", "", bytearray())

    def _complete(self) -> None:
        if self._incoming is not None and len(self._incoming[4]) >= self._incoming[1] >= 0:
            tag, _, correlation_id, reply_to, body = self._incoming
            self._deliveries.append(Delivery(tag, bytes(body), correlation_id, reply_to))
            self._incoming = None

    def _beat(self) -> None:
        if not self._heartbeat:
            return
        now = time.monotonic()
        if now - self._heard > 2 * self._heartbeat:
            raise AmqpError(f"nothing heard of the broker for {now - self._heard:.0f} s")
        if now - self._sent > self._heartbeat / 2:
            self._send(frame(HEARTBEAT, 0, b""))

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_READ_BYTES)
        except OSError as error:
            raise AmqpError(f"the connection to the broker broke: {error}") from error
        if not data:
            raise AmqpError("the broker closed the connection without a word")
        self._heard = time.monotonic()
        self._buffer += data

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise AmqpError(f"the connection to the broker broke: {error}") from error
        self._sent = time.monotonic()

    @staticmethod
    def _method(channel: int, method: tuple[int, int], arguments: bytes) -> bytes:
        return frame(METHOD, channel, struct.pack(">HH", *method) + arguments)
