"""A project of an OpenStack as a `VimDriver`: blocking SDK calls in threads, waiting on the event loop."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from nai.catalogue import DeploymentFlavour, Network, Quota, Server, VimInstance
from nai.core.threads import in_thread
from nai.vim.errors import VimError, VimNotFoundError
from nai.vim.openstack import inventory, networks
from nai.vim.openstack.connection import Cloud, cloud_of
from nai.vim.openstack.servers import Servers
from nai.vim.options import DriverOptions
from nai.vim.polling import poll
from nai.vim.requests import ServerRequest, VimInventory

INSIST_SECONDS = 120.0

Result = TypeVar("Result")


class OpenStackDriver:
    """See `VimDriver` for what the methods promise."""

    def __init__(self, instance: VimInstance, options: DriverOptions, cloud: Cloud | None = None) -> None:
        """Contacts nothing.

        Args:
            instance: Location and credentials.
            options: Certificates, timeouts and the like.
            cloud: The connection, for tests; None takes the kept one of the instance.
        """
        self._options = options
        self._cloud = cloud or cloud_of(instance, options)
        self._servers = Servers(self._cloud)
        # Two tasks that make the same thing would both find it missing.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def refresh(self) -> VimInventory:
        """See `VimDriver`."""
        return await in_thread(inventory.read_inventory, self._cloud)

    async def quota(self) -> Quota:
        """See `VimDriver`."""
        return await in_thread(inventory.read_quota, self._cloud)

    async def ensure_flavour(self, flavour: DeploymentFlavour) -> str:
        """See `VimDriver`."""
        return await in_thread(inventory.ensure_flavour, self._cloud, flavour)

    async def ensure_network(self, name: str) -> Network:
        """See `VimDriver`."""
        async with self._locks["networks"]:  # one at a time: each picks a range that is free
            return await in_thread(networks.ensure_network, self._cloud, name, self._options)

    async def ensure_key(self, name: str, public_key: str) -> None:
        """See `VimDriver`."""
        async with self._locks[f"key {name}"]:
            await in_thread(inventory.ensure_key, self._cloud, name, public_key)

    async def create_server(self, request: ServerRequest) -> Server:
        """See `VimDriver`."""
        async with self._locks[f"server {request.name}"]:
            server_id = await in_thread(self._servers.find_or_create, request)
            await self._insist(f"server {request.name} is looked at", self._servers.start_if_stopped, server_id)
            server = await self._wait_for(request.name, server_id, "ACTIVE")
            return await self._insist(f"server {request.name} has its addresses", self._complete, request, server)

    async def find_server(self, name: str) -> Server | None:
        """See `VimDriver`."""

        def look() -> Server | None:
            return next(iter(self._servers.describe(self._servers.named(name)[:1])), None)

        return await in_thread(look)

    async def list_servers(self, prefix: str) -> list[Server]:
        """See `VimDriver`."""
        return await in_thread(lambda: self._servers.describe(self._servers.starting_with(prefix)))

    async def delete_server(self, name: str) -> None:
        """See `VimDriver`."""
        async with self._locks[f"server {name}"]:
            for server_id in await self._insist(f"server {name} is deleted", self._servers.delete, name):
                await self._wait_until_gone(name, server_id)

    async def start_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power(name, on=True)

    async def stop_server(self, name: str) -> None:
        """See `VimDriver`."""
        await self._set_power(name, on=False)

    async def close(self) -> None:
        """See `VimDriver`."""
        await in_thread(self._cloud.close)

    def _complete(self, request: ServerRequest, server: Any) -> Server:
        """Gives an ACTIVE server its floating IPs; blocking, and can be repeated."""
        self._servers.give_addresses(request, server.id)
        return self._servers.describe([server])[0]

    async def _insist(self, what: str, step: Callable[..., Result], *arguments: Any) -> Result:
        """Repeats a step while the cloud does not answer: what was made so far is not lost to a busy moment."""

        async def look() -> Result:
            return await in_thread(step, *arguments)

        return await poll(
            f"VIM {self._cloud.name}: {what}", look, clock=self._options.clock, timeout_seconds=INSIST_SECONDS
        )

    async def _set_power(self, name: str, *, on: bool) -> None:
        target = "ACTIVE" if on else "SHUTOFF"
        async with self._locks[f"server {name}"]:
            found = await in_thread(self._servers.named, name)
            if not found:
                raise VimNotFoundError(f"VIM {self._cloud.name}: server {name} is not there")
            if found[0].status != target:
                await in_thread(self._servers.set_power, found[0].id, on=on)
                await self._wait_for(name, found[0].id, target)

    async def _wait_for(self, name: str, server_id: str, status: str) -> Any:
        """Waits until a server has a status and no task runs; returns it."""

        async def look() -> Any | None:
            server = await in_thread(self._servers.read, server_id)
            if server is None:
                raise VimError(f"VIM {self._cloud.name}: server {name} was deleted while it was waited for")
            if server.status == "ERROR":
                raise self._servers.failure(server)
            return server if server.status == status and not server.task_state else None

        return await poll(
            f"VIM {self._cloud.name}: server {name} is {status}",
            look,
            clock=self._options.clock,
            timeout_seconds=self._options.server_timeout_seconds,
        )

    async def _wait_until_gone(self, name: str, server_id: str) -> None:
        """Waits until a server is gone; one whose removal failed is asked for once more."""
        asked_again = False

        async def look() -> bool | None:
            nonlocal asked_again
            server = await in_thread(self._servers.read, server_id)
            if server is None:
                return True
            # Nova notes the task before it answers the request: without one, the removal has failed.
            if server.status == "ERROR" and not server.task_state:
                if asked_again:
                    raise self._servers.failure(server)
                asked_again = True
                await in_thread(self._servers.ask_removal, server_id)
            return None

        await poll(
            f"VIM {self._cloud.name}: server {name} is gone",
            look,
            clock=self._options.clock,
            timeout_seconds=self._options.server_timeout_seconds,
        )
