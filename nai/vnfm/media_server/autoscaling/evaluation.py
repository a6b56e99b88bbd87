"""What a policy makes of what was measured: a pure function.

The original assigned instead of adding (`x = +weight`), so that only the last alarm counted, and never read the
policy's type (wire contract 2.3). Here:

* SINGLE: 100 if any alarm fired, else 0;
* VOTED: the share of alarms that fired, in percent;
* WEIGHTED: the share of the fired alarms' weights in all weights, in percent; if all weights are 0, which on the wire
  is the same as not given, the alarms weigh the same.

That value is compared with the policy's threshold by the policy's operator.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nai.vnfm.media_server.autoscaling.comparison import compare, holds_throughout
from nai.vnfm.media_server.autoscaling.policy import Alarm, ScalingPolicy, ScalingType
from nai.vnfm.media_server.autoscaling.statistics import summarise

Measures = Mapping[str, Sequence[float]]
"""Metric to its readings, one per instance that could be read."""


@dataclass(frozen=True, slots=True)
class AlarmReading:
    """What one alarm saw; `fired` is None when there was nothing to read."""

    alarm: Alarm
    measured: float | None
    fired: bool | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a policy made of the measures.

    Attributes:
        policy: The policy.
        readings: One per alarm, in the policy's order.
        low: The policy's value in percent, unreadable alarms counted as not fired.
        high: The same with unreadable alarms counted as fired; equal to `low` when all could be read.
        fired: Whether the policy's comparison holds, whatever the unreadable alarms would have said.
    """

    policy: ScalingPolicy
    readings: tuple[AlarmReading, ...]
    low: float
    high: float
    fired: bool


def evaluate(policy: ScalingPolicy, measures: Measures) -> Evaluation:
    """Evaluates a policy.

    Args:
        policy: What to evaluate.
        measures: The readings of every metric that could be read.

    Returns:
        Its value, whether it fired, and what each alarm saw.
    """
    readings = tuple(_read(alarm, measures) for alarm in policy.alarms)
    low = policy_value(policy.type, [(reading.alarm.weight, reading.fired is True) for reading in readings])
    high = policy_value(policy.type, [(reading.alarm.weight, reading.fired is not False) for reading in readings])
    # Without one readable alarm nothing is known, and even a policy that fires on "few alarms" must not act on it.
    readable = any(reading.fired is not None for reading in readings)
    fired = readable and holds_throughout(low, high, policy.comparison, policy.threshold)
    return Evaluation(policy, readings, low, high, fired)


def policy_value(kind: ScalingType, votes: Sequence[tuple[float, bool]]) -> float:
    """Combines alarms to the value of their policy.

    Args:
        kind: How to combine.
        votes: Weight of each alarm and whether it fired.

    Returns:
        Percent, 0 to 100; exactly 100 when all alarms fired.
    """
    if kind is ScalingType.SINGLE:
        return 100.0 if any(fired for _, fired in votes) else 0.0
    total = math.fsum(weight for weight, _ in votes)
    if kind is ScalingType.VOTED or total <= 0:
        return 100.0 * (sum(fired for _, fired in votes) / len(votes)) if votes else 0.0
    # Divided before it is multiplied: equal sums then give exactly 1, and so exactly 100.
    return min(100.0, 100.0 * (math.fsum(weight for weight, fired in votes if fired) / total))


def _read(alarm: Alarm, measures: Measures) -> AlarmReading:
    measured = summarise(alarm.statistic, measures.get(alarm.metric, ()))
    if measured is None:
        return AlarmReading(alarm, None, None)
    return AlarmReading(alarm, measured, compare(measured, alarm.comparison, alarm.threshold))
