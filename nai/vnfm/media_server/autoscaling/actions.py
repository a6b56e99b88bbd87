"""From a decision to its action, and from the action to the cooldown."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from nai.core.clock import Clock
from nai.vnfm.media_server.autoscaling.elastic import ElasticVnfr
from nai.vnfm.media_server.autoscaling.ports import Executor, Journal
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.decisions.model import Decision, DecisionState

_log = logging.getLogger(__name__)


class Actions:
    """Runs at most one action per VNFR and tells the engine when its cooldown shall end."""

    def __init__(
        self, clock: Clock, executor: Executor, journal: Journal, cool_down: Callable[[str, float], None]
    ) -> None:
        """Connects it.

        Args:
            clock: The time.
            executor: Who scales.
            journal: Where a decision that failed unexpectedly is written down.
            cool_down: Is told a VNFR's id and the seconds until its cooldown ends.
        """
        self._clock = clock
        self._executor = executor
        self._journal = journal
        self._cool_down = cool_down

    def start(self, elastic: ElasticVnfr, decision: Decision) -> None:
        """Has a decision carried out."""
        elastic.go(ScalingState.SCALE)
        self._run(elastic, self._carry_out(elastic, decision))

    def resume(self, elastic: ElasticVnfr, cooldown_until: datetime | None) -> None:
        """Goes on with the action that a restart interrupted, or with the cooldown after it."""
        elastic.go(ScalingState.SCALE)
        self._run(elastic, self._resume(elastic, cooldown_until))

    @staticmethod
    def _run(elastic: ElasticVnfr, action: Coroutine[Any, Any, None]) -> None:
        elastic.action = asyncio.ensure_future(action)
        elastic.run(elastic.action)

    async def _resume(self, elastic: ElasticVnfr, cooldown_until: datetime | None) -> None:
        decision: Decision | None = None
        try:
            decision = await self._executor.resume(elastic.vnfr_id)
        except Exception:  # noqa: BLE001  # elasticity goes on, whatever became of the old action
            _log.exception("Resuming the action of VNFR %s failed.", elastic.vnfr_id)
        if decision is not None:
            self._finish(elastic, decision)
        elif not elastic.ended:
            elastic.go(ScalingState.INACTIVE)
            left = (cooldown_until - self._clock.now()).total_seconds() if cooldown_until else 0
            if left > 0:
                elastic.go(ScalingState.COOLDOWN)
                self._cool_down(elastic.vnfr_id, left)

    async def _carry_out(self, elastic: ElasticVnfr, decision: Decision) -> None:
        try:
            await self._executor.scale(decision)
        except Exception as error:  # noqa: BLE001  # recorded, and the policy fires again if it still should
            _log.exception("Scaling VNFR %s failed.", elastic.vnfr_id)
            decision.state = DecisionState.FAILED
            decision.error = str(error)
            decision.finished_at = self._clock.now()
            self._journal.note(decision)
        self._finish(elastic, decision)

    def _finish(self, elastic: ElasticVnfr, decision: Decision) -> None:
        if elastic.ended:
            return
        elastic.streaks.clear()
        elastic.held.clear()
        if not decision.scaled:
            # Only a real change is followed by a cooldown; what failed is tried again a period later.
            elastic.go(ScalingState.INACTIVE)
            return
        elastic.go(ScalingState.SCALED, ScalingState.COOLDOWN)
        self._cool_down(elastic.vnfr_id, decision.cooldown_seconds)
