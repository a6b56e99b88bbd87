"""Connections: WebSockets at the server's path, and one task that collects what nobody holds any more."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

from websockets.exceptions import ConnectionClosed

from .load import Burner
from .server import MediaServer
from .settings import Settings

COLLECTION_PERIOD_SECONDS = 5
LARGEST_MESSAGE_BYTES = 2**20
WRONG_PATH = 1008
"""Policy violation (RFC 6455, section 7.4.1)."""


class Network:
    """The server on the network."""

    def __init__(self, settings: Settings) -> None:
        """Opens nothing."""
        self._settings = settings
        self.server = MediaServer(settings, address=own_address())

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Listens; gives the port, which matters when the settings say 0."""
        burner = Burner(self.server.load)
        burner.start()
        collector = asyncio.create_task(self._collect())
        address, port = self._settings.address, self._settings.port
        try:
            async with _serve()(self._connection, address, port, max_size=LARGEST_MESSAGE_BYTES) as listening:
                yield int(next(iter(listening.sockets)).getsockname()[1])
        finally:
            collector.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await collector
            await asyncio.to_thread(burner.stop)

    async def _connection(self, connection: Any) -> None:
        """Serves one WebSocket until it is closed."""
        if _path(connection).rstrip("/") != self._settings.path.rstrip("/"):
            await connection.close(WRONG_PATH, f"the server is at {self._settings.path}")
            return
        outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        # One object for the life of the connection: sessions are told apart by it.
        send = outbox.put_nowait
        writer = asyncio.create_task(_write(connection, outbox))
        try:
            async for text in connection:
                self.server.handle(text, send)
        except ConnectionClosed:
            pass
        finally:
            writer.cancel()
            self.server.connection_lost(send)

    async def _collect(self) -> None:
        period = min(COLLECTION_PERIOD_SECONDS, max(self._settings.collection_seconds / 4, 0.05))
        while True:
            await asyncio.sleep(period)
            self.server.collect()


def _serve() -> Any:
    """What opens a server: in its place since websockets 13, or where Debian 12 has it."""
    try:
        return import_module("websockets.asyncio.server").serve
    except ImportError:
        return import_module("websockets.server").serve


async def _write(connection: Any, outbox: asyncio.Queue[dict[str, Any]]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.send(json.dumps(await outbox.get()))


def _path(connection: Any) -> str:
    """The path that the client asked for, without a query."""
    request = getattr(connection, "request", None)
    path = request.path if request is not None else connection.path
    return str(path).partition("?")[0]


def own_address() -> str:
    """The address that this host has towards others; loopback where it has none."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only picks the way
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
