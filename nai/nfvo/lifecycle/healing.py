"""Healing of an instance, and letting a stand-by take over from one that failed.

An instance that its infrastructure has lost is made again under its own name before the VNFM is asked to heal it: no
script can heal what is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action
from nai.core.errors import ServiceError
from nai.core.operations import Step
from nai.nfvo.lifecycle import outbound
from nai.nfvo.lifecycle.allocating import ACTIVE, addresses, floating_addresses
from nai.nfvo.lifecycle.errors import LifecycleError
from nai.nfvo.lifecycle.merging import Say, merge
from nai.nfvo.lifecycle.scaling_out import finished, tell_targets
from nai.nfvo.lifecycle.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import VirtualDeploymentUnit, VNFCInstance
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

KIND = "heal"
SWITCH = "switchToStandby"
"""The cause by which a stand-by is told to take over (wire contract 6.7)."""
FAILED = "FAILED"
"""State of an instance that another one has taken over from."""


class Healing:
    """The steps of the operation.

    Its data: `function`, `instance` (ids), `cause`; and `failed`, the id of the one it takes over from.
    """

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done, in this order."""
        return (
            Step("restore", self.restore),
            Step("heal", self.heal),
            Step("relate", self.relate),
            Step("finish", self.finish),
        )

    async def _subject(self, ctx: StepContext) -> tuple[Service, Function, VirtualDeploymentUnit, VNFCInstance]:
        service = await self._shop.subject(ctx)
        function = service.functions[ctx.data["function"]]
        found = function.instance(ctx.data["instance"])
        if found is None:
            raise LifecycleError(f"Instance {ctx.data['instance']} of {function.name} is gone")
        return service, function, *found

    async def restore(self, ctx: StepContext) -> None:
        """Make the instance again if its infrastructure has lost it, or start it if it is off."""
        service, function, unit, instance = await self._subject(ctx)
        if ctx.data.get("cause") == SWITCH:
            return
        try:
            server = await self._shop.allocator.restore(
                service, function, unit, instance, keys=await self._shop.keys(service)
            )
        except ServiceError as error:
            await self._shop.failed(service, function, "HEAL", error)
            raise
        if server is not None:
            changed = server.ext_id != instance.vc_id
            instance.vc_id = server.ext_id
            instance.ips, instance.floating_ips = addresses(server), floating_addresses(server)
            if changed:
                self._shop.note(function, Action.HEAL, f"{instance.hostname} was lost and has been made again")
            await self._shop.store.save(service, function)

    async def heal(self, ctx: StepContext) -> None:
        """Have the VNFM heal the instance, or let it take over."""
        shop = self._shop
        service, function, _, instance = await self._subject(ctx)
        cause = ctx.data.get("cause") or ""
        occurrence = outbound.occurrence(ctx, function, Action.HEAL)
        try:
            answer = await shop.ask(
                service,
                function,
                lambda: outbound.heal(function, instance, cause, occurrence=occurrence),
                answer=Action.HEAL,
                instance=instance.id,
            )
        except ServiceError as error:
            await shop.failed(service, function, "HEAL", error)
            raise
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.KNOWN)
        instance.state = ACTIVE
        if cause == SWITCH:
            gone = function.instance(ctx.data.get("failed") or "")
            if gone is not None:
                gone[1].state = FAILED
            shop.note(function, Action.HEAL, f"{instance.hostname} took over")
        await shop.store.save(service, function)

    async def relate(self, ctx: StepContext) -> None:
        """Tell the functions that depend on this one: its addresses may be new."""
        service, function, _, instance = await self._subject(ctx)
        await tell_targets(self._shop, service, function, instance, ctx)

    async def finish(self, ctx: StepContext) -> None:
        """Say that it is done."""
        await finished(self._shop, ctx, "Healed", Action.HEAL)
