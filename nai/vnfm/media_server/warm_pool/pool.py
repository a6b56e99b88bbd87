"""The warm pool: instances that run and serve nobody yet, so that a scale-out takes milliseconds (seed 6.2).

Each period, each VDU of each ACTIVE VNF is brought to its size: what lacks is launched, at most a few per round, and
never beyond `scale_in_out` with those that serve; what is too much leaves. A warm instance whose server died is
replaced. Launches are persisted operations like scalings, on a subject of their own, so that they delay no scale-out.
"""

import asyncio
import logging
from typing import Final

from nai.catalogue import Status
from nai.core.operations import OperationState, Step, StepContext
from nai.vim import VimError
from nai.vnfm.media_server.lifecycle.context import Parts, SupersededError
from nai.vnfm.media_server.lifecycle.execution import end_operations
from nai.vnfm.media_server.lifecycle.ledger import name_prefix
from nai.vnfm.media_server.lifecycle.reserving import launch, next_components
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf
from nai.vnfm.media_server.warm_pool.size import Stock, launches, surplus

_log = logging.getLogger(__name__)

FILL_POOL: Final = "fill-pool"


class WarmPool:
    """Keeps warm instances for all VNFs."""

    def __init__(self, parts: Parts) -> None:
        """Takes the lifecycle's parts."""
        self._parts = parts
        self._wake = asyncio.Event()

    def register(self) -> None:
        """Makes the kind of operation known."""
        steps = (
            Step("reserve", self._reserve, self._give_back),
            Step("allocate", self._allocate),
        )
        self._parts.operations.register(FILL_POOL, steps)

    async def run(self) -> None:
        """Runs until it is cancelled; without a pool it only removes what a former setting left."""
        settings = self._parts.settings.pool
        while True:
            try:
                await self.round()
            except Exception:  # noqa: BLE001  # the next period tries again
                _log.exception("Filling the warm pools failed.")
            await self._parts.clock.sleep(settings.period)

    async def round(self) -> None:
        """Brings the pools of all VNFs nearer to their size."""
        active = [vnf for vnf in self._parts.vnfs if vnf.status is Status.ACTIVE]
        await asyncio.gather(*(self._keep(vnf) for vnf in active))

    @staticmethod
    def subject(vnfr_id: str) -> str:
        """Gives the subject of a VNF's launches."""
        return f"pool/{vnfr_id}"

    async def end(self, vnfr_id: str, reason: str) -> None:
        """Stops launches for a VNF for good; what they made is in the ledger."""
        await end_operations(self._parts.operations, self.subject(vnfr_id), reason)

    async def _keep(self, vnf: Vnf) -> None:
        parts, settings = self._parts, self._parts.settings.pool
        if any(not each.over for each in await parts.operations.list(self.subject(vnf.vnfr_id))):
            return
        try:
            await self._drop_dead(vnf)
        except VimError as error:
            _log.warning("The warm pool of VNFR %s cannot be looked at: %s", vnf.vnfr_id, error)
            return
        share: dict[str, int] = {}
        for unit in vnf.record.vdu:
            unit_id = unit.id or ""
            stock = self._stock(vnf, unit_id)
            if (number := launches(stock, settings)) > 0:
                share[unit_id] = number
            if (number := surplus(stock, settings)) > 0:
                warm = parts.ledger.of(vnf.vnfr_id, InstanceState.WARM, unit_id=unit_id)
                await parts.ledger.change(warm[-number:], state=InstanceState.LEAVING, owner="")
        if share:
            operation = await parts.operations.start(FILL_POOL, self.subject(vnf.vnfr_id), {"share": share})
            ended = await parts.operations.wait(operation.id)
            if ended.state is OperationState.FAILED_TEMP:
                _log.warning("The warm pool of VNFR %s is not filled: %s", vnf.vnfr_id, ended.error)
                await parts.operations.rollback(operation.id)
                await parts.operations.wait(operation.id)

    def _stock(self, vnf: Vnf, unit_id: str) -> Stock:
        ledger = self._parts.ledger
        unit = vnf.unit(unit_id)
        rows = ledger.of(vnf.vnfr_id, unit_id=unit_id)
        return Stock(
            warm=sum(1 for each in rows if each.state is InstanceState.WARM),
            others=sum(1 for each in rows if each.state not in (InstanceState.WARM, InstanceState.LEAVING)),
            maximum=max(unit.scale_in_out, len(unit.vnfc), 1),
        )

    async def _drop_dead(self, vnf: Vnf) -> None:
        """Lets warm instances go whose server is no longer there, or not running."""
        parts = self._parts
        for unit_id in {each.unit_id for each in parts.ledger.of(vnf.vnfr_id, InstanceState.WARM)}:
            driver, _ = parts.allocator.driver(vnf, unit_id)
            servers = await driver.list_servers(name_prefix(vnf.record.name or ""))
            running = {server.name for server in servers if server.status == "ACTIVE"}
            # As they are now: one may have been taken while the infrastructure was asked.
            dead = [
                each
                for each in parts.ledger.of(vnf.vnfr_id, InstanceState.WARM, unit_id=unit_id)
                if each.name not in running
            ]
            await parts.ledger.change(dead, state=InstanceState.LEAVING, owner="")

    def _live(self, context: StepContext) -> Vnf:
        return self._parts.live(context.operation.subject.removeprefix("pool/"))

    async def _reserve(self, context: StepContext) -> None:
        vnf, owner = self._live(context), context.operation.id
        for unit_id, count in context.data["share"].items():
            known = [each for each in self._parts.ledger.owned_by(owner) if each.unit_id == unit_id]
            used = len(self._parts.ledger.of(vnf.vnfr_id, unit_id=unit_id))
            components = next_components(vnf, unit_id, used, count - len(known))
            await launch(self._parts, vnf, unit_id, components, owner)
        context.reached("reserved")

    async def _allocate(self, context: StepContext) -> None:
        ledger, owner = self._parts.ledger, context.operation.id
        vnf = self._live(context)
        wanted = ledger.owned_by(owner, InstanceState.LAUNCHING)
        made, failed = await self._parts.allocator.make(vnf, wanted)
        context.reached("allocated")
        self._live(context)
        await ledger.change(made, state=InstanceState.WARM, owner="")
        await ledger.change([each for each in wanted if each.name in failed], state=InstanceState.LEAVING, owner="")
        if failed:
            _log.warning("Warm instances could not be made: %s", failed)

    async def _give_back(self, context: StepContext) -> None:
        try:
            self._live(context)
        except SupersededError:
            return
        owned = self._parts.ledger.owned_by(context.operation.id, InstanceState.LAUNCHING)
        await self._parts.ledger.change(owned, state=InstanceState.LEAVING, owner="")
