"""The operation that adds media servers: reserve, allocate in parallel, tell the NFVO, serve.

Each step can be killed and run again: what was reserved is known by the operation's id, servers are found by their
names, and the plane finds a media server by its host name.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from nai.catalogue import Status
from nai.core.operations import Step, StepContext
from nai.vnfm.media_server.decisions.model import Decision, DecisionState
from nai.vnfm.media_server.lifecycle.allocation import AllocationError
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.ledger import Instance
from nai.vnfm.media_server.lifecycle.reserving import reserve
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.sdk import VnfmError

_log = logging.getLogger(__name__)

SCALE_OUT: Final = "scale-out"


class ScaleOut:
    """The steps; `decision` in the operation's data is the decision that is carried out."""

    def __init__(self, parts: Parts) -> None:
        """Takes the lifecycle's parts."""
        self._parts = parts

    def register(self) -> None:
        """Makes the kind of operation known."""
        steps = (
            Step("reserve", self._reserve, self._give_back),
            Step("allocate", self._allocate, self._unrecord),
            Step("record", self._record),
            Step("serve", self._serve, self._withdraw),
        )
        self._parts.operations.register(SCALE_OUT, steps, rolled_back=self._rolled_back)

    async def _reserve(self, context: StepContext) -> None:
        vnf = self._parts.live(context.operation.subject)
        share: Mapping[str, int] = context.data["decision"]["share"]
        for unit_id, count in share.items():
            await reserve(self._parts, vnf, unit_id, count, context.operation.id)
        context.reached("reserved")

    async def _allocate(self, context: StepContext) -> None:
        parts, owner = self._parts, context.operation.id
        vnf = parts.live(context.operation.subject)
        missing = parts.ledger.owned_by(owner, InstanceState.LAUNCHING)
        if not missing:
            return
        # A minute without a word would look like nothing happens: the NFVO shows SCALING meanwhile.
        await parts.update_record(f"{owner}/announce", parts.record(vnf, Status.SCALING))
        context.data["announced"] = True
        context.reached("announced")
        made, failed = await parts.allocator.make(vnf, missing)
        context.reached("allocated")
        if failed:
            context.data["decision"]["error"] = "; ".join(f"{name}: {reason}" for name, reason in failed.items())
            await parts.ledger.change(
                [each for each in missing if each.name in failed], state=InstanceState.LEAVING, owner=""
            )
        if not made and not parts.ledger.owned_by(owner, InstanceState.TAKEN):
            raise AllocationError(context.data["decision"]["error"])

    async def _record(self, context: StepContext) -> None:
        parts, owner = self._parts, context.operation.id
        vnf = parts.live(context.operation.subject)
        await parts.update_record(f"{owner}/record", parts.record(vnf, Status.ACTIVE, also=owner))
        context.reached("recorded")

    async def _serve(self, context: StepContext) -> None:
        parts, owner = self._parts, context.operation.id
        vnf = parts.live(context.operation.subject)
        instances = parts.ledger.owned_by(owner, InstanceState.LAUNCHING, InstanceState.TAKEN, InstanceState.SERVING)
        for each in instances:
            await parts.plane.add_server(vnf.vnfr_id, each.name, each.address, each.capacity)
        context.reached("served")
        await parts.ledger.change(instances, state=InstanceState.SERVING)
        decision = context.data["decision"]
        decision["servers"] = sorted(each.name for each in instances)
        decision["scaled"] = len(instances)
        await self._finish(context, DecisionState.DONE)

    async def _give_back(self, context: StepContext) -> None:
        """Warm ones are warm again, new ones leave."""
        ledger, owner = self._parts.ledger, context.operation.id

        def state(each: Instance) -> InstanceState:
            return InstanceState.WARM if each.state is InstanceState.TAKEN else InstanceState.LEAVING

        owned = ledger.owned_by(owner, InstanceState.TAKEN, InstanceState.LAUNCHING)
        await ledger.change(owned, state=state, owner="")

    async def _unrecord(self, context: StepContext) -> None:
        vnf = self._parts.vnfs.find(context.operation.subject)
        if vnf is None or vnf.status is Status.TERMINATED:
            return
        try:
            record = self._parts.record(vnf, Status.ACTIVE)
            await self._parts.update_record(f"{context.operation.id}/unrecord", record)
        except VnfmError as error:
            # What cannot be told to the NFVO now is told with the next change; the instances must not stay for it.
            _log.warning("The record of VNFR %s is not up to date: %s", vnf.vnfr_id, error)

    async def _withdraw(self, context: StepContext) -> None:
        """Takes media servers out again; one that got a session in between stays."""
        parts, owner = self._parts, context.operation.id
        for each in parts.ledger.owned_by(owner):
            server = parts.plane.server(each.name)
            if server is not None and await parts.plane.release_server(each.vnfr_id, each.name):
                await parts.plane.remove_server(each.vnfr_id, each.name)
                await parts.ledger.change([each], state=InstanceState.LAUNCHING)
            elif server is not None:
                await parts.ledger.change([each], state=InstanceState.SERVING)

    async def _rolled_back(self, context: StepContext) -> None:
        decision = context.data["decision"]
        decision["scaled"] = 0
        decision["error"] = decision.get("error") or context.operation.error or "rolled back"
        await self._finish(context, DecisionState.FAILED)

    async def _finish(self, context: StepContext, state: DecisionState) -> None:
        """Ends the decision and the step in one transaction."""
        finish(context.data["decision"], state, self._parts)
        async with context.completing() as session:
            await self._parts.decisions.put(session, Decision.model_validate(context.data["decision"]))


def finish(decision: dict[str, Any], state: DecisionState, parts: Parts) -> None:
    """Writes into a decision's document how and when it ended."""
    now = parts.clock.now()
    decided = Decision.model_validate(decision)
    decision["state"] = state.value
    decision["finishedAt"] = now.isoformat()
    decision["executionMs"] = round((now - decided.last_at).total_seconds() * 1000, 3)
