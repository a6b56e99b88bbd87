"""Publishing: HAProxy's file follows what runs, is checked before it counts, and taken over without a break."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from typing import TYPE_CHECKING

from nai.core.threads import in_thread
from nai.paas.engines.docker.commands import SECONDS, run
from nai.paas.engines.docker.records import write_private
from nai.paas.engines.docker.routes import Server, render
from nai.paas.engines.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from nai.paas.engines.docker.containers import Containers
    from nai.paas.engines.docker.health import Health
    from nai.paas.engines.docker.settings import RouterSettings

log = logging.getLogger(__name__)

READABLE = 0o644


class Router:
    """One HAProxy."""

    def __init__(self, settings: RouterSettings, containers: Containers, health: Health, state: Path) -> None:
        """Change nothing.

        Args:
            settings: Of the router.
            containers: What runs.
            health: What answers.
            state: The engine's directory, where it is noted what HAProxy has taken over.
        """
        self._settings = settings
        self._containers = containers
        self._health = health
        self._noted = state / "routes.loaded"
        self._lock = asyncio.Lock()
        self._published: dict[str, set[str]] = {}
        self._leaving: set[str] = set()
        self.error = ""

    def published(self, host: str) -> set[str]:
        """Ids of the containers that a host name leads to."""
        return self._published.get(host, set())

    async def follow(self, leaving: Collection[str] = ()) -> None:
        """Make the routes lead to what runs and answers.

        Args:
            leaving: Ids of containers that get no requests any more, from now on.

        Raises:
            EngineError: HAProxy does not take it; what it had before goes on.
        """
        # Who waits here meanwhile finds done what was done for all.
        async with self._lock:
            self._leaving |= set(leaving)
            every = await in_thread(self._containers.all)
            self._leaving &= {each.id for each in every}
            there = [each for each in every if each.host and each.id not in self._leaving]
            ready = await asyncio.gather(*(self._health.ready(each) for each in there))
            routes: dict[str, list[Server]] = {}
            published: dict[str, set[str]] = {}
            for each, answer in zip(there, ready, strict=True):
                servers = routes.setdefault(str(each.host), [])
                if answer is not None and each.address is not None and each.port is not None:
                    servers.append(Server(each.name, each.address, each.port, answer.tls))
                    published.setdefault(str(each.host), set()).add(each.id)
            try:
                await self._load(render(routes, self._settings))
            except EngineError as error:
                if str(error) != self.error:
                    log.warning("%s", error)
                self.error = str(error)
                raise
            self.error = ""
            self._published = published

    async def _load(self, text: str) -> None:
        digest = hashlib.sha256(text.encode()).hexdigest()
        file = self._settings.file
        if await in_thread(_read, file) != text:
            # Not ending in .cfg: HAProxy may be told to read all such files here.
            new = file.with_name(f".{file.name}.new")
            await in_thread(_write, new, text)
            await run("The routes are not right", [part.replace("{file}", str(new)) for part in self._settings.check])
            await in_thread(os.replace, new, file)
        elif await in_thread(_read, self._noted) == digest:
            return
        await self._reload()
        await in_thread(write_private, self._noted, digest.encode())

    async def _reload(self) -> None:
        what = "The routes are not taken over"
        if self._settings.reload:
            await run(what, self._settings.reload)
            return
        socket = self._settings.master_socket
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_unix_connection(str(socket))
                writer.write(b"reload\n")
                await writer.drain()
                said = (await reader.read()).decode(errors="replace")
                writer.close()
        except OSError as error:
            raise EngineError(f"{what}: HAProxy does not answer at {socket}: {error}") from error
        # Since 2.7 it says how it went.
        if "Success=0" in said:
            raise EngineError(f"{what}: {' '.join(said.split())[-500:]}")


def _read(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        file.chmod(READABLE)
    except OSError as error:
        raise EngineError(f"{file} cannot be written: {error.strerror}") from error
