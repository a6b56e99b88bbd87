"""The value of a policy and whether it fires."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nai.vnfm.media_server.autoscaling.comparison import COMPARISONS
from nai.vnfm.media_server.autoscaling.evaluation import evaluate, policy_value
from nai.vnfm.media_server.autoscaling.policy import ScalingType
from nai.vnfm.media_server.autoscaling.statistics import STATISTICS, summarise
from tests.unit.media_server_scaling.builders import ALARM, policy

VOTES = st.lists(st.tuples(st.floats(0.01, 1000), st.booleans()), min_size=1, max_size=8)


@given(votes=VOTES, kind=st.sampled_from(ScalingType))
@settings(max_examples=50)
def test_all_fired_is_exactly_100_and_none_exactly_0(votes: list[tuple[float, bool]], kind: ScalingType) -> None:
    assert policy_value(kind, [(weight, True) for weight, _ in votes]) == 100
    assert policy_value(kind, [(weight, False) for weight, _ in votes]) == 0
    assert 0 <= policy_value(kind, votes) <= 100


@given(votes=VOTES)
@settings(max_examples=50)
def test_one_more_fired_alarm_never_lowers_the_value(votes: list[tuple[float, bool]]) -> None:
    for kind in ScalingType:
        for position, (weight, fired) in enumerate(votes):
            if not fired:
                more = [*votes[:position], (weight, True), *votes[position + 1 :]]
                assert policy_value(kind, more) >= policy_value(kind, votes)


@given(votes=VOTES, seed=st.randoms())
@settings(max_examples=50)
def test_the_order_of_alarms_does_not_matter(votes: list[tuple[float, bool]], seed: random.Random) -> None:
    shuffled = list(votes)
    seed.shuffle(shuffled)
    for kind in ScalingType:
        assert policy_value(kind, shuffled) == pytest.approx(policy_value(kind, votes))


def test_types_differ_on_the_same_alarms() -> None:
    votes = [(1.0, True), (3.0, False), (0.0, False), (0.0, False)]
    assert policy_value(ScalingType.SINGLE, votes) == 100
    assert policy_value(ScalingType.VOTED, votes) == 25
    assert policy_value(ScalingType.WEIGHTED, votes) == 25
    assert policy_value(ScalingType.WEIGHTED, [(3.0, True), (1.0, False)]) == 75
    assert policy_value(ScalingType.WEIGHTED, [(0.0, True), (0.0, False)]) == 50


def test_the_last_alarm_does_not_decide_alone() -> None:
    """The original's `x = +weight` let only the last alarm count."""
    two = policy(alarms=[ALARM | {"threshold": 1000}, ALARM | {"threshold": 10}])
    assert not evaluate(two, {"CONSUMED_CAPACITY": [50]}).fired
    assert evaluate(policy(threshold=50, alarms=list(two_alarms())), {"CONSUMED_CAPACITY": [50]}).fired


def two_alarms() -> list[dict[str, object]]:
    return [ALARM | {"threshold": 10}, ALARM | {"threshold": 1000}]


@pytest.mark.parametrize(
    ("sign", "expected"),
    [(">", False), (">=", True), ("<", False), ("<=", True), ("=", True), ("!=", False)],
)
def test_operators_of_alarm_and_policy(sign: str, expected: bool) -> None:
    at_threshold = policy(alarms=[ALARM | {"comparisonOperator": sign}])
    assert evaluate(at_threshold, {"CONSUMED_CAPACITY": [70]}).fired is expected
    of_policy = policy(comparisonOperator=sign)
    assert evaluate(of_policy, {"CONSUMED_CAPACITY": [70]}).fired is expected


def test_statistics() -> None:
    assert [summarise(name, [1, 2, 6]) for name in ("avg", "min", "max")] == [3, 1, 6]
    assert summarise("avg", []) is None
    assert summarise("avg", [math.nan, math.inf]) is None
    assert summarise("min", [math.nan, 4]) == 4


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1))
@settings(max_examples=50)
def test_the_mean_lies_between_the_ends(values: list[float]) -> None:
    low, mean, high = (STATISTICS[name](values) for name in ("min", "avg", "max"))
    assert low - 1e-6 <= mean <= high + 1e-6


def test_nothing_measured_fires_nothing() -> None:
    for sign in COMPARISONS:
        for threshold in (0, 50, 100):
            quiet = policy(comparisonOperator=sign, threshold=threshold)
            evaluation = evaluate(quiet, {})
            assert not evaluation.fired
            assert evaluation.readings[0].fired is None


OTHER = {"metric": "cpu", "statistic": "avg", "comparisonOperator": ">=", "threshold": 1, "weight": 1}


@given(
    kind=st.sampled_from(ScalingType),
    sign=st.sampled_from(sorted(COMPARISONS)),
    threshold=st.sampled_from([0, 25, 50, 75, 100]),
    used=st.integers(0, 100),
    weight=st.integers(0, 3),
)
@settings(max_examples=100)
def test_an_unreadable_alarm_never_decides(kind: str, sign: str, threshold: float, used: int, weight: int) -> None:
    """If a policy fires without the reading, it also fires with it, whatever it had been."""
    mixed = policy(
        type=kind, comparisonOperator=sign, threshold=threshold, alarms=[ALARM, OTHER | {"weight": weight}, OTHER]
    )
    partly = evaluate(mixed, {"CONSUMED_CAPACITY": [used]})
    if partly.fired:
        for cpu in (0, 2):
            assert evaluate(mixed, {"CONSUMED_CAPACITY": [used], "cpu": [cpu]}).fired
    assert partly.low <= partly.high
