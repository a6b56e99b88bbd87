"""The kinds of operations on services, and what all of them do when they fail or are rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Status
from nai.core.errors import NotFoundError
from nai.nfvo.lifecycle import healing, instantiating, powering, releasing, scaling_in, scaling_out, updating
from nai.nfvo.lifecycle.outbound import ATTEMPT
from nai.nfvo.lifecycle.workshop import Workshop, log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.core.operations import Operations, Step, StepContext


def steps_of(shop: Workshop) -> dict[str, Sequence[Step]]:
    """Return the steps of each kind of operation."""
    termination, power = releasing.Termination(shop), powering.Powering(shop)
    return {
        instantiating.KIND: instantiating.Instantiation(shop).steps(),
        releasing.KIND: termination.steps(),
        releasing.FUNCTION_KIND: termination.function_steps(),
        scaling_out.KIND: scaling_out.ScaleOut(shop).steps(),
        scaling_in.KIND: scaling_in.ScaleIn(shop).steps(),
        powering.START_KIND: power.start_steps(),
        powering.STOP_KIND: power.stop_steps(),
        powering.RESTART_KIND: power.restart_steps(),
        healing.KIND: healing.Healing(shop).steps(),
        updating.KIND: updating.Updating(shop).steps(),
    }


def register(operations: Operations, shop: Workshop) -> frozenset[str]:
    """Tell the runner of operations what it can be asked for.

    Returns:
        The kinds that can be rolled back: those with a step that can be undone.
    """
    hooks = Hooks(shop)
    kinds = steps_of(shop)
    for kind, steps in kinds.items():
        operations.register(kind, steps, failed=hooks.failed)
    return frozenset(kind for kind, steps in kinds.items() if any(step.undo for step in steps))


class Hooks:
    """What happens at the end of any operation."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    async def failed(self, ctx: StepContext, error: Exception) -> None:
        """See to it that the service says why it is in ERROR, and tell subscribers."""
        ctx.data[ATTEMPT] = int(ctx.data.get(ATTEMPT, 0)) + 1
        try:
            service = await self._shop.live.get(ctx.operation.subject)
        except NotFoundError:
            log.info("Operation %s failed on a service that is gone: %s", ctx.operation.id, error)
            return
        if service.document.status is not Status.ERROR:
            if service.document.status is Status.TERMINATED and ctx.operation.kind != releasing.KIND:
                return  # Given up for the sake of the termination.
            await self._shop.failed(service, None, f"{ctx.operation.kind}, {ctx.operation.step}", error)
        self._shop.announcer.service(Action.ERROR, service)
