"""One instance more: of a unit, at a client's wish; as a stand-by if it is only to take over from another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Status, VNFComponent
from nai.core.errors import ServiceError
from nai.core.identifiers import deterministic_id
from nai.core.operations import Step
from nai.nfvo.lifecycle import merging, outbound
from nai.nfvo.lifecycle.allocating import STANDBY
from nai.nfvo.lifecycle.errors import LifecycleError, ScalingLimitError, UnavailableError
from nai.nfvo.lifecycle.naming import free_name
from nai.nfvo.lifecycle.workshop import Workshop, raise_first, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import VirtualDeploymentUnit, VNFCInstance
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

KIND = "scale_out"
STANDBY_MODE = "standby"


def plan(service: Service, function: Function, unit: VirtualDeploymentUnit, component: VNFComponent) -> None:
    """Write one component more into a function's record, with the name of the instance it will have.

    Raises:
        ScalingLimitError: the unit has as many as it may have (`scale_in_out`).
    """
    if unit.scale_in_out and len(unit.vnfc) >= unit.scale_in_out:
        raise ScalingLimitError(
            f"Unit {unit.name or unit.id} of {function.name} has {len(unit.vnfc)} instances, "
            f"and may have {unit.scale_in_out} at most (scale_in_out)"
        )
    unit.vnfc.append(component)
    function.inner.names[component.id or ""] = free_name(
        function.name, function.id, [*function.inner.names.values(), *function.inner.released]
    )
    function.document.status = Status.SCALING
    service.document.status, service.document.task = Status.SCALING, "Scaling out"


class ScaleOut:
    """The steps of the operation. Its data: `function`, `unit`, `component` (ids) and `mode`."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done, in this order."""
        return (
            Step("add", self.add, self.take_back),
            Step("relate", self.relate),
            Step("finish", self.finish),
        )

    async def _subject(self, ctx: StepContext) -> tuple[Service, Function, VirtualDeploymentUnit]:
        service = await self._shop.subject(ctx)
        function = service.functions[ctx.data["function"]]
        unit = function.unit(ctx.data["unit"])
        if unit is None:
            raise LifecycleError(f"Unit {ctx.data['unit']} of {function.name} is gone")
        return service, function, unit

    async def add(self, ctx: StepContext) -> None:
        """Have the VNFM add the instance; it asks for the resources with SCALING."""
        shop = self._shop
        service, function, unit = await self._subject(ctx)
        component = next((each for each in unit.vnfc if each.id == ctx.data["component"]), None)
        if component is None:
            raise LifecycleError(f"The component that {function.name} was to be scaled out by is gone")
        function.document.status = Status.SCALING
        shop.set_status(service, "Scaling out")
        function.changing.add(component.id or "")
        function.refusal = ""
        mode = ctx.data.get("mode") or "active"
        place = (await shop.places(service, function)).get(unit.id or "", [])
        package = await shop.package(service, function)
        try:
            answer = await shop.ask(
                service,
                function,
                lambda: outbound.scale_out(
                    function,
                    component,
                    occurrence=outbound.occurrence(ctx, function, Action.SCALE_OUT),
                    vim=place[0] if place else None,
                    package=package,
                    dependency=shop.dependency(service, function),
                    mode=mode,
                    extension=shop.extension,
                ),
                answer=Action.SCALED,
            )
            function.changing.discard(component.id or "")
            told = getattr(answer, "virtual_network_function_record", None)
            if told is not None:
                merging.merge(function.document, told, say=merging.Say.MORE, released=function.inner.released)
            instance = made_of(unit, component.id) or adopted(unit, component, getattr(answer, "vnfc_instance", None))
            if instance is None:
                raise LifecycleError(f"The VNFM {function.endpoint!r} reports SCALED without an instance")
            if mode == STANDBY_MODE:
                instance.state = STANDBY
            shop.note(function, Action.SCALED, f"scaled out by {instance.hostname}")
            await shop.store.save(service, function)
        except ServiceError as error:
            await shop.failed(service, function, "SCALE_OUT", error)
            raise
        finally:
            function.changing.discard(component.id or "")
            await shop.reservations.free(function.id)

    async def relate(self, ctx: StepContext) -> None:
        """Tell the functions that depend on this one of the new instance; a stand-by is told of when it takes over."""
        service, function, unit = await self._subject(ctx)
        instance = made_of(unit, ctx.data["component"])
        if instance is not None and instance.state != STANDBY:
            await tell_targets(self._shop, service, function, instance, ctx)

    async def finish(self, ctx: StepContext) -> None:
        """Say that it is done."""
        await finished(self._shop, ctx, "Scaled out", Action.SCALE_OUT)

    async def take_back(self, ctx: StepContext) -> None:
        """Remove the instance, whatever there is of it, from infrastructure, VNFM and record."""
        shop = self._shop
        service, function, unit = await self._subject(ctx)
        component_id = ctx.data["component"]
        await shop.reservations.free(function.id, component_id)
        instance = made_of(unit, component_id)
        if instance is not None:
            message = outbound.scale_in(function, instance, occurrence=outbound.occurrence(ctx, function, "rollback"))
            try:
                await shop.postman.send(function.endpoint, message)
            except UnavailableError as error:
                shop.note(function, Action.SCALE_IN, str(error))
            await shop.allocator.remove_instance(service, function, instance)
            merging.drop(unit, instance)
        await shop.allocator.remove_component(service, function, component_id)
        unit.vnfc = [each for each in unit.vnfc if each.id != component_id]
        forget(function, component_id)
        function.document.status, function.document.task = function.inner.reached, "Rolled back"
        shop.set_status(service, "Rolled back")
        await shop.store.save(service, function)


