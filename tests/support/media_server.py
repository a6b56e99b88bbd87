"""The media-server VNFM as a process, and callers that load it."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.migrations import upgrade
from nai.vnfm.media_server.command import PACKAGES
from nai.vnfm.media_server.plane import Plane
from tests.support.services import Daemon

NOWHERE = "amqp://guest:guest@127.0.0.1:1/"
"""No broker: applications are placed without one."""


class MediaServerVnfm(Daemon):
    """`nai vnfm-media-server serve` on a port of its own.

    Attributes:
        database_url: Its database.
    """

    def __init__(
        self,
        directory: Path,
        database_url: str | None = None,
        *,
        prefix: Sequence[str] = (),
        broker_url: str = NOWHERE,
        **settings: Any,
    ) -> None:
        """Writes its settings.

        Args:
            directory: Where everything of it lies.
            database_url: Its database; a file of SQLite by default.
            prefix: What its command is run with, as `taskset -c 0`.
            broker_url: Its RabbitMQ.
            settings: Further settings.
        """
        super().__init__(directory)
        self.database_url = database_url or f"sqlite+aiosqlite:///{directory}/media_server.db"
        self._prefix = list(prefix)
        self._settings = directory / "settings.yml"
        content = {
            "listen_port": self.port,
            "database_url": self.database_url,
            "broker_url": broker_url,
            "log_level": "WARNING",
            "sessions": {"monitor": "none"},
        }
        self._settings.write_text(yaml.safe_dump(content | settings))

    def command(self) -> list[str]:
        """Program and arguments."""
        nai = Path(sys.executable).with_name("nai")
        return [*self._prefix, str(nai), "vnfm-media-server", "serve", "--config", str(self._settings)]

    def answers(self) -> bool:
        """Whether its state is read back."""
        try:
            self.get("/vnfr")
        except urllib.error.HTTPError:
            return False
        return True

    @property
    def process_id(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    def get(self, path: str) -> Any:
        """Returns the document at a path."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.loads(answer.read())

    def prepare(self, vnfr_id: str, servers: Sequence[tuple[str, str, int]]) -> None:
        """Makes the tables and a VNFR with media servers (host name, address, capacity); it must not run meanwhile."""

        async def make() -> None:
            for package in PACKAGES:
                await upgrade(self.database_url, package)
            database = Database(self.database_url)
            plane = Plane(database, SystemClock())
            await plane.open()
            await plane.manage(vnfr_id, "nsr", "START")
            await plane.add_servers(vnfr_id, servers)
            await plane.close()
            await database.dispose()

        asyncio.run(make())


class Caller:
    """One connection that is kept open: HTTP/1.1, nothing more than the bench and the storm need."""

    def __init__(self, port: int) -> None:
        """Takes the port of the service on this machine."""
        self._port = port
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Caller:
        """Connects."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes."""
        self._writer.close()

    async def request(self, method: str, path: str, document: Any = None) -> tuple[int, bytes]:
        """Sends a request and returns status and body.

        Raises:
            OSError: The connection broke.
            asyncio.IncompleteReadError: It broke in the middle of the answer.
        """
        body = b"" if document is None else json.dumps(document).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: emm\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(answer[9:12]), await self._reader.readexactly(length)


async def callers(port: int, number: int, work: Callable[[Caller, int], Any]) -> None:
    """Runs work with so many connections at once."""

    async def one(index: int) -> None:
        async with Caller(port) as caller:
            await work(caller, index)

    await asyncio.gather(*(one(index) for index in range(number)))
