"""Answers of a real Docker engine, recorded once and played back without one.

The tape sits below the Docker SDK, in place of its connection to the engine's socket: everything above is the real
thing. A request is found by method, path and query; the same request again gets the next answer that was recorded for
it, and the last one for ever. A request that was never recorded fails the test.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import requests
from docker.transport import UnixHTTPAdapter
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

API_VERSION = "1.41"


@dataclass
class Exchange:
    """One request and its answer."""

    request: str
    status: int
    headers: dict[str, str]
    body: bytes

    def as_dict(self) -> dict[str, Any]:
        """For the file: text where the body is text."""
        try:
            body = {"text": self.body.decode()}
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        return {"request": self.request, "status": self.status, "headers": self.headers, **body}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Exchange:
        """From the file."""
        body = values["text"].encode() if "text" in values else base64.b64decode(values["base64"])
        return cls(values["request"], values["status"], values["headers"], body)


@dataclass
class Sent:
    """One request that was made while playing."""

    request: str
    body: bytes

    @property
    def json(self) -> Any:
        """The body, when it is JSON."""
        return json.loads(self.body)


@dataclass
class Player(BaseAdapter):
    """Answers from a tape."""

    exchanges: list[Exchange]
    sent: list[Sent] = field(default_factory=list)
    """All requests so far."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Finds the answer of a request; reads the request's body to its end, as an engine would."""
        key = key_of(request)
        self.sent.append(Sent(key, _read(request.body)))
        matching = [exchange for exchange in self.exchanges if exchange.request == key]
        if not matching:
            raise AssertionError(f"the tape has no answer to {key}")
        if len(matching) > 1:
            self.exchanges.remove(matching[0])
        return _response(request, matching[0])

    def close(self) -> None:
        """Nothing is open."""

    def requests_of(self, method: str, part: str) -> list[Sent]:
        """Requests made so far with a method, and a text in their address."""
        return [one for one in self.sent if one.request.startswith(f"{method} ") and part in one.request]


class Recorder(BaseAdapter):
    """Passes requests on to the real engine and keeps the answers."""

    def __init__(self, socket: str) -> None:
        """Connects to an engine."""
        super().__init__()
        self._real = UnixHTTPAdapter(socket)
        self.exchanges: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Asks the engine."""
        answer = self._real.send(request, **{**options, "stream": False})
        kept = {
            name: answer.headers[name]
            for name in ("Content-Type", "X-Docker-Container-Path-Stat")
            if name in answer.headers
        }
        exchange = Exchange(key_of(request), answer.status_code, kept, answer.content)
        self.exchanges.append(exchange)
        return _response(request, exchange)

    def close(self) -> None:
        """Closes the connection."""
        self._real.close()


def client(adapter: BaseAdapter) -> Any:
    """Returns a client of the Docker SDK that talks through an adapter."""
    connected = docker.APIClient(base_url="unix:///nowhere", version=API_VERSION)
    connected.mount("http+docker://", adapter)
    return connected


def load(path: Path) -> Player:
    """Returns a tape from a file."""
    return Player([Exchange.of(values) for values in json.loads(path.read_text())])


def save(recorder: Recorder, path: Path, replacements: Mapping[str, str]) -> None:
    """Writes a tape.

    Args:
        recorder: What was recorded.
        path: The file.
        replacements: Texts that differ at each recording, and what stands for them.
    """
    text = json.dumps([exchange.as_dict() for exchange in recorder.exchanges], indent=1)
    for old, new in replacements.items():
        text = text.replace(old, new)
    path.write_text(text + "\n")


def key_of(request: requests.PreparedRequest) -> str:
    """Returns method, path and query, without the API's version."""
    path = (request.path_url or "").replace(f"/v{API_VERSION}", "", 1)
    return f"{request.method} {path}"


def _read(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)


class _Body(io.BytesIO):
    """What the SDK expects below an answer that comes piece by piece."""

    chunked = True

    @property
    def chunk_left(self) -> int:
        """All of the rest is one piece."""
        return len(self.getvalue()) - self.tell()


def _response(request: requests.PreparedRequest, exchange: Exchange) -> requests.Response:
    raw = HTTPResponse(
        body=_Body(exchange.body), headers=exchange.headers, status=exchange.status, preload_content=False
    )
    return HTTPAdapter().build_response(request, raw)