def made_of(unit: VirtualDeploymentUnit, component_id: str | None) -> VNFCInstance | None:
    """Find the instance that was made of a component."""
    return next(
        (each for each in unit.vnfc_instance if each.vnf_component and each.vnf_component.id == component_id), None
    )


def adopted(unit: VirtualDeploymentUnit, component: VNFComponent, told: VNFCInstance | None) -> VNFCInstance | None:
    """Tie the instance that a VNFM gave by itself (from a pool, say) to the component that was ordered."""
    if told is None or not told.hostname:
        return None
    instance = merging.same_instance(unit.vnfc_instance, told)
    if instance is None:
        instance = told
        instance.id = instance.id or deterministic_id("vnfc instance", component.id or "")
        unit.vnfc_instance.append(instance)
    elif instance.vnf_component is not None:
        extra = instance.vnf_component.id
        unit.vnfc = [each for each in unit.vnfc if each.id != extra or each is component]
    instance.vnf_component = component.model_copy(deep=True)
    return instance


def forget(function: Function, component_id: str | None) -> None:
    """Remember that a component's instance is gone for good."""
    name = function.inner.names.pop(component_id or "", None)
    if name:
        function.inner.released = [*function.inner.released, name][-RELEASED_NAMES:]


RELEASED_NAMES = 100
"""How many names of removed instances a function remembers."""


async def tell_targets(
    shop: Workshop, service: Service, function: Function, instance: VNFCInstance, ctx: StepContext
) -> None:
    """Send MODIFY about one instance to all functions that depend on its function, and wait for their answers.

    Raises:
        LifecycleError: one of them failed; its record says so.
    """

    async def tell(target: Function) -> None:
        dependency = shop.dependency(service, target, source=function, only=instance)
        try:
            await shop.ask(
                service,
                target,
                lambda: outbound.generic(
                    Action.MODIFY,
                    target,
                    occurrence=outbound.occurrence(ctx, target, Action.MODIFY),
                    dependency=dependency,
                ),
                answer=Action.MODIFY,
            )
        except ServiceError as error:
            await shop.failed(service, target, "MODIFY", error)
            raise
        if target.document.status is Status.ERROR:
            target.document.status = target.inner.reached
        shop.note(target, Action.MODIFY, f"told of {instance.hostname}")
        await shop.store.save(service, target)

    targets = [target for target in service.targets_of(function.name) if target is not function]
    errors = await settle([tell(target) for target in targets])
    if errors:
        raise_first(errors)
    for target in targets:
        shop.dependency(service, target)


async def finished(shop: Workshop, ctx: StepContext, task: str, event: Action | None) -> None:
    """Set a function and its service to what they were before a change, and announce that it is done.

    Args:
        shop: the lifecycle's parts.
        ctx: the operation, whose data names the function.
        task: what the records say from now on.
        event: what is announced; None if nothing has changed.
    """
    service = await shop.subject(ctx)
    function = service.functions[ctx.data["function"]]
    function.document.status, function.document.task = function.inner.reached, task
    if event is not None:
        shop.note(function, event, task)
    shop.set_status(service, task)
    await shop.store.save(service, function)
    if event is not None:
        shop.announcer.service(event, service)
