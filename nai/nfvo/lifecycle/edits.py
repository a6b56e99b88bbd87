"""Changes of records that make or remove no instance by themselves: descriptions, dependencies, hardware."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from nai.catalogue import (
    DependencyObject,
    DeployNSRBody,
    NetworkServiceDescriptor,
    PhysicalNetworkFunctionRecord,
    Status,
    VirtualNetworkFunctionDescriptor,
    VNFRecordDependency,
)
from nai.core.errors import InvalidError, NotFoundError
from nai.core.identifiers import new_id
from nai.nfvo.errors import AlreadyExistsError, WrongStatusError
from nai.nfvo.lifecycle import building, checks, instantiating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nai.catalogue import NetworkServiceRecord, VirtualNetworkFunctionRecord
    from nai.core.database import Database
    from nai.core.operations import Operations
    from nai.nfvo.lifecycle.orders import Orders
    from nai.nfvo.lifecycle.workshop import Workshop
    from nai.nfvo.messaging.managers import Managers
    from nai.nfvo.records.service import Function, Service

DESCRIBING = ("name", "vendor", "version", "monitoring_parameter", "auto_scale_policy", "fault_management_policy")
"""Fields of a service's record that a client may change."""
CONFIGURING = ("configurations", "auto_scale_policy", "monitoring_parameter", "notification", "runtime_policy_info")
"""Fields of a function's record that a client may change."""


