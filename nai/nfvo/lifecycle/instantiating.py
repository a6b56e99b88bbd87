"""Instantiation of a service (wire contract 6.7).

Each function goes its own way: INSTANTIATE, then MODIFY once all that it depends on are instantiated, then START; one
that depends on nobody is started at once. How far each has come is in its record, so a resumed or retried operation
goes on where it stood.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from nai.catalogue import Action, LinkStatus, Status, VirtualLinkRecord
from nai.core.errors import ServiceError
from nai.core.identifiers import deterministic_id
from nai.core.operations import Step
from nai.nfvo.lifecycle import outbound
from nai.nfvo.lifecycle.errors import LifecycleError
from nai.nfvo.lifecycle.merging import Say, merge
from nai.nfvo.lifecycle.releasing import release_function
from nai.nfvo.lifecycle.status import reached
from nai.nfvo.lifecycle.workshop import Workshop, raise_first, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import VimInstance
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

KIND = "instantiate"


class Instantiation:
    """The steps of the operation."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop

    def steps(self) -> Sequence[Step]:
        """Return what is done, in this order."""
        return (
            Step("links", self.links),
            Step("functions", self.functions, self.take_back),
            Step("finish", self.finish),
        )

    async def links(self, ctx: StepContext) -> None:
        """See to it that the service's networks are there, on every infrastructure that it may be placed on."""
        shop, service = self._shop, await self._shop.subject(ctx)
        try:
            wanted: dict[tuple[str, str], VimInstance] = {}
            for function in service.functions.values():
                places = await shop.places(service, function)
                for unit in function.document.vdu:
                    names = {point.virtual_link_reference for part in unit.vnfc for point in part.connection_point}
                    for vim in places.get(unit.id or "", ()):
                        wanted.update({(vim.name or "", name): vim for name in names if name})
            found = await asyncio.gather(*(self._link(service, name, vim) for (_, name), vim in wanted.items()))
        except ServiceError as error:
            await shop.failed(service, None, "The networks could not be prepared", error)
            raise
        known = {link.id for link in service.links}
        fresh = [link for link in found if link.id not in known]
        service.links.extend(fresh)
        async with ctx.completing() as session:
            await shop.store.add_links(service, service.links, session)

    async def _link(self, service: Service, name: str, vim: VimInstance) -> VirtualLinkRecord:
        network = await self._shop.vims.driver(vim).ensure_network(name)
        return VirtualLinkRecord(
            id=deterministic_id("virtual link", service.id, vim.id or vim.name or "", name),
            name=name,
            ext_id=network.ext_id,
            vim_id=vim.id or vim.name,
            parent_ns=service.id,
            status=LinkStatus.NORMALOPERATION,
        )

    async def functions(self, ctx: StepContext) -> None:
        """Bring up all functions; those that can go on do so even if another one failed."""
        service = await self._shop.subject(ctx)
        course = Course(service)
        errors = await settle([self._drive(ctx, service, function, course) for function in service.functions.values()])
        if errors:
            raise_first(errors, service.document.task)

    async def _drive(self, ctx: StepContext, service: Service, function: Function, course: Course) -> None:
        shop = self._shop
        what = "INSTANTIATE"
        try:
            if function.document.status is Status.ERROR:
                function.document.status = function.inner.reached
                shop.set_status(service, "Onboarding")
            if not reached(function.inner.reached, Status.INITIALIZED):
                await self._instantiate(ctx, service, function)
            await course.advanced()
            if function.inner.needs and not reached(function.inner.reached, Status.INACTIVE):
                what = "MODIFY"
                await course.all_at(function, Status.INITIALIZED)
                await self._modify(ctx, service, function)
            if not reached(function.inner.reached, Status.ACTIVE):
                what = "START"
                if shop.start_ordered:
                    await course.all_at(function, Status.ACTIVE)
                await self._start(ctx, service, function)
            await course.advanced()
        except Exception as error:
            if not isinstance(error, DBAPIError):
                await shop.failed(service, function, what, error)
            await course.gave_up(function)
            raise

    async def _instantiate(self, ctx: StepContext, service: Service, function: Function) -> None:
        shop = self._shop
        occurrence = outbound.occurrence(ctx, function, Action.INSTANTIATE)
        places, package, keys = (
            await shop.places(service, function),
            await shop.package(service, function),
            await shop.keys(service),
        )
        function.refusal = ""
        try:
            answer = await shop.ask(
                service,
                function,
                lambda: outbound.instantiate(
                    service,
                    function,
                    occurrence=occurrence,
                    vims=places,
                    package=package,
                    keys=keys,
                    extension=shop.extension,
                ),
                answer=Action.INSTANTIATE,
            )
        finally:
            await shop.reservations.free(function.id)
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.MORE, released=function.inner.released)
        await shop.progressed(service, function, Status.INITIALIZED, Action.INSTANTIATE)
        ctx.reached(f"{function.name}/instantiated")

    async def _modify(self, ctx: StepContext, service: Service, function: Function) -> None:
        shop = self._shop
        dependency = shop.dependency(service, function)
        answer = await shop.ask(
            service,
            function,
            lambda: outbound.generic(
                Action.MODIFY,
                function,
                occurrence=outbound.occurrence(ctx, function, Action.MODIFY),
                dependency=dependency,
            ),
            answer=Action.MODIFY,
        )
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.KNOWN)
        await shop.progressed(service, function, Status.INACTIVE, Action.MODIFY)
        ctx.reached(f"{function.name}/modified")

    async def _start(self, ctx: StepContext, service: Service, function: Function) -> None:
        shop = self._shop
        answer = await shop.ask(
            service,
            function,
            lambda: outbound.start_stop(
                Action.START, function, occurrence=outbound.occurrence(ctx, function, Action.START)
            ),
            answer=Action.START,
        )
        told = getattr(answer, "virtual_network_function_record", None)
        if told is not None:
            merge(function.document, told, say=Say.MORE, released=function.inner.released)
        if all(reached(each.inner.reached, Status.ACTIVE) or each is function for each in service.functions.values()):
            service.document.task = "Onboarded"
        await shop.progressed(service, function, Status.ACTIVE, Action.START)
        ctx.reached(f"{function.name}/started")

    async def finish(self, ctx: StepContext) -> None:
        """Say that the service is there."""
        service = await self._shop.subject(ctx)
        self._shop.set_status(service, "Onboarded")
        async with service.lock, ctx.completing() as session:
            await self._shop.store.save(service, session=session)
        for function in service.functions.values():
            self._shop.announcer.function(Action.INSTANTIATE_FINISH, service, function)
        self._shop.announcer.service(Action.INSTANTIATE_FINISH, service)

    async def take_back(self, ctx: StepContext) -> None:
        """Remove all that was made; the record stays, empty, until somebody deletes it or tries again."""
        shop, service = self._shop, await self._shop.subject(ctx)
        errors = await settle(
            [release_function(shop, service, function, ctx) for function in service.functions.values()]
        )
        if errors:
            raise_first(errors)
        for function in service.functions.values():
            function.inner.reached, function.inner.granted = Status.NULL, False
            function.document.status, function.document.task = Status.NULL, "Rolled back"
            for unit in function.document.vdu:
                unit.vnfc_instance = []
            function.closing = False
        shop.set_status(service, f"Rolled back: {ctx.operation.error or 'as asked'}")
        await shop.store.save(service, *service.functions.values())


class Course:
    """How far the functions of one service have come, for those that wait for others."""

    def __init__(self, service: Service) -> None:
        """Watch a service."""
        self._service = service
        self._changed = asyncio.Condition()
        self._stuck: set[str] = set()

    async def advanced(self) -> None:
        """Say that a function has come further."""
        async with self._changed:
            self._changed.notify_all()

    async def gave_up(self, function: Function) -> None:
        """Say that a function will not come further."""
        self._stuck.add(function.name)
        await self.advanced()

    async def all_at(self, function: Function, status: Status) -> None:
        """Wait until all that a function depends on have come so far.

        Raises:
            LifecycleError: one of them will not.
        """
        sources = [
            each for name in function.inner.needs if (each := self._service.named(name)) is not function and each
        ]

        def behind() -> list[Function]:
            return [source for source in sources if not reached(source.inner.reached, status)]

        async with self._changed:
            while waiting := behind():
                stuck = [source.name for source in waiting if source.name in self._stuck]
                if stuck:
                    raise LifecycleError(f"it depends on {', '.join(stuck)}, which failed")
                await self._changed.wait()
