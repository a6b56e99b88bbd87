"""One connection to the Docker engine, and its errors in the engine's words. Blocking."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import docker
import requests
import urllib3
from docker.errors import APIError, DockerException
from docker.types import CancellableStream

from nai.core.errors import NotFoundError
from nai.paas.engines.errors import EngineError, EngineRefusedError, EngineUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

Result = TypeVar("Result")

UNAVAILABLE = 503


class Docker:
    """The low-level client of the SDK, opened when it is first needed; safe to use from several threads."""

    def __init__(self, url: str, request_seconds: float) -> None:
        """Contact nothing.

        Args:
            url: Where the engine listens.
            request_seconds: Longest wait for an answer.
        """
        self.url = url
        self._seconds = request_seconds
        self._client: docker.APIClient | None = None
        self._lock = threading.Lock()

    def ask(self, what: str, question: Callable[[Any], Result]) -> Result:
        """Put a question.

        Args:
            what: What is asked for, for the error.
            question: Takes the SDK's client.

        Raises:
            NotFoundError: The engine has no such thing.
            EngineRefusedError: It says no.
            EngineUnreachableError: It does not answer.
        """
        try:
            return question(self._connected())
        except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self.translated(what, error) from error

    def build(self, context: IO[bytes], parameters: dict[str, Any]) -> BuildStream:
        """Begin a build, as the SDK's `build` does, which gives no way to end one.

        Args:
            context: A tar.
            parameters: Of the engine's API, `POST /build`.
        """

        def begin(client: docker.APIClient) -> BuildStream:
            response = client.post(
                f"{client.base_url}/v{client.api_version}/build",
                params={
                    key: json.dumps(value) if isinstance(value, dict) else value for key, value in parameters.items()
                },
                data=context,
                headers={"Content-Type": "application/x-tar"},
                stream=True,
                # The silence of a long step is no error; whoever asks has a deadline of their own, and `close`.
                timeout=(self._seconds, None),
            )
            if response.status_code >= requests.codes.bad_request:
                raise APIError("refused", response=response, explanation=_explanation(response))
            return BuildStream(response)

        return self.ask("the build", begin)

    def close(self) -> None:
        """Close what is open; it is opened again when it is needed."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def translated(self, what: str, error: Exception) -> Exception:
        """An error of the SDK in our words."""
        text = " ".join(str(getattr(error, "explanation", None) or error).split())
        if isinstance(error, APIError):
            status = error.status_code
            if status == requests.codes.not_found:
                return NotFoundError(f"{what}: {text}")
            if status == UNAVAILABLE:
                return EngineUnreachableError(f"{what}: the Docker engine at {self.url} is not ready: {text}")
            return EngineRefusedError(f"{what}: {text}")
        return EngineUnreachableError(f"{what}: the Docker engine does not answer at {self.url}: {text}")

    def _connected(self) -> docker.APIClient:
        with self._lock:
            if self._client is None:
                self._client = docker.APIClient(base_url=self.url, version="auto", timeout=int(self._seconds) or 1)
            return self._client


class BuildStream:
    """What a build says, message by message; closing it, from any thread, makes the engine end the build."""

    def __init__(self, response: requests.Response) -> None:
        """Take over an answer."""
        self._closed = False
        self._response = response
        self._stream = CancellableStream(response.iter_lines(), response)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The messages, until the build is over or the stream is closed.

        Raises:
            EngineUnreachableError: The connection broke.
        """
        try:
            for line in self._stream:
                if line:
                    yield json.loads(line)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            # AttributeError: http.client's, whose file another thread has just closed.
            if not self._closed:
                message = f"The connection to the Docker engine broke: {error}"
                raise EngineUnreachableError(message) from error

    def close(self) -> None:
        """End the build."""
        self._closed = True
        with suppress(OSError, AttributeError):
            # Or else it is over already.
            self._stream.close()
        self._response.close()


def raise_told(what: str, messages: Iterator[dict[str, Any]]) -> None:
    """Read what the engine tells while it pulls or pushes.

    Raises:
        EngineError: It tells of an error.
    """
    for message in messages:
        if "error" in message:
            raise EngineError(f"{what}: {message['error']}")


def _explanation(response: requests.Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:1000]
