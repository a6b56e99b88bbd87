"""What VNFMs ask of the orchestrator, and tell it: one entry for all ways by which messages come in.

Every request can come a second time (a VNFM that was restarted repeats it), and two of them at once; each is answered
as the first one was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from nai.catalogue import (
    Action,
    OrVnfmErrorMessage,
    OrVnfmGenericMessage,
    OrVnfmGrantLifecycleOperationMessage,
    Status,
    VnfmOrErrorMessage,
    parse_vnfm_or,
)
from nai.core.errors import NotFoundError, ServiceError
from nai.nfvo.lifecycle import merging
from nai.nfvo.lifecycle.allocating import NO_USER_DATA
from nai.nfvo.lifecycle.conversations import error_text
from nai.nfvo.lifecycle.errors import GrantRefusedError, LifecycleError
from nai.nfvo.lifecycle.granting import by_unit, missing_components
from nai.nfvo.lifecycle.scaling_by_manager import added_component, withdraw
from nai.nfvo.lifecycle.workshop import Workshop, log

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from nai.catalogue import VimInstance, VirtualNetworkFunctionRecord, VnfmOrMessage
    from nai.nfvo.records.service import Function, Service

Answer = dict[str, Any] | None

DATABASE_SECONDS = 120.0
"""How long a request waits for a database that is away."""
DATABASE_PAUSE_SECONDS = 1.0


class Desk:
    """Takes in messages from VNFMs."""

    def __init__(self, shop: Workshop) -> None:
        """Use the lifecycle's parts."""
        self._shop = shop
        self._requests: dict[Action, Callable[[Service, Function, VnfmOrMessage], Awaitable[Answer]]] = {
            Action.GRANT_OPERATION: self._grant,
            Action.ALLOCATE_RESOURCES: self._allocate,
            Action.SCALING: self._scaling,
            Action.UPDATEVNFR: self._update,
        }

    async def take(self, document: Mapping[str, Any]) -> Answer:
        """Take in a message.

        Args:
            document: as it came.

        Returns:
            The answer, for the requests that have one.

        Raises:
            MessageError: its action is unknown.
            pydantic.ValidationError: its content is wrong.
        """
        message = parse_vnfm_or(document)
        until = self._shop.clock.monotonic() + DATABASE_SECONDS
        while True:
            try:
                return await self._handle(message)
            except DBAPIError as error:
                if self._shop.clock.monotonic() > until:
                    raise
                log.warning("%s waits for the database: %s", message.action, error.orig)
                await self._shop.clock.sleep(DATABASE_PAUSE_SECONDS)

    async def _handle(self, message: VnfmOrMessage) -> Answer:
        told: VirtualNetworkFunctionRecord | None = getattr(message, "virtual_network_function_record", None)
        handler = self._requests.get(message.action)
        try:
            service, function = await self._find(message, told)
        except NotFoundError as error:
            # Released in the meantime: nothing is brought back, but whoever waits for an answer gets one.
            log.info("%s: %s", message.action, error)
            return _refused(told, error) if handler else None
        if handler is None:
            await self._answered(service, function, message)
            return None
        try:
            return await handler(service, function, message)
        except ServiceError as error:
            log.warning("Service %s: %s of %s: %s", service.id, message.action, function.name, error)
            return _refused(function.document, error)

    async def _find(
        self, message: VnfmOrMessage, told: VirtualNetworkFunctionRecord | None
    ) -> tuple[Service, Function]:
        parent = (told.parent_ns_id if told else None) or getattr(message, "nsr_id", None)
        return await self._shop.live.function(
            (told.id if told else None) or "", service_id=parent, name=(told.name if told else None) or ""
        )

    async def _answered(self, service: Service, function: Function, message: VnfmOrMessage) -> None:
        if isinstance(message, VnfmOrErrorMessage) and function.refusal:
            # The VNFM only knows that it got nothing; we know why.
            reason, function.refusal = function.refusal, ""
            if self._shop.conversations.failed(function.id, GrantRefusedError(reason)):
                return
        if self._shop.conversations.answered(function.id, message):
            return
        if isinstance(message, VnfmOrErrorMessage) and function.document.status is Status.ACTIVE:
            await self._shop.failed(service, function, "The VNFM reports", LifecycleError(error_text(message)))
            self._shop.announcer.service(Action.ERROR, service)
            return
        log.info("Service %s: %s of %s comes too late", service.id, message.action, function.name)

    async def _grant(self, service: Service, function: Function, message: VnfmOrMessage) -> Answer:
        self._refuse_if_over(function)
        try:
            choice = await self._shop.granting.grant(service, function)
        except ServiceError as error:
            function.refusal = str(error)
            refused = OrVnfmErrorMessage(action=Action.ERROR, vnfr=function.document, message=str(error)).to_wire()
            # The Python SDK does not look whether it was granted, but goes through the places at once.
            return {
                **refused,
                "grantAllowed": False,
                "vduVim": {},
                "virtualNetworkFunctionRecord": refused["vnfr"],
            }
        function.refusal, function.inner.granted = "", True
        self._place(function, choice)
        return OrVnfmGrantLifecycleOperationMessage(
            action=Action.GRANT_OPERATION,
            grant_allowed=True,
            vdu_vim=choice,
            virtual_network_function_record=function.document,
        ).to_wire()

    async def _allocate(self, service: Service, function: Function, message: VnfmOrMessage) -> Answer:
        shop = self._shop
        self._refuse_if_over(function)
        if function.refusal:
            raise GrantRefusedError(function.refusal)
        async with function.lock:
            choice = await self._chosen(service, function)
            script = getattr(message, "userdata", None)
            function.inner.granted = True
            if script and script != NO_USER_DATA:
                function.inner.user_data = dict.fromkeys(choice, script)
            await shop.store.save(service, function)
            try:
                await shop.allocator.allocate(service, function, choice, keys=await shop.keys(service))
            except ServiceError as error:
                function.refusal = str(error)
                raise
            finally:
                if not service.released:
                    await shop.store.save(service, function)
        return _brought(Action.ALLOCATE_RESOURCES, function)

    async def _scaling(self, service: Service, function: Function, message: VnfmOrMessage) -> Answer:
        """Make the instance of a scale out: one that was ordered here, or one that the VNFM wants by itself."""
        shop = self._shop
        self._refuse_if_over(function)
        async with function.lock:
            request = str(getattr(message, "requestId", "") or "")
            component_id = added_component(function, message, request)
            unit = next(unit for unit in function.document.vdu if any(each.id == component_id for each in unit.vnfc))
            if component_id in missing_components(unit):
                script = getattr(message, "user_data", None)
                if script and script != NO_USER_DATA:
                    function.inner.user_data[unit.id or ""] = script
                await shop.store.save(service, function)
                try:
                    choice = await shop.granting.grant(service, function)
                    await shop.allocator.allocate(
                        service, function, choice, keys=await shop.keys(service), only=component_id
                    )
                except ServiceError as error:
                    if component_id in function.changing:
                        function.refusal = str(error)
                    else:
                        withdraw(function, unit, component_id)
                    raise
                finally:
                    if not service.released:
                        await shop.store.save(service, function)
        return _brought(Action.SCALING, function)

    async def _update(self, service: Service, function: Function, message: VnfmOrMessage) -> Answer:
        """Take over what a VNFM has done to its function by itself, scaling included."""
        shop = self._shop
        self._refuse_if_over(function)
        told: VirtualNetworkFunctionRecord | None = getattr(message, "virtual_network_function_record", None)
        if told is not None:
            async with function.lock:
                before = sum(1 for _ in function.instances())
                merging.merge(
                    function.document,
                    told,
                    say=merging.Say.ALL,
                    changing=function.changing,
                    released=function.inner.released,
                )
                after = sum(1 for _ in function.instances())
                running = function.document.status in (Status.ACTIVE, Status.SCALING) and not function.changing
                if running and told.status in (Status.ACTIVE, Status.SCALING):
                    function.document.status = told.status
                    shop.set_status(service)
                event = None
                if running and after != before:
                    event = Action.SCALE_OUT if after > before else Action.SCALE_IN
                    task = "Scaled out" if after > before else "Scaled in"
                    shop.note(function, event, f"{task} by its VNFM: {before} -> {after} instances")
                    service.document.task = task
                await shop.store.save(service, function)
            shop.announcer.function(Action.UPDATEVNFR, service, function)
            if event is not None:
                shop.announcer.service(event, service)
        return _brought(Action.UPDATEVNFR, function)

    async def _chosen(self, service: Service, function: Function) -> dict[str, VimInstance]:
        """Return where each unit goes: as it was granted, or, if nobody asked, as it would be."""
        if any(len(names) != 1 for names in function.inner.vims.values()) or not function.inner.granted:
            choice = await self._shop.granting.grant(service, function)
            self._place(function, choice)
            return choice
        return {unit: places[0] for unit, places in (await self._shop.places(service, function)).items()}

    def _place(self, function: Function, choice: Mapping[str, VimInstance]) -> None:
        function.inner.vims = by_unit(choice)
        for unit in function.document.vdu:
            unit.vim_instance_name = list(function.inner.vims.get(unit.id or "", []))

    def _refuse_if_over(self, function: Function) -> None:
        if function.terminating:
            raise LifecycleError(f"{function.name} is being terminated: nothing is made for it any more")


def _brought(action: Action, function: Function) -> dict[str, Any]:
    """Return the record to a VNFM. The lists are always there: the Python SDK goes through them unseen."""
    document = OrVnfmGenericMessage(action=action, vnfr=function.document).to_wire()
    for unit in document["vnfr"].get("vdu", []):
        unit.setdefault("vnfc_instance", [])
        for instance in unit["vnfc_instance"]:
            instance.setdefault("vnfComponent", {})
    return document


def _refused(known: VirtualNetworkFunctionRecord | None, error: Exception) -> dict[str, Any]:
    return OrVnfmErrorMessage(action=Action.ERROR, vnfr=known, message=str(error)).to_wire()
