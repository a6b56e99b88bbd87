"""One instance less: the VNFM lets go of it, it is removed, and those who know of it are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Status
from nai.core.errors import ServiceError
from nai.core.operations import Step
from nai.nfvo.lifecycle import merging, outbound
from nai.nfvo.lifecycle.allocating import STANDBY
from nai.nfvo.lifecycle.errors import LifecycleError, ManagerError, ScalingLimitError
from nai.nfvo.lifecycle.scaling_out import finished, forget
from nai.nfvo.lifecycle.workshop import Workshop, log, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import VirtualDeploymentUnit, VNFCInstance
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

KIND = "scale_in"
FEWEST_INSTANCES = 1
"""A unit keeps one instance; without any the whole function should be terminated."""
REFUSED = "refused"
"""Key of the operation's data: why the VNFM does not let the instance go."""
GOODBYE_SECONDS = 300.0
"""How long a VNFM's scripts may take to let go of an instance before it is removed all the same."""


def check(unit: VirtualDeploymentUnit, instance: VNFCInstance) -> None:
    """Refuse to remove the last instance that works.

    Raises:
        ScalingLimitError: it is the last one.
    """
    working = [each for each in unit.vnfc_instance if each.state != STANDBY and each is not instance]
    if len(working) < FEWEST_INSTANCES and instance.state != STANDBY:
        raise ScalingLimitError(f"{instance.hostname} is the last instance of unit {unit.name or unit.id}")


def choose(unit: VirtualDeploymentUnit) -> VNFCInstance:
    """Choose the instance to remove when the client does not care: a stand-by first, else the youngest.

    Raises:
        ScalingLimitError: there is none.
    """
    if not unit.vnfc_instance:
        raise ScalingLimitError(f"Unit {unit.name or unit.id} has no instance")
    standing_by = [each for each in unit.vnfc_instance if each.state == STANDBY]
    return (standing_by or unit.vnfc_instance)[-1]


class ScaleIn:
    """The steps of the operation. Its data: `function` and `instance` (ids)."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done, in this order. There is no way back once the VNFM has let go."""
        return (
            Step("tell", self.tell),
            Step("remove", self.remove),
            Step("finish", self.finish),
        )

    async def tell(self, ctx: StepContext) -> None:
        """Tell the VNFM, and those of the functions that know the instance; errors in their scripts do not keep it."""
        service = await self._shop.subject(ctx)
        function = service.functions[ctx.data["function"]]
        found = function.instance(ctx.data["instance"])
        if found is None:
            return
        # The function's own VNFM first: it may refuse, and then nobody else must hear of it.
        await self._let_go(service, function, function, found[1], ctx)
        if REFUSED not in ctx.data:
            targets = [target for target in service.targets_of(function.name) if target is not function]
            await settle([self._let_go(service, target, function, found[1], ctx) for target in targets])

    async def _let_go(
        self, service: Service, told: Function, source: Function, instance: VNFCInstance, ctx: StepContext
    ) -> None:
        shop = self._shop
        dependency = None if told is source else shop.dependency(service, told, source=source, only=instance)
        occurrence = outbound.occurrence(ctx, told, Action.SCALE_IN)

        def message() -> dict[str, object]:
            return outbound.scale_in(told, instance, occurrence=occurrence, dependency=dependency)

        try:
            if shop.postman.is_idempotent(told.endpoint):
                await shop.ask(service, told, message, answer=Action.SCALE_IN, seconds=GOODBYE_SECONDS)
            else:
                # Managers of the day never answer a SCALE_IN (wire contract 6.7).
                await shop.postman.send(told.endpoint, message())
        except LifecycleError as error:
            if told is source and isinstance(error, ManagerError) and error.refused:
                ctx.data[REFUSED] = str(error)
                shop.note(told, Action.SCALE_IN, f"refused: {error}")
                return
            log.warning("Service %s: SCALE_IN of %s: %s", service.id, told.name, error)
            shop.note(told, Action.SCALE_IN, str(error))

    async def remove(self, ctx: StepContext) -> None:
        """Remove the instance from the infrastructure, then from the record."""
        if REFUSED in ctx.data:
            return
        shop, service = self._shop, await self._shop.subject(ctx)
        function = service.functions[ctx.data["function"]]
        found = function.instance(ctx.data["instance"])
        if found is None:
            return  # Killed right after it was written.
        unit, instance = found
        component = instance.vnf_component.id if instance.vnf_component else None
        try:
            await shop.allocator.remove_instance(service, function, instance)
        except ServiceError as error:
            await shop.failed(service, function, "SCALE_IN", error)
            raise
        merging.drop(unit, instance)
        forget(function, component)
        if instance.hostname and instance.hostname not in function.inner.released:
            function.inner.released.append(instance.hostname)
        targets = [each for each in service.targets_of(function.name) if each is not function]
        for target in targets:
            shop.dependency(service, target)
        if function.document.status is Status.ERROR:
            function.document.status = Status.SCALING
        await shop.store.save(service, function)

    async def finish(self, ctx: StepContext) -> None:
        """Say that it is done, or why it was not."""
        if REFUSED in ctx.data:
            await finished(self._shop, ctx, ctx.data[REFUSED], None)
        else:
            await finished(self._shop, ctx, "Scaled in", Action.SCALE_IN)
