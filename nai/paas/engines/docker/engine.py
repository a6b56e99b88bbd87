"""The engine of one Docker host: see `Engine` for what the methods promise."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nai.core.clock import SystemClock
from nai.core.threads import in_thread
from nai.paas.engines.docker import names
from nai.paas.engines.docker.api import Docker
from nai.paas.engines.docker.builder import Builder
from nai.paas.engines.docker.containers import Containers
from nai.paas.engines.docker.deployments import Deployments
from nai.paas.engines.docker.health import Health, Prober, TcpProber
from nai.paas.engines.docker.images import Images
from nai.paas.engines.docker.keys import Keys
from nai.paas.engines.docker.networks import Networks
from nai.paas.engines.docker.records import Deployment
from nai.paas.engines.docker.router import Router
from nai.paas.engines.errors import EngineError, EngineRefusedError

if TYPE_CHECKING:
    import httpx
    from pydantic import SecretStr

    from nai.core.clock import Clock
    from nai.paas.engines.docker.settings import DockerSettings
    from nai.paas.engines.protocol import BuildRequest, BuildState, DeploymentState, DeployRequest

log = logging.getLogger(__name__)


class DockerEngine:
    """Builds, runs and publishes on one Docker host.

    It works in the background from when it is made within an event loop, or else from its first call on.
    """

    def __init__(
        self,
        settings: DockerSettings,
        *,
        clock: Clock | None = None,
        prober: Prober | None = None,
        registry: httpx.BaseTransport | None = None,
    ) -> None:
        """Contact nothing.

        Args:
            settings: What it is told.
            clock: Tells the time.
            prober: Knocks on containers' doors, for tests.
            registry: The way to the registry, for tests.
        """
        self._settings = settings
        self._clock = clock or SystemClock()
        self._docker = Docker(settings.url, settings.request_seconds)
        self._keys = Keys(settings.state_directory / "secrets")
        self._containers = Containers(self._docker, settings)
        self._images = Images(self._docker, settings, registry)
        networks = Networks(self._docker, settings)
        health = Health(prober or TcpProber(), self._clock, settings.containers.settle_seconds)
        router = None
        if settings.router is not None:
            router = Router(settings.router, self._containers, health, settings.state_directory)
        self._builder = Builder(self._docker, settings, self._images, networks, self._keys, self._clock)
        self._deployments = Deployments(
            settings, self._containers, self._images, networks, self._builder, health, router, self._clock
        )
        self._background: asyncio.Task[None] | None = None
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            self._work()

    async def build(self, request: BuildRequest) -> None:
        """See `Engine`."""
        self._work()
        names.checked_name(request.name)
        await self.check()
        await self._builder.build(request)

    async def build_state(self, name: str) -> BuildState:
        """See `Engine`."""
        self._work()
        return await self._builder.state(names.checked_name(name))

    async def build_log(self, name: str) -> str:
        """See `Engine`."""
        return await self._builder.said(names.checked_name(name))

    async def deploy(self, request: DeployRequest) -> None:
        """See `Engine`."""
        self._work()
        self._check_request(request)
        await self.check()
        image_id = None
        if request.image is None:
            image_id = await self._builder.image_of(request.name)
            if image_id is None:
                raise EngineRefusedError(f"Nothing has been built under the name {request.name}")
        await self._deployments.deploy(Deployment.of(request, image_id))

    async def state(self, name: str) -> DeploymentState:
        """See `Engine`."""
        self._work()
        return await self._deployments.state(names.checked_name(name))

    async def log(self, name: str, pod: str) -> str:
        """See `Engine`."""
        return await self._deployments.log(names.checked_name(name), pod)

    async def scale(self, name: str, replicas: int) -> None:
        """See `Engine`."""
        self._work()
        if replicas < 0:
            message = "There are no fewer containers than none"
            raise EngineRefusedError(message)
        await self.check()
        await self._deployments.scale(names.checked_name(name), replicas)

    async def restart(self, name: str) -> None:
        """See `Engine`."""
        self._work()
        await self.check()
        await self._deployments.restart(names.checked_name(name))

    async def delete(self, name: str) -> None:
        """See `Engine`."""
        self._work()
        names.checked_name(name)
        await self.check()
        await self._builder.delete(name)
        await self._deployments.delete(name)

    async def put_secret(self, name: str, private_key: SecretStr) -> None:
        """See `Engine`."""
        await in_thread(self._keys.put, name, private_key)

    async def delete_secret(self, name: str) -> None:
        """See `Engine`."""
        await in_thread(self._keys.remove, name)

    async def names(self) -> set[str]:
        """See `Engine`."""
        running = {each.deployment for each in await in_thread(self._containers.all)}
        images = await in_thread(self._images.names)
        return running | images | await self._builder.names() | await self._deployments.names()

    def service_host(self, name: str) -> str:
        """See `Engine`."""
        return names.service_host(name)

    async def check(self) -> None:
        """See `Engine`."""
        await in_thread(self._docker.ask, "ping", _ping)

    async def close(self) -> None:
        """See `Engine`."""
        if self._background is not None:
            self._background.cancel()
            with suppress(asyncio.CancelledError):
                await self._background
        await self._deployments.close()
        await self._builder.close()
        await in_thread(self._docker.close)

    def _work(self) -> None:
        """Begin to work in the background."""
        if self._background is None:
            self._background = asyncio.create_task(self._watch(), name="docker engine")

    async def _watch(self) -> None:
        taken_up = False
        while True:
            try:
                if not taken_up:
                    await self._builder.take_up()
                    taken_up = True
                await self._deployments.watch()
            except (EngineError, OSError) as error:
                log.warning("the Docker engine is not looked after: %s", error)
            except Exception:
                log.exception("the Docker engine is not looked after")
            await self._clock.sleep(self._settings.watch_seconds)

    def _check_request(self, request: DeployRequest) -> None:
        names.checked_name(request.name)
        names.checked_name(request.application)
        if request.replicas < 0:
            message = "There are no fewer containers than none"
            raise EngineRefusedError(message)
        for name, value in request.environment.items():
            if not name or "=" in name or "\0" in name + value:
                raise EngineRefusedError(f"{name!r} is no name of a variable, or its value cannot be one")
        for port in request.ports:
            if port.protocol.upper() not in ("TCP", "UDP"):
                raise EngineRefusedError(f"{port.protocol!r} is no protocol of a port: TCP or UDP")
            if request.name != request.application and port.port != port.target_port:
                raise EngineRefusedError(
                    f"{request.name}: a Docker host has services reached at the port they listen on: make port and"
                    f" targetPort the same, {port.target_port}"
                )
        if request.host_name is not None:
            names.checked_host(request.host_name)
            if self._settings.router is None:
                message = "Nothing is published here: the engine has no router"
                raise EngineRefusedError(message)
            if all(port.protocol.upper() != "TCP" for port in request.ports):
                message = "What is published has to listen on a TCP port"
                raise EngineRefusedError(message)


def _ping(client: Any) -> None:
    client.ping()
