"""Removes, again and again until it succeeds, what has to leave: the ledger's rows that nobody works on any more."""

import asyncio
import logging
from datetime import timedelta

from nai.catalogue import Status
from nai.core.errors import NotFoundError
from nai.core.operations import OperationState
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.tables import InstanceState

_log = logging.getLogger(__name__)

PERIOD_SECONDS = 30.0
REMEMBERED = timedelta(days=1)
"""How long operations that are over stay readable."""


class Keeper:
    """Looks after the ledger each period."""

    def __init__(self, parts: Parts, period_seconds: float = PERIOD_SECONDS) -> None:
        """Takes the lifecycle's parts and the seconds between two rounds."""
        self._parts = parts
        self._period = period_seconds

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            try:
                await self.round()
            except Exception:  # noqa: BLE001  # the next round tries again
                _log.exception("Looking after the instances failed.")
            await self._parts.clock.sleep(self._period)

    async def round(self) -> None:
        """Removes the servers of all LEAVING rows, and what is known of VNFs that are over."""
        parts = self._parts
        await parts.operations.prune(REMEMBERED)
        leaving: dict[str, list[str]] = {}
        for each in parts.ledger:
            if each.state is InstanceState.LEAVING and not await self._worked_on(each.owner):
                leaving.setdefault(each.vnfr_id, []).append(each.name)
        await asyncio.gather(*(self._remove(vnfr_id, names) for vnfr_id, names in leaving.items()))

    async def _remove(self, vnfr_id: str, names: list[str]) -> None:
        parts = self._parts
        vnf = parts.vnfs.find(vnfr_id)
        instances = [each for name in names if (each := parts.ledger.find(name)) is not None]
        for name, reason in (await parts.allocator.unmake(vnf, instances)).items():
            _log.warning("Instance %s could not be removed yet: %s", name, reason)
        if vnf is not None and vnf.status is Status.TERMINATED and not parts.ledger.of(vnfr_id):
            await parts.vnfs.forget(vnfr_id)

    async def _worked_on(self, owner: str) -> bool:
        """Tells whether an operation still works on the rows that it owns."""
        try:
            operation = await self._parts.operations.get(owner)
        except NotFoundError:
            return False
        return not operation.over or operation.state is OperationState.FAILED_TEMP
