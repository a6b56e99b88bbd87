"""The connection to the host's Docker engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import docker
from docker.errors import APIError, DockerException, NotFound

if TYPE_CHECKING:
    from oslo_config import cfg

__all__ = ["APIError", "DockerException", "Engine", "EngineError", "NotFound", "reason"]


class EngineError(Exception):
    """The engine does not answer."""


def reason(error: Exception) -> str:
    """Returns what the engine said, without the address of the request around it."""
    explanation = getattr(error, "explanation", None)
    if isinstance(explanation, bytes):
        explanation = explanation.decode(errors="replace")
    return str(explanation or error)


class Engine:
    """The engine's API, connected when it is first used.

    The SDK keeps its connections open. Under eventlet its sockets are green like all others, so a request lets other
    requests of the same process run.
    """

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        """Remembers where the engine is; nothing is contacted."""
        self._section = conf.nai_docker
        self._lock = threading.Lock()
        # The SDK's type stubs leave most of its methods untyped.
        self._client: Any = None
        self._bulk_client: Any = None

    @property
    def client(self) -> Any:
        """The engine, for requests that are quick.

        Raises:
            EngineError: It does not answer.
        """
        with self._lock:
            if self._client is None:
                self._client = self._connect(self._section.engine_timeout_seconds)
            return self._client

    @property
    def bulk_client(self) -> Any:
        """The engine, for requests that move an image.

        Raises:
            EngineError: It does not answer.
        """
        with self._lock:
            if self._bulk_client is None:
                self._bulk_client = self._connect(self._section.load_timeout_seconds)
            return self._bulk_client

    def info(self) -> dict[str, Any]:
        """Returns the engine's description of itself and of the host."""
        return dict(self.client.info())

    def _connect(self, timeout_seconds: int) -> Any:
        socket = self._section.engine_socket
        try:
            return docker.APIClient(base_url=f"unix://{socket}", version="auto", timeout=timeout_seconds)
        except DockerException as error:
            raise EngineError(
                f"the Docker engine does not answer on {socket}: {error}; is docker.service active, and has this user "
                "the group docker?"
            ) from error
