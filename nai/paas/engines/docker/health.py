"""Whether containers answer: a TCP connection to the port that they are to listen on."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nai.core.clock import Clock
    from nai.paas.engines.docker.containers import Container

CONNECT_SECONDS = 1.0
HANDSHAKE_SECONDS = 2.0


class Prober(Protocol):
    """What knocks on containers' doors."""

    async def answers(self, address: str, port: int) -> bool:
        """Whether somebody takes a connection."""
        ...

    async def speaks_tls(self, address: str, port: int, host: str) -> bool:
        """Whether somebody who takes a connection wants TLS."""
        ...


class TcpProber:
    """The real one."""

    async def answers(self, address: str, port: int) -> bool:
        """See Prober."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(address, port)
        except OSError:
            return False
        writer.close()
        return True

    async def speaks_tls(self, address: str, port: int, host: str) -> bool:
        """See Prober. Whose certificate it is does not matter: nobody else is in the container's network."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
        except (OSError, EOFError):
            # Errors of TLS and of time are such too.
            return False
        writer.close()
        return True


@dataclass(frozen=True)
class Ready:
    """A container that has answered where it is now.

    Attributes:
        tls: Whether it wants TLS itself.
    """

    tls: bool


class Health:
    """What is known of containers' health.

    One that has answered once stays ready for its route as long as it runs there: the balancer's own checks see it
    pause sooner than anybody here.
    """

    def __init__(self, prober: Prober, clock: Clock, settle_seconds: float) -> None:
        """Know nothing.

        Args:
            prober: Knocks.
            clock: Tells how long a container without a port has been up.
            settle_seconds: How long it has to be.
        """
        self._prober = prober
        self._clock = clock
        self._settle = settle_seconds
        self._ready: dict[tuple[str, str | None], Ready] = {}
        self._since: dict[str, float] = {}

    async def answering(self, containers: Iterable[Container]) -> set[str]:
        """The ids of those that answer right now."""
        asked = list(containers)
        answers = await asyncio.gather(*(self._answers(container) for container in asked))
        return {container.id for container, answer in zip(asked, answers, strict=True) if answer}

    async def ready(self, container: Container) -> Ready | None:
        """Whether one may get requests, and how; None: not yet."""
        if container.state != "running" or container.address is None or container.port is None:
            return None
        known = self._ready.get((container.id, container.address))
        if known is None and await self._prober.answers(container.address, container.port):
            tls = await self._prober.speaks_tls(container.address, container.port, container.host or container.name)
            known = self._ready[container.id, container.address] = Ready(tls)
        return known

    def forget_all_but(self, containers: Iterable[Container]) -> None:
        """Forget those that are gone."""
        there = {(container.id, container.address) for container in containers}
        ids = {each for each, _ in there}
        self._ready = {key: value for key, value in self._ready.items() if key in there}
        self._since = {key: value for key, value in self._since.items() if key in ids}

    async def _answers(self, container: Container) -> bool:
        if container.state != "running":
            self._since.pop(container.id, None)
            return False
        if container.port is None:
            up = self._clock.monotonic() - self._since.setdefault(container.id, self._clock.monotonic())
            return up >= self._settle
        return container.address is not None and await self._prober.answers(container.address, container.port)
