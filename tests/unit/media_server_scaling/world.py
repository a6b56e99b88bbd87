"""A world for the engine: servers with points, somebody who scales in a given time, and virtual time."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Self

from nai.core.clock import ManualClock
from nai.vnfm.media_server.autoscaling.engine import Engine
from nai.vnfm.media_server.autoscaling.fleet import Fleet, UnitFleet
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingPolicy
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.decisions.model import Decision, DecisionState

VNFR = "vnfr-1"


class World:
    """Measures, executor and journal of one or more VNFRs."""

    def __init__(
        self,
        points: Sequence[float] = (0.0,),
        maximum: int = 5,
        seconds: float = 10,
        settings: AutoscalingSettings | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.maximum = maximum
        self.seconds = seconds
        self.points: dict[str, list[float]] = {VNFR: list(points)}
        self.remote: dict[str, Sequence[float]] = {}
        self.remote_seconds = 0.0
        self.active = True
        self.interrupted: Decision | None = None
        self.error: Exception | None = None
        self.executed: list[Decision] = []
        self.noted: list[Decision] = []
        self.states: list[ScalingState] = []
        self.running: set[str] = set()
        self.engine = Engine(
            self.clock,
            self,
            self,
            self,
            settings or AutoscalingSettings(),
            observer=lambda _vnfr_id, state: self.states.append(state),
        )

    async def __aenter__(self) -> Self:
        self._loop = asyncio.ensure_future(self.engine.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._loop.cancel()
        await self.engine.stop()

    def activate(self, policies: Iterable[ScalingPolicy], vnfr_id: str = VNFR) -> None:
        self.points.setdefault(vnfr_id, [0.0])
        self.engine.activate(vnfr_id, policies)

    @property
    def servers(self) -> list[float]:
        return self.points[VNFR]

    # MeasureSource

    def at_once(self, vnfr_id: str, metric: str) -> Sequence[float] | None:
        return self.points[vnfr_id] if metric == "CONSUMED_CAPACITY" else None

    async def fetch(self, vnfr_id: str, metric: str) -> Sequence[float]:
        await self.clock.sleep(self.remote_seconds)
        return self.remote.get(metric, ())

    # Executor

    def fleet(self, vnfr_id: str) -> Fleet:
        points = self.points[vnfr_id]
        unit = UnitFleet("vdu-id", "vdu", len(points), self.maximum, sum(1 for value in points if not value))
        return Fleet((unit,), self.active, {str(number): value for number, value in enumerate(points)})

    async def scale(self, decision: Decision) -> None:
        assert decision.vnfr_id not in self.running, "two actions at once"
        self.running.add(decision.vnfr_id)
        self.executed.append(decision)
        await self.clock.sleep(self.seconds)
        self.running.discard(decision.vnfr_id)
        if self.error is not None:
            raise self.error
        servers = self.points[decision.vnfr_id]
        before = len(servers)
        for _ in range(decision.count):
            if decision.direction is Direction.OUT:
                servers.append(0.0)
            elif 0.0 in servers and len(servers) > 1:
                servers.remove(0.0)
        decision.state = DecisionState.DONE
        decision.scaled = abs(len(servers) - before)
        decision.finished_at = self.clock.now()

    async def resume(self, vnfr_id: str) -> Decision | None:
        if self.interrupted is not None:
            await self.clock.sleep(self.seconds)
        return self.interrupted

    # Journal

    def note(self, decision: Decision) -> None:
        if decision not in self.noted:
            self.noted.append(decision)
