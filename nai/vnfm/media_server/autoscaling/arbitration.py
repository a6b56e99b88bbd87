"""Several policies fired for one VNFR: which one acts. A pure function."""

from collections.abc import Sequence
from datetime import datetime

from nai.vnfm.media_server.autoscaling.decision import Outcome, Verdict, decide
from nai.vnfm.media_server.autoscaling.elastic import ElasticVnfr
from nai.vnfm.media_server.autoscaling.evaluation import Evaluation, Measures
from nai.vnfm.media_server.autoscaling.fleet import Fleet
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.autoscaling.states import ScalingState
from nai.vnfm.media_server.decisions.model import Decision, describe


def arbitrate(
    elastic: ElasticVnfr,
    fired: Sequence[Evaluation],
    fleet: Fleet,
    measures: Measures,
    at: datetime,
    *,
    hysteresis: bool,
    free: bool,
) -> list[Decision]:
    """Decides about all policies that fired.

    Adding goes before removing, because a missing media server is worse than one too many; among those that add, or
    remove, the one that changes most goes first.

    Args:
        elastic: The VNFR.
        fired: The evaluations that fired.
        fleet: What the VNFR has.
        measures: What was measured.
        at: When.
        hysteresis: Whether a scale-in that would be undone is held back.
        free: Whether the VNFR may act; else each fired policy is held by what it is busy with.

    Returns:
        One decision per evaluation; at most one of them is to be carried out.
    """
    if not free:
        verdict = _busy(elastic.state)
        return [describe(elastic.vnfr_id, evaluation, verdict, fleet, at) for evaluation in fired]
    policies = tuple(elastic.policies.values())
    verdicts = [decide(evaluation, fleet, policies, measures, hysteresis) for evaluation in fired]
    candidates = [position for position, verdict in enumerate(verdicts) if verdict.outcome.scales]
    chosen = min(
        candidates,
        key=lambda position: (fired[position].policy.direction is not Direction.OUT, -verdicts[position].count),
        default=None,
    )
    decisions = []
    for position, (evaluation, verdict) in enumerate(zip(fired, verdicts, strict=True)):
        if verdict.outcome.scales and position != chosen and chosen is not None:
            winner = fired[chosen].policy.name
            verdict = Verdict(Outcome.OVERRULED, f"The policy {winner} fired at the same time and goes first.")  # noqa: PLW2901  # the verdict changes
        decisions.append(describe(elastic.vnfr_id, evaluation, verdict, fleet, at))
    return decisions


def _busy(state: ScalingState) -> Verdict:
    if state is ScalingState.COOLDOWN:
        return Verdict(Outcome.COOLDOWN, "The cooldown after the last action is not over.")
    return Verdict(Outcome.BUSY, "The last action still runs.")
