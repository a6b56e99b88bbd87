"""What policies would have done to a recorded load."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nai.vnfm.media_server.autoscaling.decision import Outcome
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.dry_run.report import report
from nai.vnfm.media_server.dry_run.simulation import Recorded, simulate, spread
from tests.unit.media_server_scaling.builders import inward, policy


def recorded(points: list[float], number: int = 1) -> list[Recorded]:
    """Samples each five seconds."""
    return [Recorded(1000 + 5 * index, number, each / number) for index, each in enumerate(points)]


def test_a_peak_scales_out_and_its_end_scales_in() -> None:
    samples = recorded([20.0] * 20 + [300.0] * 60 + [0.0] * 80)
    course = simulate([policy(), inward()], samples, maximum=4, capacity=100)
    scaled = [(step.verdict.outcome, step.verdict.count) for step in course.steps if step.verdict.outcome.scales]
    assert scaled[:3] == [(Outcome.SCALE_OUT, 1)] * 3
    assert set(scaled[3:]) == {(Outcome.SCALE_IN, 1)}
    assert max(course.numbers) == 4
    assert course.numbers[-1] < 4
    times = [step.at for step in course.steps if step.verdict.outcome.scales]
    assert all(after - before >= 60 for before, after in itertools.pairwise(times))


def test_first_evaluation_after_the_cooldown_and_one_each_period() -> None:
    course = simulate([policy(cooldown=60, period=30)], recorded([90.0] * 30), maximum=1)
    assert [step.at for step in course.steps] == [1060]
    assert course.steps[0].verdict.outcome is Outcome.AT_MAXIMUM


def test_hysteresis_and_steadiness_are_the_engines() -> None:
    samples = recorded([100.0] * 100, number=2)
    rules = [policy(), inward(threshold=60)]
    held = simulate(rules, samples, maximum=5)
    assert [step.verdict.outcome for step in held.steps] == [Outcome.HYSTERESIS]
    free = simulate(rules, samples, maximum=5, settings=AutoscalingSettings(hysteresis=False))
    assert {step.verdict.outcome for step in free.steps} >= {Outcome.SCALE_IN, Outcome.SCALE_OUT}
    patient = simulate([policy()], recorded([90.0] * 30), maximum=5, settings=AutoscalingSettings(steady_periods=3))
    assert [step.at for step in patient.steps if step.verdict.outcome.scales] == [1120]


@given(points=st.floats(0, 2000), number=st.integers(1, 10), capacity=st.sampled_from([100.0, 200.0]))
@settings(max_examples=50)
def test_spreading_keeps_the_points(points: float, number: int, capacity: float) -> None:
    used = spread(points, number, capacity)
    assert len(used) == number
    assert math.isclose(sum(used), points, abs_tol=1e-6)
    if points <= number * capacity:
        assert all(0 <= each <= capacity + 1e-9 for each in used)


@given(loads=st.lists(st.floats(0, 900), max_size=80), maximum=st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_bounds_hold_for_any_load(loads: list[float], maximum: int) -> None:
    quick: dict[str, Any] = {"period": 5, "cooldown": 5}
    course = simulate([policy(**quick), inward(**quick)], recorded(loads), maximum=maximum, capacity=150)
    assert len(course.numbers) == len(loads)
    assert all(1 <= number <= maximum for number in course.numbers)


def test_the_report() -> None:
    samples = recorded([0.0] * 20 + [150.0] * 1200, number=2)
    result = report(samples, simulate([policy()], samples, maximum=3), ["a note"])
    assert (result.scale_outs, result.scale_ins) == (1, 0)
    assert result.recorded_instance_seconds == 2 * 5 * (len(samples) - 1)
    assert result.instance_seconds > result.recorded_instance_seconds
    assert result.highest_load == pytest.approx(75)
    assert len(result.samples) <= 500
    assert result.notes[-1] == "a note"
    empty = report([], simulate([policy()], [], maximum=3))
    assert (empty.since, empty.steps, empty.samples) == (None, [], [])
