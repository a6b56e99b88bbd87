"""Starting and stopping: one instance, or (restart) a whole function.

A stopped instance keeps running for the sessions it has; it is the VNFM that stops using it (seed 3.3.2.1.11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Status
from nai.core.errors import ServiceError
from nai.core.operations import Step
from nai.nfvo.lifecycle import outbound
from nai.nfvo.lifecycle.allocating import ACTIVE
from nai.nfvo.lifecycle.errors import LifecycleError, WrongStatusError
from nai.nfvo.lifecycle.merging import Say, merge
from nai.nfvo.lifecycle.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import VNFCInstance
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

START_KIND, STOP_KIND, RESTART_KIND = "start_instance", "stop_instance", "restart_function"
INACTIVE = "INACTIVE"
"""State of an instance that was stopped."""


def check(instance: VNFCInstance, action: Action) -> None:
    """Refuse to start what runs, and to stop what does not.

    Raises:
        WrongStatusError: it does not.
    """
    if action is Action.START and instance.state != INACTIVE:
        raise WrongStatusError(f"{instance.hostname} is {instance.state}: only an {INACTIVE} instance can be started")
    if action is Action.STOP and instance.state != ACTIVE:
        raise WrongStatusError(f"{instance.hostname} is {instance.state}: only an {ACTIVE} instance can be stopped")


class Powering:
    """The steps of the operations. Their data: `function`, and `instance` unless it is about the whole function."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def start_steps(self) -> Sequence[Step]:
        """Return what is done to start an instance."""
        return (Step("start", self.start),)

    def stop_steps(self) -> Sequence[Step]:
        """Return what is done to stop an instance."""
        return (Step("stop", self.stop),)

    def restart_steps(self) -> Sequence[Step]:
        """Return what is done to restart a function."""
        return (Step("stop", self.stop_function), Step("start", self.start_function))

    async def start(self, ctx: StepContext) -> None:
        """Start one instance."""
        await self._one(ctx, Action.START, ACTIVE)

    async def stop(self, ctx: StepContext) -> None:
        """Stop one instance."""
        await self._one(ctx, Action.STOP, INACTIVE)

    async def _one(self, ctx: StepContext, action: Action, state: str) -> None:
        service, function = await self._subject(ctx)
        found = function.instance(ctx.data["instance"])
        if found is None:
            raise LifecycleError(f"Instance {ctx.data['instance']} of {function.name} is gone")
        instance = found[1]
        await self._ask(ctx, service, function, action, instance)
        instance.state = state
        working = any(each.state == ACTIVE for _, each in function.instances())
        function.inner.reached = Status.ACTIVE if working else Status.INACTIVE
        await self._done(service, function, action, f"{instance.hostname} is {state}")

    async def stop_function(self, ctx: StepContext) -> None:
        """Stop a whole function."""
        service, function = await self._subject(ctx)
        await self._ask(ctx, service, function, Action.STOP, None)
        function.inner.reached = Status.INACTIVE
        await self._done(service, function, Action.STOP, "stopped")

    async def start_function(self, ctx: StepContext) -> None:
        """Start a whole function."""
        service, function = await self._subject(ctx)
        await self._ask(ctx, service, function, Action.START, None)
        function.inner.reached = Status.ACTIVE
        for _, instance in function.instances():
            if instance.state == INACTIVE:
                instance.state = ACTIVE
        await self._done(service, function, Action.START, "started")

    async def _subject(self, ctx: StepContext) -> tuple[Service, Function]:
        service = await self._shop.subject(ctx)
        return service, service.functions[ctx.data["function"]]

    async def _ask(
        self, ctx: StepContext, service: Service, function: Function, action: Action, instance: VNFCInstance | None
    ) -> None:
        shop = self._shop
        occurrence = outbound.occurrence(ctx, function, action)
        try:
            answer = await shop.ask(
                service,
                function,
                lambda: outbound.start_stop(action, function, occurrence=occurrence, instance=instance),
                answer=action,
                instance=instance.id if instance else None,
            )
        except ServiceError as error:
            await shop.failed(service, function, str(action), error)
            raise
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.KNOWN)

    async def _done(self, service: Service, function: Function, action: Action, what: str) -> None:
        function.document.status, function.document.task = function.inner.reached, str(action)
        self._shop.note(function, action, what)
        self._shop.set_status(service, f"{function.name}: {what}")
        await self._shop.store.save(service, function)
