"""The loop that runs all policies of all VNFRs in time.

One heap of due times on the service's clock; no thread, task or sleep per policy. What is in memory is evaluated on the
spot, so a thousand policies cost some ten milliseconds; what has to be fetched runs beside the loop and delays nobody.
As the contract has it (2.3), a policy's first evaluation is `cooldown` seconds after its VNFR became active, and then
one comes each `period` seconds.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from nai.core.clock import Clock
from nai.vnfm.media_server.autoscaling.actions import Actions
from nai.vnfm.media_server.autoscaling.agenda import Agenda
from nai.vnfm.media_server.autoscaling.arbitration import arbitrate
from nai.vnfm.media_server.autoscaling.elastic import ElasticVnfr, StateObserver
from nai.vnfm.media_server.autoscaling.evaluation import Measures, evaluate
from nai.vnfm.media_server.autoscaling.measures import MeasureSource
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.ports import Executor, Journal
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.autoscaling.waiting import wait_at_most
from nai.vnfm.media_server.decisions.model import Decision, DecisionState

_log = logging.getLogger(__name__)

_COOLDOWN_END = ""
"""Stands on the agenda in place of a policy's name; no policy has an empty one."""


class Engine:
    """Evaluates policies when they are due and has fired ones carried out, one action per VNFR at a time."""

    def __init__(
        self,
        clock: Clock,
        measures: MeasureSource,
        executor: Executor,
        journal: Journal,
        settings: AutoscalingSettings,
        observer: StateObserver = lambda _vnfr_id, _state: None,
    ) -> None:
        """Connects the engine; `run` starts it.

        Args:
            clock: For due times and cooldowns.
            measures: Where alarms get their readings.
            executor: Who scales.
            journal: Where decisions are written down.
            settings: Steadiness and hysteresis.
            observer: Is told every change of state, with the VNFR's id.
        """
        self._clock = clock
        self._measures = measures
        self._executor = executor
        self._journal = journal
        self._actions = Actions(clock, executor, journal, self._cool_down)
        self._settings = settings
        self._observer = observer
        self._agenda: Agenda[tuple[str, str]] = Agenda()
        self._vnfrs: dict[str, ElasticVnfr] = {}
        self._changed = asyncio.Event()

    def state(self, vnfr_id: str) -> ScalingState:
        """Tells what is being done about a VNFR; TERMINATED for one that is not run."""
        elastic = self._vnfrs.get(vnfr_id)
        return elastic.state if elastic else ScalingState.TERMINATED

    def policies(self, vnfr_id: str) -> Sequence[ScalingPolicy]:
        """Gives the policies that are run for a VNFR."""
        elastic = self._vnfrs.get(vnfr_id)
        return tuple(elastic.policies.values()) if elastic else ()

    def activate(self, vnfr_id: str, policies: Iterable[ScalingPolicy], cooldown_until: datetime | None = None) -> None:
        """Runs the policies of a VNFR from now on; does nothing if they already are.

        Args:
            vnfr_id: The VNFR.
            policies: Its policies; policies of the same name are told apart by their position.
            cooldown_until: End of the cooldown that an action before a restart began.
        """
        if vnfr_id in self._vnfrs:
            return
        named = _by_name(policies)
        if not named:
            return
        elastic = self._vnfrs[vnfr_id] = ElasticVnfr(vnfr_id, named, self._observer)
        now = self._clock.monotonic()
        for name, policy in named.items():
            self._agenda.put((vnfr_id, name), now + policy.cooldown)
        self._actions.resume(elastic, cooldown_until)
        self._changed.set()

    async def deactivate(self, vnfr_id: str) -> None:
        """Stops running a VNFR's policies and waits, not for ever, for a running action to end.

        Args:
            vnfr_id: The VNFR; nothing happens when it is not run.
        """
        elastic = self._vnfrs.get(vnfr_id)
        if elastic is None or elastic.ended:
            return
        elastic.go(ScalingState.TERMINATING)
        for name in (*elastic.policies, _COOLDOWN_END):
            self._agenda.drop((vnfr_id, name))
        if elastic.action is not None and not elastic.action.done():
            await wait_at_most(self._clock, [elastic.action], self._settings.deactivation_seconds)
        for task in elastic.tasks:
            task.cancel()
        elastic.go(ScalingState.TERMINATED)
        del self._vnfrs[vnfr_id]

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            self._changed.clear()
            due = self._agenda.next_due()
            if due is None:
                await self._changed.wait()
            elif (delay := due - self._clock.monotonic()) > 0:
                changed = asyncio.ensure_future(self._changed.wait())
                try:
                    await wait_at_most(self._clock, [changed], delay)
                finally:
                    changed.cancel()
            else:
                self.tick()
                # Others get their turn even when the policies cannot be evaluated as fast as they are due.
                await asyncio.sleep(0)

    async def stop(self) -> None:
        """Cancels what runs for all VNFRs; actions are persisted and go on after the next start."""
        tasks = [task for elastic in self._vnfrs.values() for task in elastic.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._vnfrs.clear()

    def tick(self) -> None:
        """Does all that is due now."""
        now = self._clock.monotonic()
        due: dict[str, list[ScalingPolicy]] = {}
        for planned, (vnfr_id, name) in self._agenda.pop_due(now):
            elastic = self._vnfrs[vnfr_id]
            if name == _COOLDOWN_END:
                elastic.go(ScalingState.INACTIVE)
                continue
            policy = elastic.policies[name]
            due.setdefault(vnfr_id, []).append(policy)
            # A fixed rate, but what was missed, by a suspended host say, is not made up for.
            following = planned + policy.period
            self._agenda.put((vnfr_id, name), following if following > now else now + policy.period)
        for vnfr_id, policies in due.items():
            try:
                self._detect(self._vnfrs[vnfr_id], policies)
            except Exception:  # noqa: BLE001
                # One VNFR's trouble is not that of the thousand others on the same loop.
                _log.exception("Evaluating the policies of VNFR %s failed.", vnfr_id)

    def _detect(self, elastic: ElasticVnfr, policies: Iterable[ScalingPolicy]) -> None:
        started = self._clock.monotonic()
        measures: dict[str, Sequence[float]] = {}
        local: list[ScalingPolicy] = []
        remote: list[ScalingPolicy] = []
        for policy in policies:
            for metric in policy.metrics - measures.keys():
                if (values := self._measures.at_once(elastic.vnfr_id, metric)) is not None:
                    measures[metric] = values
            (local if policy.metrics <= measures.keys() else remote).append(policy)
        if local:
            self._evaluate(elastic, local, measures, started)
        wanted = [policy for policy in remote if policy.name not in elastic.fetching]
        if wanted:
            elastic.run(asyncio.ensure_future(self._fetch_and_evaluate(elastic, wanted, started)))

    async def _fetch_and_evaluate(self, elastic: ElasticVnfr, policies: list[ScalingPolicy], started: float) -> None:
        names = {policy.name for policy in policies}
        elastic.fetching |= names
        try:
            metrics = sorted(frozenset().union(*(policy.metrics for policy in policies)))
            readings = await asyncio.gather(*(self._reading(elastic.vnfr_id, metric) for metric in metrics))
            if not elastic.ended:
                self._evaluate(elastic, policies, dict(zip(metrics, readings, strict=True)), started)
        except Exception:  # noqa: BLE001  # the next period tries again
            _log.exception("Reading the metrics of VNFR %s failed.", elastic.vnfr_id)
        finally:
            elastic.fetching -= names

    async def _reading(self, vnfr_id: str, metric: str) -> Sequence[float]:
        values = self._measures.at_once(vnfr_id, metric)
        return values if values is not None else await self._measures.fetch(vnfr_id, metric)

    def _evaluate(
        self, elastic: ElasticVnfr, policies: Iterable[ScalingPolicy], measures: Measures, started: float
    ) -> None:
        """Evaluates, decides and starts the action: without a pause, so that nothing changes meanwhile."""
        free = elastic.state is ScalingState.INACTIVE
        if free:
            elastic.go(ScalingState.DETECT)
        evaluations = [evaluate(policy, measures) for policy in policies]
        ready = elastic.steady(evaluations, self._settings.steady_periods)
        detected = self._clock.monotonic()
        chosen: Decision | None = None
        if ready:
            if free:
                elastic.go(ScalingState.DECIDE)
            decisions = arbitrate(
                elastic,
                ready,
                self._executor.fleet(elastic.vnfr_id),
                measures,
                self._clock.now(),
                hysteresis=self._settings.hysteresis,
                free=free,
            )
            chosen = self._write_down(elastic, decisions, detected - started, self._clock.monotonic() - detected)
        if chosen is not None:
            self._actions.start(elastic, chosen)
        elif free:
            elastic.go(ScalingState.INACTIVE)

    def _write_down(
        self, elastic: ElasticVnfr, decisions: Collection[Decision], detection: float, deciding: float
    ) -> Decision | None:
        """Notes the holds, one that only goes on in place of its beginning, and returns what is to be carried out."""
        chosen = None
        for decision in decisions:
            decision.detection_ms = round(detection * 1000, 3)
            decision.decision_ms = round(deciding * 1000, 3)
            if decision.state is DecisionState.RUNNING:
                chosen = decision
                elastic.held.pop(decision.policy, None)
                continue
            before = elastic.held.get(decision.policy)
            if before is not None and before.outcome is decision.outcome:
                before.repeats += 1
                before.last_at = decision.last_at
                self._journal.note(before)
            else:
                elastic.held[decision.policy] = decision
                self._journal.note(decision)
        return chosen

    def _cool_down(self, vnfr_id: str, seconds: float) -> None:
        self._agenda.put((vnfr_id, _COOLDOWN_END), self._clock.monotonic() + seconds)
        self._changed.set()


def _by_name(policies: Iterable[ScalingPolicy]) -> dict[str, ScalingPolicy]:
    named: dict[str, ScalingPolicy] = {}
    for position, policy in enumerate(policies, start=1):
        name = policy.name if policy.name not in named else f"{policy.name} ({position})"
        named[name] = replace(policy, name=name)
    return named
