"""What all operations on services work with, and the few things that all of them do."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy.exc import DBAPIError

from nai.catalogue import Action, HistoryLifecycleEvent, Status, VNFPackage
from nai.core.identifiers import new_id
from nai.nfvo.lifecycle import dependencies
from nai.nfvo.lifecycle.building import written
from nai.nfvo.lifecycle.errors import LifecycleError, SupersededError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nai.catalogue import Key, VimInstance, VNFCInstance, VnfmOrMessage, VNFRecordDependency
    from nai.core.clock import Clock
    from nai.core.operations import StepContext
    from nai.nfvo.lifecycle.allocating import Allocator
    from nai.nfvo.lifecycle.conversations import Conversations
    from nai.nfvo.lifecycle.granting import Granting, Reservations
    from nai.nfvo.lifecycle.ports import Announcer, Inventory, Postman
    from nai.nfvo.lifecycle.vims import Vims
    from nai.nfvo.records.live import LiveServices
    from nai.nfvo.records.service import Function, Service
    from nai.nfvo.records.store import RecordStore

log = logging.getLogger(__name__)

HISTORY_ENTRIES = 250
"""Length of a function's history (Open Baton's nfvo.history.max-entities)."""


@dataclass
class Workshop:
    """The parts of the lifecycle, put together once for the service."""

    store: RecordStore
    live: LiveServices
    inventory: Inventory
    vims: Vims
    reservations: Reservations
    granting: Granting
    allocator: Allocator
    conversations: Conversations
    postman: Postman
    announcer: Announcer
    clock: Clock
    extension: Mapping[str, str]
    """Where broker and monitoring are, as instances reach them; goes with INSTANTIATE and SCALE_OUT."""
    start_ordered: bool = False

    async def subject(self, ctx: StepContext) -> Service:
        """Return the service that an operation works on.

        Raises:
            NotFoundError: it was released.
            SupersededError: it is being terminated; nothing else is done to it any more.
        """
        service = await self.live.get(ctx.operation.subject)
        if service.document.status is Status.TERMINATED:
            raise SupersededError(f"Service {service.id} is being terminated")
        return service

    async def keys(self, service: Service) -> list[Key]:
        """Return the key pairs for a service's instances."""
        wanted = service.document.key_names
        if not wanted:
            return []
        known = {key.name: key for key in await self.inventory.keys(service.project_id)}
        return [known[name] for name in wanted if name in known]

    async def package(self, service: Service, function: Function) -> VNFPackage | None:
        """Return the scripts of a function: those of a package, or the repository they are in."""
        location = function.descriptor.vnf_package_location
        if not location:
            return None
        found = await self.inventory.package(service.project_id, location)
        return found or VNFPackage(name=function.name, scripts_link=location)

    async def places(self, service: Service, function: Function) -> dict[str, list[VimInstance]]:
        """Return the infrastructures that each unit may be placed on, by the unit's id."""
        known = {vim.name: vim for vim in await self.vims.all(service.project_id)}
        return {unit: [known[name] for name in names if name in known] for unit, names in function.inner.vims.items()}

    async def ask(
        self,
        service: Service,
        function: Function,
        message: Callable[[], Mapping[str, Any]],
        *,
        answer: Action,
        instance: str | None = None,
        seconds: float | None = None,
    ) -> VnfmOrMessage:
        """Ask a function's VNFM, and announce the answer to subscribers of that action."""
        found = await self.conversations.ask(function, message, answer=answer, instance=instance, seconds=seconds)
        self.announcer.function(answer, service, function)
        return found

    def dependency(
        self, service: Service, function: Function, *, source: Function | None = None, only: VNFCInstance | None = None
    ) -> VNFRecordDependency | None:
        """Return what a function is told about those it depends on, or about one of them only; None if about nobody."""
        sources = [
            known
            for name in function.inner.needs
            if (known := service.named(name)) is not None and (source is None or known is source)
        ]
        if not sources:
            return None
        filled = dependencies.resolve(
            function.name, function.inner.needs, [each.document for each in sources], only=only
        )
        for kept in service.document.vnf_dependency:
            if kept.target == function.name:
                filled.id = kept.id
                if only is None and source is None:
                    kept.parameters, kept.vnfc_parameters = filled.parameters, filled.vnfc_parameters
        return filled

    def note(self, function: Function, event: str, description: str) -> None:
        """Add a line to a function's history."""
        history = function.document.lifecycle_event_history
        history.append(
            HistoryLifecycleEvent(
                id=new_id(), event=event, description=description, executed_at=written(self.clock.now())
            )
        )
        del history[:-HISTORY_ENTRIES]

    def set_status(self, service: Service, task: str | None = None) -> None:
        """Compute a service's status anew, and say what it is busy with."""
        service.document.status = service.combined_status()
        if task is not None:
            service.document.task = task

    async def failed(self, service: Service, function: Function | None, what: str, error: BaseException) -> None:
        """Write down that something failed, with the reason, where people look for it.

        Args:
            service: the service.
            function: the function it happened to; None if to the service as a whole.
            what: what was being done.
            error: the reason.
        """
        reason = f"{what}: {str(error) or type(error).__name__}"
        if function is not None:
            if function.document.status is Status.TERMINATED:
                return
            function.document.status = Status.ERROR
            function.document.task = reason
            self.note(function, Action.ERROR, reason)
            self.set_status(service, f"{function.name}: {reason}")
        else:
            service.document.status = Status.ERROR
            service.document.task = reason
        log.error("Service %s: %s", service.id, service.document.task)
        await self.store.save(service, *([function] if function else []))
        if function is not None:
            self.announcer.function(Action.ERROR, service, function)

    async def progressed(
        self, service: Service, function: Function, status: Status, event: Action, task: str | None = None
    ) -> None:
        """Write down how far a function has come; the service's status follows."""
        if function.terminating:
            raise SupersededError(f"{function.name} is being terminated")
        function.inner.reached = status
        function.document.status = status
        function.document.task = task or str(event)
        self.note(function, event, f"{event} done, now {status}")
        self.set_status(service)
        await self.store.save(service, function)


async def settle(work: Sequence[Any]) -> list[BaseException]:
    """Let several things be done at the same time, all to their end; return what went wrong.

    A cancellation is passed on to all of them, and then raised.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
    except asyncio.CancelledError:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]


def raise_first(errors: Sequence[BaseException], text: str | None = None) -> NoReturn:
    """Raise what went wrong as one error.

    Args:
        errors: at least one. One of the database comes first and as it is: the operation waits for that to come back.
        text: what to say; None for the errors' own texts.

    Raises:
        LifecycleError: always, but for errors of the database.
    """
    for error in errors:
        if isinstance(error, DBAPIError):
            raise error
    raise LifecycleError(
        text or "; ".join(sorted({str(error) or type(error).__name__ for error in errors}))
    ) from errors[0]
