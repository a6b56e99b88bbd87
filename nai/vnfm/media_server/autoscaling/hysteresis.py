"""Keeps a scale-in from being undone by the next scale-out: a pure function.

Sessions never move: when idle media servers go, the points in use stay and are spread, in the mean, over fewer
servers. A scale-in after which a scale-out policy of the same VNFR would fire at once is therefore known to flap
before it is carried out (three servers at 30 points in the mean with "in at 30, remove two" and "out at 70": the one
that is left has 90). As many servers are removed as leave every scale-out policy quiet.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nai.vnfm.media_server.autoscaling.evaluation import Measures, evaluate
from nai.vnfm.media_server.autoscaling.policy import Direction, ScalingPolicy

CONSUMED_CAPACITY: Final = "CONSUMED_CAPACITY"
"""The metric that this VNFM itself measures: used points of a media server."""


def quiet_removals(policies: Iterable[ScalingPolicy], measures: Measures, wanted: int) -> int:
    """Counts the idle servers that can go without waking a scale-out policy.

    Args:
        policies: All policies of the VNFR.
        measures: The present readings; only the used points can be foretold, policies on other metrics do not count.
        wanted: How many servers shall go.

    Returns:
        The largest number, 0 to `wanted`, after which no scale-out policy would fire.
    """
    used = measures.get(CONSUMED_CAPACITY, ())
    foretold = [
        policy
        for policy in policies
        if policy.direction is Direction.OUT and policy.metrics == frozenset((CONSUMED_CAPACITY,))
    ]
    for count in range(wanted, 0, -1):
        after = _without_idle(used, count)
        if not any(evaluate(policy, after).fired for policy in foretold):
            return count
    return 0


def _without_idle(used: Sequence[float], count: int) -> Mapping[str, Sequence[float]]:
    """Gives the readings that are left when `count` servers without points are gone."""
    return {CONSUMED_CAPACITY: sorted(used, reverse=True)[: max(0, len(used) - count)]}
