"""The monitor that knows whether an application without heartbeats still has sessions."""

import asyncio
import json
import logging
from typing import Any, Protocol

import websockets

from nai.vnfm.media_server.model import Application, MediaServer

LOG = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0


class SessionMonitor(Protocol):
    """Tells the number of sessions."""

    async def sessions(self, application: Application, server: MediaServer) -> int | None:
        """Returns the number of sessions, None when it cannot be told. Never raises."""
        ...


class KurentoSessions:
    """Asks the media server itself for its pipelines, by Kurento's protocol (contract 2.5).

    Pipelines do not tell which application made them: on a server with several applications those of the others count
    too. So this errs towards keeping an application, and the release timeout bounds how long.
    """

    def __init__(self, url: str = "ws://{ip}:8888/kurento") -> None:
        """Takes the address of a media server, with its `{ip}` left open."""
        self._url = url
        self._asking: dict[str, asyncio.Task[int | None]] = {}

    async def sessions(self, application: Application, server: MediaServer) -> int | None:
        """Returns the number of pipelines; applications of one server that ask at the same time share one question."""
        del application
        if server.ip is None:
            return None
        task = self._asking.get(server.ip)
        if task is None:
            task = self._asking[server.ip] = asyncio.create_task(self._pipelines(server.ip))
            task.add_done_callback(lambda _: self._asking.pop(server.ip or "", None))
        return await asyncio.shield(task)

    async def _pipelines(self, ip: str) -> int | None:
        host = f"[{ip}]" if ":" in ip else ip
        params = {"object": "manager_ServerManager", "operation": "getPipelines", "operationParams": {}}
        request = {"jsonrpc": "2.0", "id": 1, "method": "invoke", "params": params}
        try:
            async with asyncio.timeout(ANSWER_SECONDS), websockets.connect(self._url.format(ip=host)) as connection:
                await connection.send(json.dumps(request))
                return _count(await connection.recv())
        except (OSError, ValueError, websockets.WebSocketException) as error:
            LOG.info("media server %s does not tell its pipelines: %s", ip, error or type(error).__name__)
            return None


def _count(answer: str | bytes) -> int | None:
    """Reads the answer to getPipelines: `{"result": {"value": [id, …]}}`."""
    content: Any = json.loads(answer)
    result = content.get("result") if isinstance(content, dict) else None
    value = result.get("value") if isinstance(result, dict) else None
    return len(value) if isinstance(value, list) else None
