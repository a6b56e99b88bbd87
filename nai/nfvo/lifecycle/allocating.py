"""Making and removing instances in the infrastructure.

An instance's name is given out and written down before it is made; making finds it by that name first. So it is made
once, whoever dies when. Removing waits for what is being made, and then looks for everything with the function's
names, so that nothing is forgotten either.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from nai.catalogue import Ip, VNFCInstance
from nai.core.errors import ServiceError
from nai.core.identifiers import deterministic_id
from nai.nfvo.lifecycle import naming
from nai.nfvo.lifecycle.errors import LifecycleError, SupersededError
from nai.nfvo.lifecycle.granting import missing_components
from nai.nfvo.lifecycle.vims import flavour_of, image_of
from nai.vim.driver import NetworkAttachment, ServerRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nai.catalogue import Key, Server, VimInstance, VirtualDeploymentUnit, VNFComponent
    from nai.nfvo.lifecycle.granting import Reservations
    from nai.nfvo.lifecycle.vims import Vims
    from nai.nfvo.records.service import Function, Service

log = logging.getLogger(__name__)

NO_USER_DATA = "none"
"""What the Python SDK sends instead of nothing."""
ACTIVE, STANDBY = "ACTIVE", "STANDBY"
"""States of an instance that works, and of one that waits to take over."""


class Allocator:
    """Makes the instances that a function misses."""

    def __init__(self, vims: Vims, reservations: Reservations) -> None:
        """Use the project's infrastructures, and give up reserved room as it is taken."""
        self._vims, self._reservations = vims, reservations
        self._making: dict[str, set[asyncio.Task[None]]] = {}

    async def allocate(
        self,
        service: Service,
        function: Function,
        choice: Mapping[str, VimInstance],
        *,
        keys: Sequence[Key],
        only: str | None = None,
    ) -> None:
        """Make all instances that a function's units miss, at the same time; the record shows them afterwards.

        Args:
            service: the service.
            function: the function, whose `lock` the caller holds.
            choice: infrastructure of each unit, by its id.
            keys: key pairs that are put into the instances.
            only: id of the one component to make an instance of; None for all.

        Raises:
            LifecycleError: some could not be made; the others are in the record.
        """
        tasks = [
            asyncio.create_task(self._make(service, function, unit, component, choice[unit.id or ""], keys))
            for unit in function.document.vdu
            for component in unit.vnfc
            if component.id in missing_components(unit) and only in (None, component.id)
        ]
        if not tasks:
            return
        making = self._making.setdefault(function.id, set())
        for task in tasks:
            making.add(task)
            task.add_done_callback(making.discard)
        # Not cancelled with the caller: a request to the infrastructure cannot be called back, only waited for.
        results = await asyncio.shield(asyncio.gather(*tasks, return_exceptions=True))
        failures = sorted({str(result) or repr(result) for result in results if isinstance(result, BaseException)})
        if failures:
            raise LifecycleError("; ".join(failures))

    async def _make(
        self,
        service: Service,
        function: Function,
        unit: VirtualDeploymentUnit,
        component: VNFComponent,
        vim: VimInstance,
        keys: Sequence[Key],
    ) -> None:
        name = function.inner.names[component.id or ""]
        driver = self._vims.driver(vim)
        try:
            server = await self._create(function, unit, component, vim, keys)
        finally:
            await self._reservations.free(function.id, component.id or "")
        if service.released or function.terminating:
            await driver.delete_server(name)
            raise SupersededError(f"{name} is not needed any more: {function.name} is being terminated")
        unit.vnfc_instance.append(described(function, component, server, vim))

    async def _create(
        self,
        function: Function,
        unit: VirtualDeploymentUnit,
        component: VNFComponent,
        vim: VimInstance,
        keys: Sequence[Key],
    ) -> Server:
        name = function.inner.names[component.id or ""]
        driver = self._vims.driver(vim)
        key_names = [vim.key_pair] if vim.key_pair else []
        for key in keys:
            if key.name and key.public_key:
                await driver.ensure_key(key.name, key.public_key)
                key_names.append(key.name)
        flavour = flavour_of(function.document.deployment_flavour_key, vim, function.descriptor)
        request = ServerRequest(
            name=name,
            image=image_of(unit.vm_image, vim),
            flavour=await driver.ensure_flavour(flavour) if flavour else function.document.deployment_flavour_key or "",
            networks=[
                NetworkAttachment(point.virtual_link_reference, point.floating_ip or None)
                for point in component.connection_point
                if point.virtual_link_reference
            ],
            keys=list(dict.fromkeys(key_names)),
            security_groups=vim.security_groups,
            user_data=personal(function.inner.user_data.get(unit.id or "", ""), name),
        )
        try:
            return await driver.create_server(request)
        except ServiceError:
            # A server that failed would be found, still failed, by the next attempt.
            with suppress(ServiceError):
                await driver.delete_server(name)
            raise

    async def restore(
        self,
        service: Service,
        function: Function,
        unit: VirtualDeploymentUnit,
        instance: VNFCInstance,
        *,
        keys: Sequence[Key],
    ) -> Server | None:
        """Bring an instance back that its infrastructure has lost, or switched off.

        Returns:
            The server as it is now; None for one that the VNFM made by itself and has to bring back by itself.
        """
        name, component = instance.hostname or "", instance.vnf_component
        places = await self._places(service, function, instance)
        if not places or component is None or naming.index_of(name, function.name, function.id) is None:
            return None
        driver = self._vims.driver(places[0])
        server = await driver.find_server(name)
        if server is not None and server.status == "SHUTOFF":
            await driver.start_server(name)
            return await driver.find_server(name)
        if server is not None and server.status == ACTIVE:
            return server
        if server is not None:
            await driver.delete_server(name)
        return await self._create(function, unit, component, places[0], keys)

    async def settled(self, function: Function) -> None:
        """Wait until nothing is being made for a function any more."""
        while self._making.get(function.id):
            await asyncio.wait(set(self._making[function.id]))
        self._making.pop(function.id, None)

    async def remove_instance(self, service: Service, function: Function, instance: VNFCInstance) -> None:
        """Remove one instance from its infrastructure; none is no error."""
        await self.settled(function)
        name = instance.hostname or ""
        for vim in await self._places(service, function, instance):
            await self._remove(function, vim, name, instance.vc_id)

    async def remove_component(self, service: Service, function: Function, component_id: str) -> None:
        """Remove what may have been made of one component, whether the record shows it or not."""
        await self.settled(function)
        name = function.inner.names.get(component_id)
        if name:
            for vim in await self._places(service, function, None):
                await self._vims.driver(vim).delete_server(name)

    async def remove_all(self, service: Service, function: Function) -> None:
        """Remove every instance of a function, also those that no record shows.

        Raises:
            VimError: an infrastructure could not do it, or cannot be reached.
        """
        await self.settled(function)
        prefix = naming.prefix(function.name, function.id)
        recorded = [(instance.hostname or "", instance.vc_id) for _, instance in function.instances()]

        async def clear(vim: VimInstance) -> None:
            found = {server.name or "" for server in await self._vims.driver(vim).list_servers(prefix)}
            others = [(name, vc_id) for name, vc_id in recorded if not name.startswith(prefix)]
            await asyncio.gather(
                *(self._remove(function, vim, name, None) for name in sorted(found)),
                *(self._remove(function, vim, name, vc_id) for name, vc_id in others),
            )

        await asyncio.gather(*(clear(vim) for vim in await self._places(service, function, None)))

    async def _remove(self, function: Function, vim: VimInstance, name: str, vc_id: str | None) -> None:
        driver = self._vims.driver(vim)
        if naming.index_of(name, function.name, function.id) is None:
            # A name that the VNFM gave out: another service may have one like it, so the id has to be the same too.
            server = await driver.find_server(name)
            if server is None or not vc_id or server.ext_id != vc_id:
                return
        await driver.delete_server(name)

    async def _places(self, service: Service, function: Function, instance: VNFCInstance | None) -> list[VimInstance]:
        known = await self._vims.all(service.project_id)
        if instance is not None and instance.vim_id:
            found = [vim for vim in known if instance.vim_id in (vim.id, vim.name)]
            if found:
                return found
        names = {name for names in function.inner.vims.values() for name in names}
        recorded = {each.vim_id for _, each in function.instances()}
        return [vim for vim in known if vim.name in names or vim.id in recorded]


def described(function: Function, component: VNFComponent, server: Server, vim: VimInstance) -> VNFCInstance:
    """Return an instance's part of the record, from what the infrastructure says of the server."""
    return VNFCInstance(
        id=deterministic_id("vnfc instance", function.id, component.id or ""),
        vim_id=vim.id or vim.name,
        vc_id=server.ext_id,
        hostname=server.name,
        state=ACTIVE,
        vnf_component=component.model_copy(deep=True),
        connection_point=[point.model_copy() for point in component.connection_point],
        ips=addresses(server),
        floating_ips=floating_addresses(server),
    )


def personal(user_data: str, name: str) -> str:
    """Write an instance's own name into the script it starts with, where that has the line for it."""
    return user_data.replace("#Hostname=", f"Hostname={name}")


def addresses(server: Server) -> list[Ip]:
    """Return a server's addresses in its networks."""
    return [Ip(net_name=network, ip=ip) for network, ips in sorted(server.ips.items()) for ip in ips]


def floating_addresses(server: Server) -> list[Ip]:
    """Return a server's public addresses, by the network of the port that each belongs to."""
    return [Ip(net_name=network, ip=address) for network, address in sorted(server.floating_ips.items())]
