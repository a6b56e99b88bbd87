"""One connection to an engine for each VIM instance, and its errors in the driver's words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.tls import TLSConfig

from nai.catalogue import VimInstance
from nai.vim.errors import VimError, VimNotFoundError, VimQuotaError, VimUnreachableError
from nai.vim.kept import Kept, NamedLocks
from nai.vim.options import DriverOptions

LOCAL_ENGINE = "unix:///var/run/docker.sock"
_ROOM_SIGNS = ("no space left", "cannot allocate memory", "no available ipv4", "fully subnetted")

Result = TypeVar("Result")


class Engine:
    """A Docker engine; blocking, and safe to use from several threads.

    Attributes:
        name: Name of the VIM instance, for errors and labels.
        locks: Who makes what right now.
    """

    def __init__(self, instance: VimInstance, options: DriverOptions, client: Any = None) -> None:
        """Contacts nothing.

        Args:
            instance: Its `authUrl` is the engine's URL, `unix://…` or `tcp://…`; without one it is the local engine.
            options: Certificates and timeouts.
            client: The SDK's client, for tests.
        """
        self.name = str(instance.name)
        self._url = instance.auth_url or LOCAL_ENGINE
        self._options = options
        self._client = client
        self._lock = threading.Lock()
        self.locks = NamedLocks()

    def ask(self, what: str, question: Callable[[Any], Result]) -> Result:
        """Runs SDK calls, with its errors translated.

        Args:
            what: What is asked for, for the error.
            question: Takes the SDK's client.

        Raises:
            VimError: The engine refused, or does not answer.
        """
        try:
            return question(self._connected())
        except (DockerException, requests.RequestException) as error:
            raise self._translate(what, error) from error

    def close(self) -> None:
        """Closes what is open."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                tls: TLSConfig | bool = False
                if self._options.ca_file is not None and not self._url.startswith("unix:"):
                    tls = TLSConfig(ca_cert=str(self._options.ca_file), verify=True)
                self._client = docker.DockerClient(
                    base_url=self._url, version="auto", timeout=int(self._options.request_timeout_seconds), tls=tls
                )
            return self._client

    def _translate(self, what: str, error: Exception) -> VimError:
        text = " ".join(str(getattr(error, "explanation", None) or error).split())
        what = f"VIM {self.name}: {what}"
        if isinstance(error, (NotFound, ImageNotFound)):
            return VimNotFoundError(f"{what}: {text}")
        if any(sign in text.lower() for sign in _ROOM_SIGNS):
            return VimQuotaError(f"{what}: {text}")
        if isinstance(error, APIError):
            return VimError(f"{what}: {text}")
        return VimUnreachableError(f"{what}: the Docker engine does not answer on {self._url}: {text}")


_engines: Kept[Engine] = Kept()


def engine_of(instance: VimInstance, options: DriverOptions) -> Engine:
    """Returns the kept connection of a VIM instance, or a new one when its address or the options have changed."""
    parts = (instance.name, instance.auth_url, options.ca_file, options.request_timeout_seconds)
    return _engines.get(parts, lambda: Engine(instance, options))
