"""From a message of the NFVO to the handler's method, and from its result to the answer (wire contracts 6.6, 6.7)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from nai.catalogue import (
    Action,
    JavaException,
    OrVnfmErrorMessage,
    OrVnfmGenericMessage,
    OrVnfmHealVNFRequestMessage,
    OrVnfmInstantiateMessage,
    OrVnfmMessage,
    OrVnfmScalingMessage,
    OrVnfmStartStopMessage,
    OrVnfmUpdateMessage,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VnfmOrErrorMessage,
    VnfmOrGenericMessage,
    VnfmOrHealedMessage,
    VnfmOrInstantiateMessage,
    VnfmOrMessage,
    VnfmOrScaledMessage,
    VnfmOrStartStopMessage,
)
from nai.vnfm.sdk.errors import RefusedError, UnsupportedActionError, VnfmError
from nai.vnfm.sdk.handler import ActionContext, Instantiation, VnfmHandler
from nai.vnfm.sdk.record_building import build_record

if TYPE_CHECKING:
    from nai.vnfm.sdk.executor import Observer

_LOG = logging.getLogger(__name__)

REFUSED_FIELD = "refused"
"""Field of ours in an ERROR: nothing was changed, so the record need not become one in ERROR."""

T = TypeVar("T")


class Dispatch:
    """Carries out messages with a handler."""

    def __init__(self, handler: VnfmHandler, *, allocate_by_nfvo: bool, observer: Observer) -> None:
        """Prepares the dispatch.

        Args:
            handler: The VNFM's own part.
            allocate_by_nfvo: Instances are allocated by the NFVO, before the handler is asked.
            observer: Is told each step.
        """
        self._handler = handler
        self._allocate_by_nfvo = allocate_by_nfvo
        self._observer = observer

    async def carry_out(self, context: ActionContext, message: OrVnfmMessage) -> VnfmOrMessage | None:
        """Carries out a message.

        Returns:
            The answer; None where the protocol has none.

        Raises:
            Exception: The handler's, or a VnfmError.
        """
        match message:
            case OrVnfmInstantiateMessage():
                vnfr = await self._instantiate(context, message)
                return VnfmOrInstantiateMessage(action=Action.INSTANTIATE, virtual_network_function_record=vnfr)
            case OrVnfmScalingMessage(action=Action.SCALE_OUT):
                return await self._scale_out(context, message)
            case OrVnfmScalingMessage(action=Action.SCALE_IN):
                record, vnfc = _needed(message.virtual_network_function_record), _needed(message.vnfc_instance)
                return _generic(Action.SCALE_IN, await self._handler.scale_in(context, record, vnfc))
            case OrVnfmStartStopMessage():
                return await self._start_or_stop(context, message)
            case OrVnfmHealVNFRequestMessage():
                record, vnfc = _needed(message.virtual_network_function_record), _needed(message.vnfc_instance)
                vnfr = await self._handler.heal(context, record, vnfc, message.cause or "")
                return VnfmOrHealedMessage(
                    action=Action.HEAL,
                    virtual_network_function_record=vnfr,
                    vnfc_instance=_now(vnfr, vnfc),
                    cause=message.cause,
                )
            case OrVnfmUpdateMessage():
                vnfr = await self._handler.update(context, _needed(message.vnfr), _needed(message.script))
                return _generic(Action.UPDATE, vnfr)
            case OrVnfmErrorMessage():
                _LOG.warning("the NFVO reports an error: %s", message.message)
                return None
            case OrVnfmGenericMessage(action=Action.MODIFY):
                vnfr = await self._handler.modify(context, _needed(message.vnfr), _needed(message.vnfrd))
                return _generic(Action.MODIFY, vnfr)
            case OrVnfmGenericMessage(action=Action.RELEASE_RESOURCES):
                return _generic(Action.RELEASE_RESOURCES, await self._handler.terminate(context, _needed(message.vnfr)))
            case _:
                raise UnsupportedActionError(f"this VNFM does not do {message.action}")

    async def _instantiate(
        self, context: ActionContext, message: OrVnfmInstantiateMessage
    ) -> VirtualNetworkFunctionRecord:
        grant = await context.nfvo.grant_operation(build_record(message))
        self._observer("INSTANTIATE/granted/after")
        vnfr = _needed(grant.virtual_network_function_record)
        if self._allocate_by_nfvo:
            vnfr = await context.nfvo.allocate_resources(
                vnfr,
                vim_instances=grant.vdu_vim,
                user_data=await self._handler.user_data(context, vnfr),
                keys=message.keys,
            )
            self._observer("INSTANTIATE/allocated/after")
        instantiation = Instantiation(message.vnf_package, grant.vdu_vim, tuple(message.keys))
        return await self._handler.instantiate(context, vnfr, instantiation)

    async def _start_or_stop(self, context: ActionContext, message: OrVnfmStartStopMessage) -> VnfmOrMessage:
        vnfr, vnfc, handler = _needed(message.virtual_network_function_record), message.vnfc_instance, self._handler
        if message.action is Action.START:
            if vnfc is None:
                vnfr = await handler.start(context, vnfr, message.vnfr_dependency)
            else:
                vnfr = await handler.start_vnfc(context, vnfr, vnfc)
        elif vnfc is None:
            vnfr = await handler.stop(context, vnfr)
        else:
            vnfr = await handler.stop_vnfc(context, vnfr, vnfc)
        answer = VnfmOrStartStopMessage(action=message.action, virtual_network_function_record=vnfr)
        if vnfc is not None:
            answer.vnfc_instance = _now(vnfr, vnfc)
        return answer

    async def _scale_out(self, context: ActionContext, message: OrVnfmScalingMessage) -> VnfmOrMessage:
        vnfr, component = _needed(message.virtual_network_function_record), _needed(message.component)
        known = {vnfc.hostname for vdu in vnfr.vdu for vnfc in vdu.vnfc_instance}
        ready = await self._handler.choose_new(context, vnfr, component)
        if ready is None:
            vnfr = await context.nfvo.scaling(vnfr, await self._handler.user_data(context, vnfr))
            self._observer("SCALE_OUT/allocated/after")
            new = [each for vdu in vnfr.vdu for each in vdu.vnfc_instance if each.hostname not in known]
            wanted = [each for each in new if each.vnf_component and each.vnf_component.id == component.id]
            if not new:
                raise VnfmError("the NFVO answered SCALING without a new instance")
            ready = vnfr, (wanted or new)[0]
        vnfr, vnfc = ready
        if message.mode and message.mode.lower() == "standby":
            vnfc.state = "STANDBY"
        vnfr, vnfc = await self._handler.scale_out(context, vnfr, vnfc, message.vnf_package, message.dependency)
        return VnfmOrScaledMessage(
            action=Action.SCALED, virtual_network_function_record=vnfr, vnfc_instance=_now(vnfr, vnfc)
        )


def error_message(
    error: BaseException, vnfr: VirtualNetworkFunctionRecord | None, nsr_id: str | None
) -> VnfmOrErrorMessage:
    """Returns what the NFVO is told about a failed action; the text of a cause comes along."""
    text = str(error) or type(error).__name__
    if not isinstance(error, VnfmError):
        text = f"{type(error).__name__}: {text}"
    exception = JavaException(detail_message=text)
    if error.__cause__ is not None:
        exception.cause = JavaException(detail_message=str(error.__cause__) or type(error.__cause__).__name__)
    answer = VnfmOrErrorMessage(action=Action.ERROR, exception=exception)
    if isinstance(error, RefusedError):
        setattr(answer, REFUSED_FIELD, True)
    if nsr_id is not None:
        answer.nsr_id = nsr_id
    if vnfr is not None:
        answer.virtual_network_function_record = vnfr
    return answer


def record_of(message: OrVnfmMessage) -> VirtualNetworkFunctionRecord | None:
    """Returns the record a message carries; of INSTANTIATE, one made of its descriptor."""
    if isinstance(message, OrVnfmInstantiateMessage):
        try:
            return build_record(message)
        except VnfmError:
            return None
    for name in ("vnfr", "virtual_network_function_record"):
        # A field that the class does not know is kept as it came.
        found = getattr(message, name, None)
        if isinstance(found, VirtualNetworkFunctionRecord):
            return found
    return None


def _generic(action: Action, vnfr: VirtualNetworkFunctionRecord) -> VnfmOrGenericMessage:
    return VnfmOrGenericMessage(action=action, virtual_network_function_record=vnfr)


def _now(vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance) -> VNFCInstance:
    """Returns the instance as the record has it now."""
    found = (each for vdu in vnfr.vdu for each in vdu.vnfc_instance if each.hostname == vnfc.hostname)
    return next(found, vnfc)


def _needed(value: T | None) -> T:
    if value is None:
        raise VnfmError("the NFVO's message lacks a record, instance, component, dependency or script")
    return value
