"""What clients order: each order is checked, written down together with the operation that carries it out, and begun.

The check and the write happen under the service's lock, so of two orders that exclude each other one is refused.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from nai.catalogue import Action, DeployNSRBody, Status, VNFComponent
from nai.core.errors import NotFoundError
from nai.core.identifiers import new_id
from nai.core.operations import OperationState
from nai.nfvo.errors import WrongStatusError
from nai.nfvo.lifecycle import building, checks, healing, powering, releasing, scaling_in, scaling_out, updating
from nai.nfvo.lifecycle import instantiating as instantiation
from nai.nfvo.lifecycle.allocating import STANDBY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nai.catalogue import NetworkServiceDescriptor, Script, VirtualDeploymentUnit, VNFCInstance
    from nai.core.database import Database
    from nai.core.operations import Operations
    from nai.nfvo.lifecycle.workshop import Workshop
    from nai.nfvo.messaging.managers import Managers
    from nai.nfvo.records.service import Function, Service


class Orders:
    """Takes orders for services of a project."""

    def __init__(
        self,
        shop: Workshop,
        operations: Operations,
        database: Database,
        managers: Managers,
        *,
        delete_all_status: bool,
    ) -> None:
        """Use the lifecycle's parts.

        Args:
            shop: the lifecycle's parts.
            operations: carries orders out.
            database: an order is one transaction of it.
            managers: who can carry out what.
            delete_all_status: whether a service may be deleted in any state; else only in ACTIVE and ERROR.
        """
        self._shop, self._operations, self._database, self._managers = shop, operations, database, managers
        self._delete_all_status = delete_all_status

    # A new service.

    async def deploy(
        self, project_id: str, descriptor: NetworkServiceDescriptor, body: DeployNSRBody
    ) -> dict[str, Any]:
        """Order a service.

        Args:
            project_id: the project it will belong to.
            descriptor: what it is to look like, on-boarded.
            body: the client's choices.

        Returns:
            Its record, as it is to begin with.

        Raises:
            NotFoundError: a VNFM, infrastructure or key is not there.
            DescriptorError: the descriptor is wrong in itself.
            CyclicDependenciesError: its functions would have to start before each other.
        """
        shop = self._shop
        vim_names = [vim.name or "" for vim in await shop.vims.all(project_id, anew=True)]
        checks.check(
            descriptor,
            body,
            vim_names=vim_names,
            key_names=[key.name or "" for key in await shop.inventory.keys(project_id)] if body.keys else (),
            managers=self._managers.usable(),
            start_ordered=shop.start_ordered,
        )
        service = building.build(descriptor, body, project_id=project_id, vim_names=vim_names, now=shop.clock.now())
        shop.live.add(service)
        async with self._database.session() as session:
            await shop.store.add(service, session)
            await self._operations.start(instantiation.KIND, service.id, {}, session)
        return service.whole()

    async def descriptor(self, project_id: str, descriptor_id: str) -> NetworkServiceDescriptor:
        """Return a descriptor.

        Raises:
            NotFoundError: there is none.
        """
        found = await self._shop.inventory.descriptor(project_id, descriptor_id)
        if found is None:
            raise NotFoundError(f"NetworkServiceDescriptor with id {descriptor_id} was not found")
        return found

    # The end of a service.

    async def terminate(self, project_id: str, service_id: str) -> None:
        """Order the end of a service; whatever is being done to it is given up.

        Raises:
            NotFoundError: there is no such service.
            WrongStatusError: only services in ACTIVE or ERROR may be deleted, and this one is neither.
        """
        service = await self.service(project_id, service_id)
        status = service.document.status
        former = await self._operations.list(service.id)
        for operation in former:
            if operation.kind == releasing.KIND and operation.state is OperationState.FAILED_TEMP:
                await self._operations.retry(operation.id)
                return
            if operation.kind == releasing.KIND and not operation.over:
                return
        if not self._delete_all_status and status not in (Status.ACTIVE, Status.ERROR):
            raise WrongStatusError(f"A service can be deleted in ACTIVE or ERROR; {service.id} is in {status}")
        async with service.lock, self._database.session() as session:
            service.document.status, service.document.task = Status.TERMINATED, "Terminating"
            for function in service.functions.values():
                function.document.status, function.document.task = Status.TERMINATED, "Terminating"
            await self._shop.store.save(service, *service.functions.values(), session=session)
            await self._operations.start(releasing.KIND, service.id, {}, session)
        for operation in former:
            if not operation.over:
                await self._operations.cancel(operation.id, "Given up: the service is being terminated")
        for operation in await self._operations.list(service.id):
            if operation.state is OperationState.FAILED_TEMP and operation.kind != releasing.KIND:
                await self._operations.fail(operation.id)

    async def terminate_function(self, project_id: str, service_id: str, function_id: str) -> None:
        """Order the end of one function; with the last one the service ends.

        Raises:
            NotFoundError: there is no such function.
            WrongStatusError: something else is going on with the service.
        """
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        if len(service.functions) == 1:
            await self.terminate(project_id, service_id)
            return
        if service.document.status not in (Status.ACTIVE, Status.ERROR, Status.INACTIVE):
            raise WrongStatusError(f"Service {service.id} is in {service.document.status}: wait until it is ACTIVE")
        async with self._changing(service, function, releasing.FUNCTION_KIND, {"function": function.id}):
            function.document.status, function.document.task = Status.TERMINATED, "Terminating"

    # Scaling.

    async def scale_out(
        self,
        project_id: str,
        service_id: str,
        function_id: str,
        unit_id: str | None,
        component: VNFComponent | None,
        *,
        mode: str = "",
    ) -> None:
        """Order one instance more.

        Args:
            project_id: the project.
            service_id: the service.
            function_id: its function.
            unit_id: the function's unit; None for the first that may have one more.
            component: what the instance is to be like; without connection points it is made like the unit's first.
            mode: `standby` for an instance that only stands by.

        Raises:
            NotFoundError: there is no such service, function or unit.
            WrongStatusError: the service is not ACTIVE.
            ScalingLimitError: the unit has as many as it may have.
        """
        service, function = await self._active(project_id, service_id, function_id)
        unit = self._unit(function, unit_id)
        wanted = (component or VNFComponent()).model_copy(deep=True, update={"id": new_id()})
        if not wanted.connection_point and unit.vnfc:
            wanted.connection_point = [point.model_copy() for point in unit.vnfc[0].connection_point]
        data = {"function": function.id, "unit": unit.id, "component": wanted.id, "mode": mode}
        async with self._changing(service, function, scaling_out.KIND, data):
            self._must_be_active(service)
            scaling_out.plan(service, function, unit, wanted)

    async def scale_in(
        self, project_id: str, service_id: str, function_id: str, unit_id: str | None, instance_id: str | None
    ) -> None:
        """Order one instance less; without an id, one of the orchestrator's choice.

        Raises:
            NotFoundError: there is no such service, function, unit or instance.
            WrongStatusError: the service is not ACTIVE.
            ScalingLimitError: it is the last one.
        """
        service, function = await self._active(project_id, service_id, function_id)
        if instance_id is not None:
            unit, instance = self._instance(function, unit_id, instance_id)
        else:
            unit = self._unit(function, unit_id, with_more_than=scaling_in.FEWEST_INSTANCES)
            instance = scaling_in.choose(unit)
        scaling_in.check(unit, instance)
        async with self._changing(
            service, function, scaling_in.KIND, {"function": function.id, "instance": instance.id}
        ):
            self._must_be_active(service)
            function.document.status = Status.SCALING
            service.document.status, service.document.task = Status.SCALING, "Scaling in"

    # Single instances.

    async def power(
        self, project_id: str, service_id: str, function_id: str, unit_id: str, instance_id: str, action: Action
    ) -> None:
        """Order the start or stop of an instance.

        Raises:
            NotFoundError: there is no such instance.
            WrongStatusError: it runs already, or does not, or something else is going on.
        """
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        _, instance = self._instance(function, unit_id, instance_id)
        self._must_be_idle(service)
        powering.check(instance, action)
        kind = powering.START_KIND if action is Action.START else powering.STOP_KIND
        async with self._changing(service, function, kind, {"function": function.id, "instance": instance.id}):
            service.document.task = f"{action} of {instance.hostname}"

    async def heal(
        self, project_id: str, service_id: str, function_id: str, unit_id: str, instance_id: str, cause: str
    ) -> None:
        """Order the healing of an instance. A service in ERROR may be healed too: that is what it is for.

        Raises:
            NotFoundError: there is no such instance.
            WrongStatusError: something else is going on.
        """
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        _, instance = self._instance(function, unit_id, instance_id)
        if service.document.status is not Status.ERROR:
            self._must_be_idle(service)
        data = {"function": function.id, "instance": instance.id, "cause": cause}
        async with self._changing(service, function, healing.KIND, data):
            service.document.task = f"Healing {instance.hostname}"

    async def switch_to_standby(
        self, project_id: str, service_id: str, function_id: str, unit_id: str, standby_id: str, failed: VNFCInstance
    ) -> None:
        """Order that a stand-by takes over from an instance that failed.

        Raises:
            NotFoundError: one of them is not there.
            WrongStatusError: the stand-by is none, or something else is going on.
        """
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        _, standby = self._instance(function, unit_id, standby_id)
        _, gone = self._instance(function, unit_id, failed.id or failed.hostname or "")
        if standby.state != STANDBY:
            raise WrongStatusError(f"{standby.hostname} is {standby.state}, not {STANDBY}")
        if service.document.status is not Status.ERROR:
            self._must_be_idle(service)
        data = {"function": function.id, "instance": standby.id, "failed": gone.id, "cause": healing.SWITCH}
        async with self._changing(service, function, healing.KIND, data):
            service.document.task = f"{standby.hostname} takes over from {gone.hostname}"

    # Whole functions.

    async def update(
        self, project_id: str, service_id: str, function_id: str, action: Action, script: Script | None
    ) -> None:
        """Order an action that leaves the instances as they are: a new script, its execution, a new configuration.

        Raises:
            NotFoundError: there is no such function.
            WrongStatusError: the service is not ACTIVE.
        """
        service, function = await self._active(project_id, service_id, function_id)
        data = {"function": function.id, "action": str(action), "script": script.to_wire() if script else None}
        async with self._changing(service, function, updating.KIND, data):
            service.document.task = f"{action} of {function.name}"

    async def restart(self, project_id: str, service_id: str, function_id: str) -> None:
        """Order a function to be stopped and started. Errors as of `update`, but it may be INACTIVE too."""
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        self._must_be_idle(service)
        async with self._changing(service, function, powering.RESTART_KIND, {"function": function.id}):
            service.document.task = f"Restarting {function.name}"

    async def resume(self, project_id: str, service_id: str) -> None:
        """Order that what failed last is tried again.

        Raises:
            NotFoundError: there is no such service.
            WrongStatusError: nothing has failed that could be tried again.
        """
        service = await self.service(project_id, service_id)
        for operation in reversed(await self._operations.list(service.id)):
            if operation.state is OperationState.FAILED_TEMP:
                await self._operations.retry(operation.id)
                return
        raise WrongStatusError(f"Service {service.id} has no failed operation that could be resumed")

    # What all have in common.

    async def service(self, project_id: str, service_id: str) -> Service:
        """Return a project's service; that of another project is not found either.

        Raises:
            NotFoundError: there is none.
        """
        service = await self._shop.live.get(service_id)
        if service.project_id != project_id:
            raise NotFoundError(f"There is no network service record with id {service_id}")
        return service

    def function(self, service: Service, function_id: str) -> Function:
        """Return a service's function.

        Raises:
            NotFoundError: there is none.
        """
        function = service.functions.get(function_id)
        if function is None:
            raise NotFoundError(f"Service {service.id} has no function record with id {function_id}")
        return function

    async def _active(self, project_id: str, service_id: str, function_id: str) -> tuple[Service, Function]:
        service = await self.service(project_id, service_id)
        function = self.function(service, function_id)
        self._must_be_active(service)
        return service, function

    def _must_be_active(self, service: Service) -> None:
        if service.document.status is not Status.ACTIVE:
            raise WrongStatusError(f"Service {service.id} is in {service.document.status}; it has to be ACTIVE")

    def _must_be_idle(self, service: Service) -> None:
        if service.document.status not in (Status.ACTIVE, Status.INACTIVE):
            raise WrongStatusError(
                f"Service {service.id} is in {service.document.status}; it has to be ACTIVE or INACTIVE"
            )

    def _unit(
        self, function: Function, unit_id: str | None, *, with_more_than: int | None = None
    ) -> VirtualDeploymentUnit:
        if unit_id is not None:
            found = function.unit(unit_id)
            if found is None:
                raise NotFoundError(f"Function {function.name} has no unit with id {unit_id}")
            return found
        units = function.document.vdu
        if not units:
            raise NotFoundError(f"Function {function.name} has no unit")
        for unit in units:
            fits = (
                not unit.scale_in_out or len(unit.vnfc) < unit.scale_in_out
                if with_more_than is None
                else len(unit.vnfc_instance) > with_more_than
            )
            if fits:
                return unit
        return units[0]

    def _instance(
        self, function: Function, unit_id: str | None, instance_id: str
    ) -> tuple[VirtualDeploymentUnit, VNFCInstance]:
        found = function.instance(instance_id)
        if found is None or (unit_id is not None and function.unit(unit_id) is not found[0]):
            raise NotFoundError(f"Function {function.name} has no instance with id {instance_id}")
        return found

    @asynccontextmanager
    async def _changing(
        self, service: Service, function: Function, kind: str, data: dict[str, Any]
    ) -> AsyncIterator[None]:
        """Write the order down: the block changes the records, and an operation carries on from there."""
        async with service.lock:
            kept = (
                service.document.model_copy(deep=True),
                function.document.model_copy(deep=True),
                function.inner.model_copy(deep=True),
            )
            try:
                async with self._database.session() as session:
                    yield
                    await self._shop.store.save(service, function, session=session)
                    await self._operations.start(kind, service.id, data, session)
            except BaseException:
                service.document, function.document, function.inner = kept
                service.written = {}
                raise
