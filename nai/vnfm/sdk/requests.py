"""Requests of a VNFM that the NFVO answers (wire contracts 6.5, 6.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nai.catalogue import (
    Action,
    Key,
    OrVnfmErrorMessage,
    OrVnfmGenericMessage,
    OrVnfmGrantLifecycleOperationMessage,
    OrVnfmMessage,
    VimInstance,
    VirtualNetworkFunctionRecord,
    VnfmOrAllocateResourcesMessage,
    VnfmOrGenericMessage,
    VnfmOrGrantLifecycleOperationMessage,
    VnfmOrMessage,
    VnfmOrScalingMessage,
    parse_or_vnfm,
)
from nai.core.bus import BusError
from nai.vnfm.sdk.errors import NfvoRefusedError, NfvoSilentError

if TYPE_CHECKING:
    from nai.core.bus import Bus
    from nai.core.clock import Clock

REQUESTS_QUEUE = "vnfm.nfvo.actions.reply"
_WAIT_SECONDS = 2.0


class NfvoRequests:
    """The requests that belong to one action.

    A request names itself (`requestId`, the same after a crash of this process), so that it can be sent again: the NFVO
    answers it again and does nothing twice. A broker or NFVO that restarts meanwhile loses requests and answers.
    """

    def __init__(
        self, bus: Bus, clock: Clock, occurrence: str, *, seconds: float = 1000, again_seconds: float = 60
    ) -> None:
        """Prepares the requests.

        Args:
            bus: The bus.
            clock: The time.
            occurrence: Action the requests belong to.
            seconds: How long the NFVO may take, in all.
            again_seconds: After which a request is sent again.
        """
        self._bus = bus
        self._clock = clock
        self._occurrence = occurrence
        self._seconds = seconds
        self._again_seconds = again_seconds

    async def grant_operation(self, vnfr: VirtualNetworkFunctionRecord) -> OrVnfmGrantLifecycleOperationMessage:
        """Asks whether the VNF may be made.

        Returns:
            The answer: the record as the NFVO stores it, and the VIM instance per VDU.

        Raises:
            NfvoRefusedError: It may not.
        """
        request = VnfmOrGrantLifecycleOperationMessage(
            action=Action.GRANT_OPERATION,
            virtual_network_function_record=vnfr,
            vdu_set=vnfr.vdu,
            deployment_flavour_key=vnfr.deployment_flavour_key,
        )
        answer = await self._ask(request)
        if not isinstance(answer, OrVnfmGrantLifecycleOperationMessage):
            raise NfvoRefusedError(f"the NFVO answered GRANT_OPERATION with {answer.action}")
        if not answer.grant_allowed:
            raise NfvoRefusedError("the NFVO does not grant the operation: not enough resources are left")
        return answer

    async def allocate_resources(
        self,
        vnfr: VirtualNetworkFunctionRecord,
        *,
        vim_instances: Mapping[str, VimInstance],
        user_data: str | None,
        keys: Sequence[Key],
    ) -> VirtualNetworkFunctionRecord:
        """Has the NFVO allocate the instances of a VNF, and returns the record with them."""
        request = VnfmOrAllocateResourcesMessage(
            action=Action.ALLOCATE_RESOURCES,
            virtual_network_function_record=vnfr,
            vim_instances=dict(vim_instances),
            userdata=user_data,
            key_pairs=list(keys),
        )
        return self._record(await self._ask(request))

    async def scaling(self, vnfr: VirtualNetworkFunctionRecord, user_data: str | None) -> VirtualNetworkFunctionRecord:
        """Has the NFVO allocate the new instance of a scale-out, and returns the record with it."""
        request = VnfmOrScalingMessage(action=Action.SCALING, virtual_network_function_record=vnfr, user_data=user_data)
        return self._record(await self._ask(request))

    async def update_vnfr(self, vnfr: VirtualNetworkFunctionRecord) -> VirtualNetworkFunctionRecord:
        """Has the NFVO store a record, and returns it as stored."""
        request = VnfmOrGenericMessage(action=Action.UPDATEVNFR, virtual_network_function_record=vnfr)
        return self._record(await self._ask(request))

    def _record(self, answer: OrVnfmMessage) -> VirtualNetworkFunctionRecord:
        if isinstance(answer, OrVnfmGenericMessage) and answer.vnfr is not None:
            return answer.vnfr
        raise NfvoRefusedError(f"the NFVO answered with {answer.action} and no record")

    async def _ask(self, request: VnfmOrMessage) -> OrVnfmMessage:
        body = {**request.to_wire(), "requestId": f"{self._occurrence}/{request.action}"}
        answer = parse_or_vnfm(await self._call(request.action, body))
        if isinstance(answer, OrVnfmErrorMessage):
            raise NfvoRefusedError(answer.message or f"the NFVO refused {request.action} without a reason")
        return answer

    async def _call(self, action: Action, body: Mapping[str, Any]) -> dict[str, Any]:
        end = self._clock.monotonic() + self._seconds
        last: Exception | None = None
        while (left := end - self._clock.monotonic()) > 0:
            try:
                return await self._bus.call(REQUESTS_QUEUE, body, timeout=min(self._again_seconds, left))
            except BusError as error:
                # No answer yet, or nobody listens: the NFVO or the broker is restarting.
                last = error
                await self._clock.sleep(_WAIT_SECONDS)
            except asyncio.CancelledError:
                raise
        raise NfvoSilentError(f"the NFVO did not answer {action} within {self._seconds:g} s") from last
