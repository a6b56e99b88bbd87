"""Termination of a service: its functions are told, their instances removed, the record deleted.

The VNFM is asked first, for it may have to save something; but its silence or absence does not keep a service alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Action, Status
from nai.core.errors import NotFoundError, ServiceError
from nai.core.operations import Step
from nai.nfvo.lifecycle import outbound
from nai.nfvo.lifecycle.errors import LifecycleError
from nai.nfvo.lifecycle.workshop import Workshop, log, raise_first, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

KIND = "terminate"
FUNCTION_KIND = "terminate_function"
ABSENT_SECONDS = 5.0
"""How long a VNFM that is not there is waited for, when only a release is left to be told."""


class Termination:
    """The steps of the operation: for a service, or for one function of it."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done to a service, in this order."""
        return (Step("release", self.release), Step("delete", self.delete))

    def function_steps(self) -> Sequence[Step]:
        """Return what is done to one function of a service."""
        return (Step("release", self.release_one), Step("delete", self.delete_one))

    async def release(self, ctx: StepContext) -> None:
        """Tell the VNFMs and remove the instances, of all functions at the same time."""
        shop, service = self._shop, await self._shop.live.get(ctx.operation.subject)
        errors = await settle(
            [release_function(shop, service, function, ctx) for function in service.functions.values()]
        )
        if errors:
            try:
                raise_first(errors)
            except ServiceError as error:
                await shop.failed(service, None, "The service could not be removed", error)
                raise

    async def delete(self, ctx: StepContext) -> None:
        """Delete the record; from here on nothing about the service can be written."""
        try:
            service = await self._shop.live.get(ctx.operation.subject)
        except NotFoundError:
            return  # Killed right after it was deleted.
        service.document.status = Status.TERMINATED
        for function in service.functions.values():
            self._shop.announcer.function(Action.RELEASE_RESOURCES_FINISH, service, function)
        self._shop.announcer.service(Action.RELEASE_RESOURCES_FINISH, service)
        await self._shop.store.remove(service)

    async def release_one(self, ctx: StepContext) -> None:
        """Tell the VNFM of one function, and remove its instances."""
        service = await self._shop.live.get(ctx.operation.subject)
        function = service.functions.get(ctx.data["function"])
        if function is None:
            return
        try:
            await release_function(self._shop, service, function, ctx)
        except ServiceError as error:
            await self._shop.failed(service, None, f"{function.name} could not be removed", error)
            raise

    async def delete_one(self, ctx: StepContext) -> None:
        """Delete one function's record; with the last one the service goes too."""
        service = await self._shop.live.get(ctx.operation.subject)
        function = service.functions.get(ctx.data["function"])
        if function is not None:
            if len(service.functions) == 1:
                await self.delete(ctx)
                return
            for other in service.targets_of(function.name):
                other.inner.needs.pop(function.name, None)
            service.functions.pop(function.id)
            self._shop.set_status(service, f"{function.name} was removed")
            service.functions[function.id] = function
            await self._shop.store.remove_function(service, function)


async def release_function(shop: Workshop, service: Service, function: Function, ctx: StepContext) -> None:
    """Have a function's VNFM release it, then remove every instance that is left.

    Raises:
        VimError: an infrastructure did not do it.
    """
    function.closing = True
    await shop.reservations.free(function.id)
    try:
        known = shop.postman.appearances(function.endpoint) > 0
        await shop.ask(
            service,
            function,
            lambda: outbound.generic(
                Action.RELEASE_RESOURCES,
                function,
                occurrence=outbound.occurrence(ctx, function, Action.RELEASE_RESOURCES),
            ),
            answer=Action.RELEASE_RESOURCES,
            seconds=None if known else ABSENT_SECONDS,
        )
    except LifecycleError as error:
        # An error in the VNFM's termination scripts must not leave instances behind that nobody owns any more.
        log.warning("Service %s: release of %s: %s", service.id, function.name, error)
        shop.note(function, Action.RELEASE_RESOURCES, str(error))
    await shop.allocator.remove_all(service, function)
