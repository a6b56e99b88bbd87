"""A media server, as an application speaks to it: JSON-RPC 2.0 over WebSocket, Kurento's protocol."""

from __future__ import annotations

import itertools
import json
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from nai.installer.verification.errors import CheckFailedError

PORT = 8888
PING_INTERVAL_MS = 240_000
ANSWER_SECONDS = 15.0


class Kurento:
    """A connection to a media server."""

    def __init__(self, address: str) -> None:
        """Connects.

        Args:
            address: IP address of the media server.

        Raises:
            CheckFailedError: It does not answer.
        """
        self.url = f"ws://{address}:{PORT}/kurento"
        self._numbers = itertools.count(1)
        self._session: str | None = None
        try:
            self._connection: ClientConnection = connect(
                self.url, open_timeout=ANSWER_SECONDS, close_timeout=2, proxy=None
            )
        except (OSError, WebSocketException) as error:
            raise CheckFailedError(f"a media server at {self.url}", str(error) or type(error).__name__) from error

    def __enter__(self) -> Self:
        """Nothing further."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnects."""
        self.close()

    def close(self) -> None:
        """Disconnects."""
        self._connection.close()

    def ping(self) -> None:
        """Asks for a sign of life.

        Raises:
            CheckFailedError: The answer is not `pong`.
        """
        answer = self._call("ping", {"interval": PING_INTERVAL_MS})
        if answer.get("value") != "pong":
            raise CheckFailedError(f"pong of {self.url}", json.dumps(answer))

    def create(self, kind: str, **parameters: str) -> str:
        """Creates a media object; returns its id.

        Args:
            kind: Its type, for example `WebRtcEndpoint`.
            **parameters: What its constructor takes.
        """
        answer = self._call("create", {"type": kind, "constructorParams": parameters, "properties": {}})
        created = answer.get("value")
        if not isinstance(created, str) or f"kurento.{kind}" not in created:
            raise CheckFailedError(f"the id of a {kind} of {self.url}", json.dumps(answer))
        return created

    def release(self, media_object: str) -> None:
        """Releases a media object, and with a pipeline all that is in it."""
        self._call("release", {"object": media_object})

    def is_known(self, media_object: str) -> bool:
        """Whether the server still has a media object."""
        parameters = {"object": media_object, "operation": "getName", "operationParams": {}}
        return "error" not in self._exchange("invoke", parameters)

    def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = self._exchange(method, parameters)
        result = answer.get("result")
        if not isinstance(result, dict):
            expected = f"a result of {method} of {self.url}"
            raise CheckFailedError(expected, json.dumps(answer.get("error", answer))[:400])
        self._session = result.get("sessionId", self._session)
        return result

    def _exchange(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        if self._session:
            parameters = {**parameters, "sessionId": self._session}
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        try:
            self._connection.send(json.dumps(request))
            while True:
                answer: dict[str, Any] = json.loads(self._connection.recv(timeout=ANSWER_SECONDS))
                # Events of the server come in between; they have no id.
                if answer.get("id") == number:
                    return answer
        except (OSError, WebSocketException, ValueError) as error:
            expected = f"an answer of {self.url} to {method} within {ANSWER_SECONDS:g} s"
            raise CheckFailedError(expected, str(error) or type(error).__name__) from error
