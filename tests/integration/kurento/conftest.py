"""The stand-in on loopback, and a real WebSocket client that speaks to it as Kurento's own clients do."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from nai.kurento_stand_in.network import Network
from nai.kurento_stand_in.server import MediaServer
from nai.kurento_stand_in.settings import Settings


class KurentoError(Exception):
    """An error answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.error = error


@dataclass
class Client:
    """One connection.

    Attributes:
        socket: The WebSocket.
        session: Id of its session, once it has one.
        events: What was pushed, oldest first.
    """

    socket: ClientConnection
    session: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a request; returns its result. Events that come in the meantime are kept."""
        number = next(self._numbers)
        if self.session and "sessionId" not in parameters and method != "ping":
            parameters["sessionId"] = self.session
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        await self.socket.send(json.dumps(request))
        while True:
            message = await self.read()
            if message.get("id") == number:
                break
        if "error" in message:
            raise KurentoError(message["error"])
        result: dict[str, Any] = message["result"]
        self.session = result.get("sessionId", self.session)
        return result

    async def read(self) -> dict[str, Any]:
        """Reads one message; keeps it when it is an event."""
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), 5))
        assert message["jsonrpc"] == "2.0"
        if message.get("method") == "onEvent":
            self.events.append(message["params"]["value"])
        return message

    async def event(self, kind: str) -> dict[str, Any]:
        """Waits for an event of a kind; returns it."""
        while not (found := [item for item in self.events if item["type"] == kind]):
            await self.read()
        return found[0]

    async def create(self, kind: str, pipeline: str | None = None, **properties: Any) -> str:
        """Makes an object; returns its id."""
        parameters = {"mediaPipeline": pipeline} if pipeline else {}
        made = await self.call("create", type=kind, constructorParams={**parameters, **properties}, properties={})
        return str(made["value"])

    async def invoke(self, target: str, operation: str, **parameters: Any) -> Any:
        """Invokes an operation; returns its value."""
        done = await self.call("invoke", object=target, operation=operation, operationParams=parameters)
        return done.get("value")


@dataclass
class Lab:
    """A running stand-in.

    Attributes:
        url: Of its WebSocket.
        server: Behind it.
        open: Opens a connection.
        endpoint_file: What user data writes.
    """

    url: str
    server: MediaServer
    open: Callable[[], Awaitable[Client]]
    endpoint_file: Path


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """A stand-in whose sessions are collected after 0.3 s."""
    endpoint_file = tmp_path / "WebRtcEndpoint.conf.ini"
    settings = Settings(
        address="127.0.0.1",
        port=0,
        session_memory_mib=1,
        session_cpu_percent=0,
        collection_seconds=0.3,
        endpoint_file=endpoint_file,
    )
    network = Network(settings)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(network.running())
        url = f"ws://127.0.0.1:{port}/kurento"

        async def open_connection() -> Client:
            return Client(await stack.enter_async_context(connect(url)))

        yield Lab(url, network.server, open_connection, endpoint_file)
