"""Policies as they come in: what is read, and all that is refused, at once."""

import pytest

from nai.vnfm.media_server.autoscaling.policy import ActionType, Direction, ScalingAction
from nai.vnfm.media_server.autoscaling.policy_reader import PolicyError, read_policies
from tests.unit.media_server_scaling.builders import ALARM, document, policy, scale_in


def test_the_policies_that_the_paas_manager_builds() -> None:
    out, back = read_policies([document(), scale_in(threshold=60)])
    assert (out.period, out.cooldown, out.threshold, out.direction) == (30, 60, 100, Direction.OUT)
    assert back.direction is Direction.IN
    assert back.alarms[0].threshold == 60
    assert back.actions == (ScalingAction(ActionType.SCALE_IN, 1),)


def test_the_mode_is_not_looked_at() -> None:
    assert policy(mode="PREDICTIVE") == policy()


@pytest.mark.parametrize("kind", ["SCALE_OUT_TO_FLAVOUR", "SCALE_IN_TO_FLAVOUR"])
def test_flavour_actions_are_refused(kind: str) -> None:
    with pytest.raises(PolicyError, match=f"{kind} changes the flavour of running media servers"):
        read_policies([document(actions=[{"type": kind, "value": "m1.large"}])])


def test_all_faults_of_all_policies_at_once() -> None:
    broken = document(
        "one",
        threshold="high",
        comparisonOperator="=>",
        period=0,
        cooldown=-1,
        type="ALL",
        alarms=[ALARM | {"statistic": "median", "metric": "", "weight": -1}],
        actions=[{"type": "SCALE_OUT", "value": "1.5"}, {"type": "SCALE_IN", "value": "0"}],
    )
    with pytest.raises(PolicyError) as caught:
        read_policies([broken, document("two", alarms=[], actions=[])])
    text = "\n".join(caught.value.faults)
    for field in (
        "threshold",
        "comparisonOperator",
        "period",
        "cooldown",
        "type must",
        "statistic",
        "metric is missing",
    ):
        assert field in text
    for fault in ("weight", "whole number", "at least 1", "both outwards and inwards", "two: it has no alarms"):
        assert fault in text
    assert "two: it has no actions" in text


@pytest.mark.parametrize(
    ("kind", "value", "before", "after"),
    [
        ("SCALE_OUT", 2, 3, 5),
        ("SCALE_OUT_TO", 4, 3, 4),
        ("SCALE_OUT_TO", 2, 3, 3),
        ("SCALE_IN", 2, 3, 1),
        ("SCALE_IN_TO", 2, 3, 2),
        ("SCALE_IN_TO", 5, 3, 3),
    ],
)
def test_what_actions_ask_for(kind: str, value: int, before: int, after: int) -> None:
    assert ScalingAction(ActionType(kind), value).wanted(before) == after
