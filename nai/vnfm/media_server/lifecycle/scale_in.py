"""The operation that removes idle media servers: claim, tell the NFVO, take out, delete.

A claimed server takes no session any more, and only one without points can be claimed; so from then on no session can
land on it, and none is cut off. What the infrastructure does not delete now stays in the ledger, and the keeper deletes
it later.
"""

import logging
from collections.abc import Mapping
from typing import Final

from nai.catalogue import Status
from nai.core.operations import Step, StepContext
from nai.vnfm.media_server.decisions.model import Decision, DecisionState
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.ledger import Instance
from nai.vnfm.media_server.lifecycle.scale_out import finish
from nai.vnfm.media_server.lifecycle.tables import InstanceState

SCALE_IN: Final = "scale-in"

_log = logging.getLogger(__name__)


class ScaleIn:
    """The steps; `decision` in the operation's data is the decision that is carried out."""

    def __init__(self, parts: Parts) -> None:
        """Takes the lifecycle's parts."""
        self._parts = parts

    def register(self) -> None:
        """Makes the kind of operation known."""
        steps = (
            Step("claim", self._claim, self._give_back),
            Step("record", self._record),
            Step("remove", self._remove),
        )
        self._parts.operations.register(SCALE_IN, steps, rolled_back=self._rolled_back)

    async def _claim(self, context: StepContext) -> None:
        vnf = self._parts.live(context.operation.subject)
        share: Mapping[str, int] = context.data["decision"]["share"]
        for unit_id, count in share.items():
            await self._claim_of(context, vnf.vnfr_id, unit_id, count)
        context.reached("claimed")

    async def _claim_of(self, context: StepContext, vnfr_id: str, unit_id: str, count: int) -> None:
        parts, owner = self._parts, context.operation.id
        claimed = [each for each in parts.ledger.owned_by(owner, InstanceState.LEAVING) if each.unit_id == unit_id]
        serving = {each.name: each for each in parts.ledger.of(vnfr_id, InstanceState.SERVING, unit_id=unit_id)}
        # Claimed before a crash came between: nobody else claims servers while this operation has its turn.
        half = [
            each
            for each in serving.values()
            if (server := parts.plane.server(each.name)) is not None and server.claimed
        ]
        candidates = [
            serving[server.hostname] for server in parts.plane.removable(vnfr_id) if server.hostname in serving
        ]
        for each in (*half, *candidates):
            # Asked each time: another action may have ended in between, and one server always stays.
            left = len(parts.ledger.of(vnfr_id, InstanceState.SERVING, unit_id=unit_id))
            if len(claimed) >= count or left <= 1:
                if each in half:
                    await parts.plane.unrelease_server(vnfr_id, each.name)
                    continue
                break
            if each not in half and not (
                await self._may_go(each) and await parts.plane.release_server(vnfr_id, each.name)
            ):
                continue
            context.reached("released")
            claimed += await parts.ledger.change([each], state=InstanceState.LEAVING, owner=owner)

    async def _may_go(self, instance: Instance) -> bool:
        """Asks the monitor, where the settings say so, whether a server is idle for it too."""
        rule = self._parts.settings.termination_rule
        return not rule.activate or await self._parts.measures.text(instance.name, rule.metric) == rule.value

    async def _record(self, context: StepContext) -> None:
        vnf = self._parts.live(context.operation.subject)
        if self._parts.ledger.owned_by(context.operation.id, InstanceState.LEAVING):
            record = self._parts.record(vnf, Status.ACTIVE)
            await self._parts.update_record(f"{context.operation.id}/record", record)
        context.reached("recorded")

    async def _remove(self, context: StepContext) -> None:
        parts, owner = self._parts, context.operation.id
        vnf = parts.live(context.operation.subject)
        leaving = parts.ledger.owned_by(owner, InstanceState.LEAVING)
        decision = context.data["decision"]
        # Saved before rows go: a step that is run again must still know what it removed.
        names = sorted({*decision["servers"], *(each.name for each in leaving)})
        decision["servers"], decision["scaled"] = names, len(names)
        await context.save()
        for each in leaving:
            await parts.plane.remove_server(vnf.vnfr_id, each.name)
        context.reached("withdrawn")
        for each in await self._keep_warm(vnf.vnfr_id, leaving):
            leaving.remove(each)
        failed = await parts.allocator.unmake(vnf, leaving)
        context.reached("deleted")
        for name, reason in failed.items():
            _log.warning("Instance %s is removed later: %s", name, reason)
        finish(decision, DecisionState.DONE, parts)
        async with context.completing() as session:
            await parts.decisions.put(session, Decision.model_validate(decision))

    async def _keep_warm(self, vnfr_id: str, leaving: list[Instance]) -> list[Instance]:
        """Lets as many as the warm pool lacks go there instead: they are all that it would otherwise start anew."""
        pool = self._parts.settings.pool
        if not pool.activate:
            return []
        kept: list[Instance] = []
        for unit_id in {each.unit_id for each in leaving}:
            warm = len(self._parts.ledger.of(vnfr_id, InstanceState.WARM, unit_id=unit_id))
            kept += [each for each in leaving if each.unit_id == unit_id][: max(0, pool.size - warm)]
        await self._parts.ledger.change(kept, state=InstanceState.WARM, owner="")
        return kept

    async def _give_back(self, context: StepContext) -> None:
        """Claimed servers take sessions again."""
        parts = self._parts
        vnf = parts.vnfs.find(context.operation.subject)
        if vnf is None or vnf.status is Status.TERMINATED:
            return
        for each in parts.ledger.owned_by(context.operation.id, InstanceState.LEAVING):
            if parts.plane.server(each.name) is not None:
                await parts.plane.unrelease_server(each.vnfr_id, each.name)
                await parts.ledger.change([each], state=InstanceState.SERVING, owner="")

    async def _rolled_back(self, context: StepContext) -> None:
        decision = context.data["decision"]
        decision["scaled"] = 0
        decision["error"] = decision.get("error") or context.operation.error or "rolled back"
        finish(decision, DecisionState.FAILED, self._parts)
        async with context.completing() as session:
            await self._parts.decisions.put(session, Decision.model_validate(decision))
