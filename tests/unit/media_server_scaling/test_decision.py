"""What is done about a policy that fired: minimum, maximum, idle servers, hysteresis."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nai.vnfm.media_server.autoscaling.decision import Outcome, Verdict, decide
from nai.vnfm.media_server.autoscaling.evaluation import evaluate
from nai.vnfm.media_server.autoscaling.fleet import Fleet, UnitFleet
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.sharing import share_in, share_out
from tests.unit.media_server_scaling.builders import fleet_of, inward, policy


def verdict(fired: ScalingPolicy, points: list[float], maximum: int = 5, *others: ScalingPolicy) -> Verdict:
    measures = {"CONSUMED_CAPACITY": points}
    return decide(evaluate(fired, measures), fleet_of(points, maximum), (fired, *others), measures)


def test_scale_out_up_to_the_maximum() -> None:
    two = policy(actions=[{"type": "SCALE_OUT", "value": "2"}])
    assert verdict(two, [80, 80], 5).count == 2
    assert verdict(two, [80, 80], 3).count == 1
    assert verdict(two, [80, 80, 80], 3).outcome is Outcome.AT_MAXIMUM
    assert "scale_in_out is 3" in verdict(two, [80, 80, 80], 3).reason


def test_scale_out_to() -> None:
    to_four = policy(actions=[{"type": "SCALE_OUT_TO", "value": "4"}])
    assert verdict(to_four, [80], 5).count == 3
    assert verdict(to_four, [80] * 4, 5).outcome is Outcome.SATISFIED


def test_scale_in_takes_idle_ones_and_leaves_one() -> None:
    two = inward(value="2")
    assert verdict(two, [0, 0, 60]).count == 2
    assert verdict(two, [0, 0]).count == 1
    assert verdict(two, [0]).outcome is Outcome.AT_MINIMUM
    assert verdict(two, [10, 10, 10]).outcome is Outcome.NO_IDLE_SERVER
    assert verdict(inward(actions=[{"type": "SCALE_IN_TO", "value": "2"}]), [0, 0, 0, 0]).count == 2


def test_a_vnfr_that_is_not_active_is_left_alone() -> None:
    fired = policy()
    measures = {"CONSUMED_CAPACITY": [80.0]}
    outcome = decide(evaluate(fired, measures), fleet_of([80], active=False), (fired,), measures).outcome
    assert outcome is Outcome.NOT_ACTIVE


def test_hysteresis_removes_only_what_wakes_no_scale_out() -> None:
    """Annex 1: out at 70, in at 30 by two. Three servers with 90 points on one: two would leave 90 in the mean."""
    assert verdict(inward(value="2"), [90, 0, 0], 5, policy()).count == 1
    assert verdict(inward(value="2"), [150, 0, 0, 0, 0], 5, policy()).count == 2
    assert verdict(inward(threshold=60), [120, 0], 5, policy()).outcome is Outcome.HYSTERESIS
    assert verdict(inward(threshold=60), [120, 0], 5).count == 1


def test_the_target_names_a_vdu() -> None:
    units = (UnitFleet("a-id", "a", 1, 3, 0), UnitFleet("b-id", "b", 1, 3, 0))
    measures = {"CONSUMED_CAPACITY": [80.0, 80.0]}
    for target, share in (("b", {"b-id": 1}), ("a-id", {"a-id": 1}), ("something else", {"a-id": 1})):
        fired = policy(actions=[{"type": "SCALE_OUT", "value": "1", "target": target}])
        assert decide(evaluate(fired, measures), Fleet(units, True), (fired,), measures).share == share


UNITS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 8), st.integers(0, 6)).map(
        lambda each: (each[0], each[1], min(each[0], each[2]))
    ),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        UnitFleet(f"u{position}", f"u{position}", instances, maximum, idle)
        for position, (instances, maximum, idle) in enumerate(rows)
    ]
)


@given(units=UNITS, count=st.integers(0, 12))
@settings(max_examples=50)
def test_shares_keep_to_the_bounds(units: list[UnitFleet], count: int) -> None:
    out, back = share_out(units, count), share_in(units, count)
    room = sum(max(0, unit.maximum - unit.instances) for unit in units)
    assert sum(out.values()) == min(count, room)
    for unit in units:
        assert unit.instances + out.get(unit.unit_id, 0) <= max(unit.maximum, unit.instances)
        assert back.get(unit.unit_id, 0) <= unit.idle
        assert unit.instances - back.get(unit.unit_id, 0) >= min(unit.minimum, unit.instances)
