"""Carries out the engine's decisions as persisted operations."""

import asyncio
import contextlib
import logging

from nai.catalogue import Status
from nai.core.errors import ConflictError
from nai.core.operations import Operation, Operations, OperationState
from nai.vnfm.media_server.autoscaling.fleet import Fleet, UnitFleet
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.decisions.model import Decision
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.scale_in import SCALE_IN
from nai.vnfm.media_server.lifecycle.scale_out import SCALE_OUT
from nai.vnfm.media_server.lifecycle.tables import InstanceState

_log = logging.getLogger(__name__)


class Execution:
    """What the engine sees of VNFs, and what it has done to them."""

    def __init__(self, parts: Parts) -> None:
        """Takes the lifecycle's parts."""
        self._parts = parts
        self._interrupted: dict[str, asyncio.Task[Decision]] = {}

    def fleet(self, vnfr_id: str) -> Fleet:
        """Tells what a VNF has, from memory."""
        parts = self._parts
        vnf = parts.vnfs.find(vnfr_id)
        if vnf is None or not parts.plane.knows(vnfr_id):
            return Fleet((), active=False)
        idle = {server.hostname for server in parts.plane.removable(vnfr_id)}
        units = []
        for unit in vnf.record.vdu:
            serving = parts.ledger.of(vnfr_id, InstanceState.SERVING, unit_id=unit.id or "")
            units.append(
                UnitFleet(
                    unit_id=unit.id or "",
                    name=unit.name or "",
                    instances=len(serving),
                    maximum=max(unit.scale_in_out, len(unit.vnfc), 1),
                    idle=sum(1 for each in serving if each.name in idle),
                )
            )
        used = {server.hostname: float(server.used_points) for server in parts.plane.servers(vnfr_id)}
        return Fleet(tuple(units), vnf.status is Status.ACTIVE, used)

    async def scale(self, decision: Decision) -> None:
        """Carries a decision out; see `ports.Executor`."""
        parts = self._parts
        async with parts.turns.of(decision.vnfr_id):
            kind = SCALE_OUT if decision.direction is Direction.OUT else SCALE_IN
            await parts.plane.set_task(decision.vnfr_id, "SCALING")
            async with parts.database.session() as session:
                await parts.decisions.put(session, decision)
                operation = await parts.operations.start(
                    kind,
                    decision.vnfr_id,
                    {"decision": decision.model_dump(mode="json", by_alias=True)},
                    session=session,
                )
            parts.reached("engine/decided")
            await self._complete(operation, decision)

    async def take_up(self) -> None:
        """Takes up the scalings that a restart interrupted; before operations are resumed and the NFVO is heard.

        Each takes its VNF's turn at once, so that no action of the NFVO comes in between.
        """
        for operation in await self._parts.operations.list():
            if operation.kind in (SCALE_OUT, SCALE_IN) and _is_open(operation):
                turn = self._parts.turns.of(operation.subject)
                if not turn.locked():
                    await turn.acquire()
                    task = asyncio.create_task(self._finish(operation, turn))
                    self._interrupted[operation.subject] = task

    async def resume(self, vnfr_id: str) -> Decision | None:
        """Waits for the scaling of a VNF that a restart interrupted."""
        task = self._interrupted.pop(vnfr_id, None)
        return await task if task is not None else None

    async def end(self, vnfr_id: str, reason: str) -> None:
        """Stops the scaling of a VNF for good."""
        await end_operations(self._parts.operations, vnfr_id, reason)

    async def close(self) -> None:
        """Stops waiting; the operations themselves are stopped with the service."""
        for task in self._interrupted.values():
            task.cancel()
        await asyncio.gather(*self._interrupted.values(), return_exceptions=True)

    async def _finish(self, operation: Operation, turn: asyncio.Lock) -> Decision:
        decision = Decision.model_validate(operation.data["decision"])
        try:
            await self._complete(operation, decision)
        finally:
            turn.release()
        return decision

    async def _complete(self, operation: Operation, decision: Decision) -> None:
        """Waits for an operation, takes it back if it fails, and completes the decision from what is recorded."""
        operations = self._parts.operations
        ended = await operations.wait(operation.id)
        if ended.state is OperationState.FAILED_TEMP and not ended.data["decision"].get("finishedAt"):
            error = ended.error or "failed"
            _log.warning("Scaling of VNFR %s is taken back: %s", operation.subject, error)
            try:
                await operations.rollback(operation.id)
                ended = await operations.wait(operation.id)
            except ConflictError:
                # The VNF's termination has taken the operation over.
                ended = await operations.get(operation.id)
            ended.data["decision"]["error"] = ended.data["decision"].get("error") or error
        written = Decision.model_validate(ended.data["decision"])
        for name in ("state", "scaled", "servers", "error", "finished_at", "execution_ms"):
            setattr(decision, name, getattr(written, name))
        self._parts.decisions.note(decision)
        if self._parts.plane.knows(decision.vnfr_id):
            await self._parts.plane.set_task(decision.vnfr_id, "START")


async def end_operations(operations: Operations, subject: str, reason: str) -> None:
    """Stops all operations of a subject for good.

    Args:
        operations: Where they are.
        subject: Whose.
        reason: Why, for who reads them.
    """
    for operation in await operations.list(subject):
        if not operation.over:
            await operations.cancel(operation.id, reason)
    for operation in await operations.list(subject):
        if operation.state is OperationState.FAILED_TEMP:
            # Whoever waits for it may be taking it back already; there is nothing to give back to any more.
            with contextlib.suppress(ConflictError):
                await operations.fail(operation.id)


def _is_open(operation: Operation) -> bool:
    return not operation.over or operation.state is OperationState.FAILED_TEMP
