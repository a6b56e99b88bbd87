"""The session monitor against a WebSocket server that answers as Kurento does, or wrongly, or not at all."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from nai.vnfm.media_server.heartbeat.sessions import KurentoSessions
from nai.vnfm.media_server.model import Application, MediaServer
from tests.support.services import free_port

NOW = datetime(2016, 10, 1, tzinfo=UTC)
SERVER = MediaServer("server-1", "vnfr-1", "host-1", "127.0.0.1", 100)
APPLICATION = Application("app-1", "vnfr-1", "server-1", "127.0.0.1", 50, None, NOW, NOW, 0)


def _pipelines(*names: str) -> Callable[[dict[str, Any]], str]:
    return lambda request: json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {"value": list(names)}})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (_pipelines(), 0),
        (_pipelines("a_kurento.MediaPipeline", "b_kurento.MediaPipeline"), 2),
        (
            lambda _: json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": 40101, "message": "no such object"}}),
            None,
        ),
        (lambda _: "no JSON", None),
        (lambda _: "[]", None),
    ],
)
async def test_pipelines_are_counted(answer: Callable[[dict[str, Any]], str], expected: int | None) -> None:
    asked: list[dict[str, Any]] = []

    async def media_server(connection: ServerConnection) -> None:
        asked.append(json.loads(await connection.recv()))
        await connection.send(answer(asked[-1]))
        await connection.wait_closed()

    port = free_port()
    async with serve(media_server, "127.0.0.1", port):
        monitor = KurentoSessions(f"ws://{{ip}}:{port}/kurento")
        both = await asyncio.gather(*(monitor.sessions(APPLICATION, SERVER) for _ in range(2)))
    assert both == [expected, expected]
    assert len(asked) == 1, "who asks at the same time shares the answer"
    assert asked[0]["method"] == "invoke"
    assert asked[0]["params"]["object"] == "manager_ServerManager"


async def test_a_server_that_is_away_or_has_no_address_tells_nothing() -> None:
    monitor = KurentoSessions(f"ws://{{ip}}:{free_port()}/kurento")
    assert await monitor.sessions(APPLICATION, SERVER) is None
    assert await monitor.sessions(APPLICATION, MediaServer("server-2", "vnfr-1", "host-2", None, 100)) is None


async def test_a_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nai.vnfm.media_server.heartbeat.sessions.ANSWER_SECONDS", 0.2)

    async def media_server(connection: ServerConnection) -> None:
        await connection.wait_closed()

    port = free_port()
    async with serve(media_server, "127.0.0.1", port):
        assert await KurentoSessions(f"ws://{{ip}}:{port}/kurento").sessions(APPLICATION, SERVER) is None
