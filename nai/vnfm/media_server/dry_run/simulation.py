"""What would a policy have done to a recorded load: a pure function over the same evaluation as the engine's.

What is recorded is the number of media servers and the mean of their used points each few seconds; their product, the
points in use, does not depend on the number of servers (sessions that found no room excepted) and is what is played
back. How points were spread over the servers is not recorded: they are taken to lie on as few servers as carry them,
the order in which placement fills them, so that the others are idle. Scaling takes no time here, and a policy on a
metric other than the used points cannot be played back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from nai.vnfm.media_server.autoscaling.decision import Outcome, Verdict, decide
from nai.vnfm.media_server.autoscaling.evaluation import Evaluation, evaluate
from nai.vnfm.media_server.autoscaling.fleet import Fleet, UnitFleet
from nai.vnfm.media_server.autoscaling.hysteresis import CONSUMED_CAPACITY
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingPolicy
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded sample: seconds since 1970, number of media servers, mean of their used points."""

    at: float
    number: int
    load: float

    @property
    def points(self) -> float:
        """The points in use; a load of -1 says that there was no server."""
        return max(0.0, self.number * self.load)


@dataclass(frozen=True, slots=True)
class Played:
    """A policy that fired during a simulation."""

    at: float
    evaluation: Evaluation
    load: float
    instances: int
    verdict: Verdict


@dataclass(slots=True)
class Simulated:
    """The course of a simulation: `numbers` has the simulated number of media servers at each sample."""

    steps: list[Played] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def spread(points: float, number: int, capacity: float) -> list[float]:
    """Lays points on as few servers as carry them.

    Args:
        points: In use.
        number: Of servers, at least 1.
        capacity: Of one server; what exceeds all of them is spread evenly.

    Returns:
        Points of each server; their sum is `points`.
    """
    if points >= number * capacity:
        return [points / number] * number
    full = int(points // capacity)
    rest = points - full * capacity
    return [capacity] * full + [rest] + [0.0] * (number - full - 1)


def simulate(
    policies: Sequence[ScalingPolicy],
    samples: Sequence[Recorded],
    *,
    maximum: int,
    minimum: int = 1,
    capacity: float = 100,
    settings: AutoscalingSettings | None = None,
) -> Simulated:
    """Plays a recorded load back.

    Args:
        policies: What is tried; all of them on the used points.
        samples: Oldest first.
        maximum: How many media servers there may be.
        minimum: How many have to stay.
        capacity: Points that a server carries.
        settings: Steadiness and hysteresis of the engine.

    Returns:
        Which policies fired when, what was decided, and the number of servers over time.
    """
    rules = settings or AutoscalingSettings()
    course = Simulated()
    if not samples:
        return course
    number = max(minimum, samples[0].number)
    # As in the engine: the first evaluation comes after the cooldown, and then one each period.
    due = {position: samples[0].at + policy.cooldown for position, policy in enumerate(policies)}
    streaks = dict.fromkeys(due, 0)
    held: dict[int, Outcome] = {}
    cool_until = -math.inf
    for sample in samples:
        number = max(number, minimum)
        used = spread(sample.points, number, capacity)
        unit = UnitFleet("", "", number, maximum, sum(1 for each in used if not each), minimum)
        fleet, measures = Fleet((unit,), active=True), {CONSUMED_CAPACITY: used}
        ready: list[tuple[int, Evaluation]] = []
        for position, policy in enumerate(policies):
            if sample.at < due[position]:
                continue
            due[position] += policy.period * (1 + (sample.at - due[position]) // policy.period)
            evaluation = evaluate(policy, measures)
            streaks[position] = streaks[position] + 1 if evaluation.fired else 0
            if not evaluation.fired:
                held.pop(position, None)
            elif streaks[position] >= rules.steady_periods:
                ready.append((position, evaluation))
        chosen = _choose(ready, fleet, policies, measures, rules, cooling=sample.at < cool_until)
        for position, evaluation, verdict in chosen:
            if verdict.outcome.scales or held.get(position) is not verdict.outcome:
                load = sample.points / number
                course.steps.append(Played(sample.at, evaluation, load, number, verdict))
            held[position] = verdict.outcome
        for _, evaluation, verdict in chosen:
            if verdict.outcome.scales:
                number += verdict.count if evaluation.policy.direction is Direction.OUT else -verdict.count
                cool_until = sample.at + evaluation.policy.cooldown
                streaks = dict.fromkeys(streaks, 0)
                held.clear()
        course.numbers.append(number)
    return course


def _choose(
    ready: Sequence[tuple[int, Evaluation]],
    fleet: Fleet,
    policies: Sequence[ScalingPolicy],
    measures: dict[str, list[float]],
    rules: AutoscalingSettings,
    *,
    cooling: bool,
) -> list[tuple[int, Evaluation, Verdict]]:
    """Decides about what fired at one moment, as `arbitration` does: at most one of them scales."""
    if cooling:
        verdict = Verdict(Outcome.COOLDOWN, "The cooldown after the last action is not over.")
        return [(position, evaluation, verdict) for position, evaluation in ready]
    decided = [
        (position, evaluation, decide(evaluation, fleet, policies, measures, rules.hysteresis))
        for position, evaluation in ready
    ]
    acting = [each for each in decided if each[2].outcome.scales]
    if not acting:
        return decided
    winner = min(acting, key=lambda each: (each[1].policy.direction is not Direction.OUT, -each[2].count))
    overruled = Verdict(Outcome.OVERRULED, f"The policy {winner[1].policy.name} fired at the same time and goes first.")
    return [each if each is winner or not each[2].outcome.scales else (each[0], each[1], overruled) for each in decided]
