"""One VNFR under the engine: its policies, its state, and what the engine remembers between two evaluations."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nai.vnfm.media_server.autoscaling.evaluation import Evaluation
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.states import ScalingState, follow
from nai.vnfm.media_server.decisions.model import Decision

StateObserver = Callable[[str, ScalingState], None]


@dataclass(eq=False)
class ElasticVnfr:
    """A VNFR whose policies are run.

    Attributes:
        vnfr_id: Its id.
        policies: By name.
        observer: Is told every change of state.
        state: What is being done about it.
        streaks: Policy name to the number of evaluations in a row that fired.
        held: Policy name to the hold that is still going on.
        fetching: Names of the policies whose metrics are being fetched.
        tasks: What runs for it: fetches and at most one action.
        policies_by_metrics: Policies with the same metrics are fetched together.
    """

    vnfr_id: str
    policies: dict[str, ScalingPolicy]
    observer: StateObserver
    state: ScalingState = ScalingState.INACTIVE
    streaks: dict[str, int] = field(default_factory=dict)
    held: dict[str, Decision] = field(default_factory=dict)
    fetching: set[str] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    action: asyncio.Task[None] | None = None

    def go(self, *states: ScalingState) -> None:
        """Passes through states, each checked against the contract's order."""
        for following in states:
            self.state = follow(self.state, following)
            self.observer(self.vnfr_id, following)

    @property
    def ended(self) -> bool:
        """Whether its elasticity is ending or over."""
        return self.state in (ScalingState.TERMINATING, ScalingState.TERMINATED)

    def steady(self, evaluations: Iterable[Evaluation], periods: int) -> list[Evaluation]:
        """Counts how often in a row policies fired.

        Args:
            evaluations: New ones.
            periods: How many in a row are needed.

        Returns:
            Those that fired often enough. A policy that did not fire ends its hold, if it had one.
        """
        ready = []
        for evaluation in evaluations:
            name = evaluation.policy.name
            if not evaluation.fired:
                self.streaks.pop(name, None)
                self.held.pop(name, None)
                continue
            self.streaks[name] = self.streaks.get(name, 0) + 1
            if self.streaks[name] >= periods:
                ready.append(evaluation)
        return ready

    def run(self, task: asyncio.Task[None]) -> None:
        """Keeps a task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
