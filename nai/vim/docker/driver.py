"""A Docker engine as a `VimDriver`: blocking SDK calls in threads, waiting on the event loop.

A floating IP is the container's own address, which the engine's host reaches; or, when an address of the host is asked
for, that one, with the image's ports published on it.
"""

from __future__ import annotations

from nai.catalogue import DeploymentFlavour, Network, NFVImage, Quota, Server, VimInstance
from nai.core.threads import in_thread
from nai.vim.docker import networks, records
from nai.vim.docker.engine import Engine, engine_of
from nai.vim.docker.servers import Servers
from nai.vim.errors import VimNotFoundError
from nai.vim.options import DriverOptions
from nai.vim.polling import poll
from nai.vim.requests import ServerRequest, VimInventory

UNLIMITED = 2**31 - 1
MIB = 2**20

CPU_SHARE = 16
"""vCPUs that one core of the host stands for: Nova's `cpu_allocation_ratio` of the original's days."""

SETTLE_SECONDS = 0.3
"""A command that ends by itself this soon was not a server."""


class DockerDriver:
    """See `VimDriver` for what the methods promise."""

    def __init__(self, instance: VimInstance, options: DriverOptions, engine: Engine | None = None) -> None:
        """Contacts nothing.

        Args:
            instance: Its `authUrl` is the engine's URL.
            options: Timeouts and the like.
            engine: The connection, for tests.
        """
        self._options = options
        self._engine = engine or engine_of(instance, options)
        self._servers = Servers(self._engine)

    async def refresh(self) -> VimInventory:
        """See `VimDriver`."""

        def read() -> VimInventory:
            return VimInventory(
                images=self._images(),
                flavours=list(records.flavours(self._engine).values()),
                networks=networks.networks(self._engine),
            )

        return await in_thread(read)

    async def quota(self) -> Quota:
        """See `VimDriver`: what the host has, less what the containers' flavours promise."""

        def read() -> Quota:
            host = self._engine.ask("host", lambda client: client.info())
            vcpus, ram = self._servers.used()
            return Quota(
                tenant=self._engine.name,
                instances=UNLIMITED,
                cores=max(int(host["NCPU"]) * CPU_SHARE - vcpus, 0),
                ram=max(int(host["MemTotal"]) // MIB - ram, 0),
                floating_ips=UNLIMITED,
                key_pairs=UNLIMITED,
            )

        return await in_thread(read)

    async def ensure_flavour(self, flavour: DeploymentFlavour) -> str:
        """See `VimDriver`."""

        def ensure() -> str:
            name = str(flavour.flavour_key)
            if name not in records.flavours(self._engine):
                if not flavour.vcpus or not flavour.ram:
                    records.flavour(self._engine, name)  # says what there is
                records.add_flavour(self._engine, flavour)
            return name

        return await in_thread(ensure)

    async def ensure_network(self, name: str) -> Network:
        """See `VimDriver`."""
        async with self._engine.locks.held("networks"):
            return await in_thread(networks.ensure_network, self._engine, name)

    async def ensure_key(self, name: str, public_key: str) -> None:
        """See `VimDriver`."""
        async with self._engine.locks.held(f"key {name}"):
            await in_thread(records.ensure_key, self._engine, name, public_key)

    async def create_server(self, request: ServerRequest) -> Server:
        """See `VimDriver`."""
        async with self._engine.locks.held(f"server {request.name}"):
            container = await in_thread(self._servers.find_or_create, request)
            fresh = container.status == "created"
            await in_thread(self._servers.start, container)
            if fresh:
                await self._options.clock.sleep(SETTLE_SECONDS)
            return await self._wait_for(request.name, "ACTIVE")

    async def find_server(self, name: str) -> Server | None:
        """See `VimDriver`."""

        def look() -> Server | None:
            found = self._servers.find(name)
            return None if found is None else self._servers.describe(found)

        return await in_thread(look)

    async def list_servers(self, prefix: str) -> list[Server]:
        """See `VimDriver`."""
        return await in_thread(lambda: [self._servers.describe(item) for item in self._servers.starting_with(prefix)])

    async def delete_server(self, name: str) -> None:
        """See `VimDriver`."""
        async with self._engine.locks.held(f"server {name}"):
            await in_thread(self._servers.delete, name)

            async def look() -> bool | None:
                return True if await in_thread(self._servers.find, name) is None else None

            await poll(
                f"VIM {self._engine.name}: server {name} is gone",
                look,
                clock=self._options.clock,
                timeout_seconds=self._options.server_timeout_seconds,
            )

    async def start_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power(name, on=True)

    async def stop_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power(name, on=False)

    async def close(self) -> None:
        """See `VimDriver`."""
        await in_thread(self._engine.close)

    async def _set_power(self, name: str, *, on: bool) -> None:
        async with self._engine.locks.held(f"server {name}"):
            container = await in_thread(self._servers.find, name)
            if container is None:
                raise VimNotFoundError(f"VIM {self._engine.name}: server {name} is not there")
            await in_thread(self._servers.start if on else self._servers.stop, container)
            await self._wait_for(name, "ACTIVE" if on else "SHUTOFF")

    async def _wait_for(self, name: str, status: str) -> Server:
        """Waits until a container has a status, and an address in every network when it is to be ACTIVE."""

        async def look() -> Server | None:
            container = await in_thread(self._servers.find, name)
            if container is None:
                raise VimNotFoundError(f"VIM {self._engine.name}: server {name} was deleted while it was waited for")
            if status == "ACTIVE" and container.status in ("exited", "dead"):
                raise await in_thread(self._servers.why_it_ended, container)
            server = await in_thread(self._servers.describe, container)
            return server if server.status == status else None

        return await poll(
            f"VIM {self._engine.name}: server {name} is {status}",
            look,
            clock=self._options.clock,
            timeout_seconds=self._options.server_timeout_seconds,
        )

    def _images(self) -> list[NFVImage]:
        found = self._engine.ask("images", lambda client: client.images.list())
        return [
            # As a descriptor names it: without the tag that is meant when none is named.
            NFVImage(
                ext_id=image.id,
                name=tag.removesuffix(":latest"),
                container_format="docker",
                disk_format="raw",
                is_public=True,
            )
            for image in found
            for tag in image.tags
        ]