class Edits:
    """Changes records at clients' wishes, under the service's lock."""

    def __init__(
        self, shop: Workshop, orders: Orders, operations: Operations, database: Database, managers: Managers
    ) -> None:
        """Use the lifecycle's parts."""
        self._shop, self._orders, self._operations = shop, orders, operations
        self._database, self._managers = database, managers

    async def describe(self, project_id: str, service_id: str, told: NetworkServiceRecord) -> None:
        """Change what describes a service.

        Raises:
            NotFoundError: there is no such service.
        """
        async with self._writing(project_id, service_id) as (service, _):
            _take_over(service.document, told, DESCRIBING)

    async def configure(
        self, project_id: str, service_id: str, function_id: str, told: VirtualNetworkFunctionRecord
    ) -> None:
        """Change a function's configuration and rules.

        Raises:
            NotFoundError: there is no such function.
        """
        async with self._writing(project_id, service_id) as (service, touched):
            function = self._orders.function(service, function_id)
            _take_over(function.document, told, CONFIGURING)
            touched.append(function)

    async def add_function(
        self, project_id: str, service_id: str, told: VirtualNetworkFunctionRecord
    ) -> dict[str, Any]:
        """Add a function to a running service, and order that it is brought up.

        Args:
            project_id: the project.
            service_id: the service.
            told: names its descriptor (`descriptor_reference`) among those of the service's descriptor, and may give it
                another name and configuration.

        Raises:
            NotFoundError: there is no such service or descriptor, or nobody could bring it up.
            AlreadyExistsError: the service has a function of that name.
            WrongStatusError: something else is going on with the service.
        """
        service = await self._orders.service(project_id, service_id)
        vnfd = await self._descriptor(service, told.descriptor_reference or "")
        vnfd = vnfd.model_copy(update={"name": told.name or vnfd.name})
        if service.named(vnfd.name or "") is not None:
            raise AlreadyExistsError(f"Service {service.id} has a function named {vnfd.name}")
        vims = [vim.name or "" for vim in await self._shop.vims.all(project_id, anew=True)]
        alone = NetworkServiceDescriptor(name=service.document.name, vnfd=[vnfd])
        body = DeployNSRBody(keys=list(service.document.key_names))
        keys = [key.name or "" for key in await self._shop.inventory.keys(project_id)]
        checks.check(alone, body, vim_names=vims, key_names=keys, managers=self._managers.usable(), start_ordered=False)
        built = building.build(alone, body, project_id=project_id, vim_names=vims, now=self._shop.clock.now())
        function = next(iter(built.functions.values()))
        function.document.parent_ns_id = service.id
        function.position = 1 + max(each.position for each in service.functions.values())
        if "configurations" in told.model_fields_set:
            function.document.configurations = told.configurations
        async with service.lock:
            if service.document.status is not Status.ACTIVE or service.named(function.name) is not None:
                raise WrongStatusError(f"Service {service.id} is in {service.document.status}; it has to be ACTIVE")
            service.functions[function.id] = function
            try:
                self._shop.set_status(service, f"Onboarding {function.name}")
                async with self._database.session() as session:
                    await self._shop.store.add_function(service, function, session)
                    await self._operations.start(instantiating.KIND, service.id, {}, session)
            except BaseException:
                del service.functions[function.id]
                self._shop.set_status(service)
                raise
        return function.document.to_wire()

    async def _descriptor(self, service: Service, reference: str) -> VirtualNetworkFunctionDescriptor:
        origin = await self._shop.inventory.descriptor(service.project_id, service.document.descriptor_reference or "")
        for vnfd in origin.vnfd if origin else ():
            if reference in (vnfd.id, vnfd.name):
                return vnfd
        for function in service.functions.values():
            if reference == function.document.descriptor_reference:
                return function.descriptor
        raise NotFoundError(f"The service's descriptor has no function's descriptor with id {reference or '(none)'}")

    async def needs(self, project_id: str, service_id: str) -> list[DependencyObject]:
        """Return who needs which parameters of whom."""
        service = await self._orders.service(project_id, service_id)
        return [
            DependencyObject(target=function.name, dependency_parameters=function.inner.needs)
            for function in service.functions.values()
            if function.inner.needs
        ]

    async def put_dependency(
        self, project_id: str, service_id: str, dependency_id: str | None, told: VNFRecordDependency
    ) -> dict[str, Any]:
        """Add a dependency, or put one in another's place.

        Args:
            project_id: the project.
            service_id: the service.
            dependency_id: the one that is replaced; None to add one.
            told: its target, its sources by name (`idType`), and the names of parameters by the sources' types.

        Raises:
            NotFoundError: there is no such service or dependency.
            InvalidError: target or a source is no function of the service, or the target has a dependency already.
        """
        async with self._writing(project_id, service_id) as (service, touched):
            known = service.document.vnf_dependency
            old = None
            if dependency_id is not None:
                old = _find(known, dependency_id, "dependency")
                self._forget(service, old, touched)
            target = service.named(told.target or "")
            sources = [name for name in told.id_type if service.named(name) is not None]
            if target is None or len(sources) != len(told.id_type):
                raise InvalidError("target and idType have to name functions of the service")
            rest = [each for each in known if each is not old]
            if any(each.target == target.name for each in rest):
                raise InvalidError(f"{target.name} has a dependency already; change that one")
            target.inner.needs = {
                name: sorted(asked.parameters) if (asked := told.parameters.get(told.id_type[name])) else []
                for name in sources
            }
            stored = told.model_copy(deep=True, update={"id": dependency_id or new_id()})
            service.document.vnf_dependency = [*rest, stored]
            touched.append(target)
        return stored.to_wire()

    async def drop_dependency(self, project_id: str, service_id: str, dependency_id: str) -> None:
        """Remove a dependency.

        Raises:
            NotFoundError: there is none.
        """
        async with self._writing(project_id, service_id) as (service, touched):
            old = _find(service.document.vnf_dependency, dependency_id, "dependency")
            self._forget(service, old, touched)
            service.document.vnf_dependency = [each for each in service.document.vnf_dependency if each is not old]

    def _forget(self, service: Service, dependency: VNFRecordDependency, touched: list[Function]) -> None:
        target = service.named(dependency.target or "")
        if target is not None:
            target.inner.needs = {}
            touched.append(target)

    async def put_physical(
        self, project_id: str, service_id: str, record_id: str | None, told: PhysicalNetworkFunctionRecord
    ) -> dict[str, Any]:
        """Add a function in hardware, or put one in another's place (`record_id`).

        Raises:
            NotFoundError: there is no such service or record.
        """
        async with self._writing(project_id, service_id) as (service, _):
            known = service.document.pnfr
            old = _find(known, record_id, "pnfr") if record_id is not None else None
            stored = told.model_copy(
                deep=True,
                update={"id": record_id or new_id(), "parent_ns_id": service.id, "project_id": service.project_id},
            )
            service.document.pnfr = [*(each for each in known if each is not old), stored]
        return stored.to_wire()

    async def drop_physical(self, project_id: str, service_id: str, record_id: str) -> None:
        """Remove a function in hardware.

        Raises:
            NotFoundError: there is none.
        """
        async with self._writing(project_id, service_id) as (service, _):
            old = _find(service.document.pnfr, record_id, "pnfr")
            service.document.pnfr = [each for each in service.document.pnfr if each is not old]

    @asynccontextmanager
    async def _writing(self, project_id: str, service_id: str) -> AsyncIterator[tuple[Service, list[Function]]]:
        """Change a service in one transaction: the block changes it and names the functions it touched."""
        service = await self._orders.service(project_id, service_id)
        touched: list[Function] = []
        async with service.lock:
            kept = service.document.model_copy(deep=True)
            functions = {
                function.id: (function.document.model_copy(deep=True), function.inner.model_copy(deep=True))
                for function in service.functions.values()
            }
            try:
                yield service, touched
                async with self._database.session() as session:
                    await self._shop.store.save(service, *touched, session=session)
            except BaseException:
                service.document, service.written = kept, {}
                for function in service.functions.values():
                    function.document, function.inner = functions[function.id]
                raise


def _take_over(known: Any, told: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in told.model_fields_set:
            setattr(known, name, getattr(told, name))


def _find(known: list[Any], identifier: str, noun: str) -> Any:
    for each in known:
        if each.id == identifier:
            return each
    raise NotFoundError(f"There is no {noun} with id {identifier}")
