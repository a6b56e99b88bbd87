"""Policies and fleets of the tests, short to write."""

from collections.abc import Sequence
from typing import Any

from nai.vnfm.media_server.autoscaling.fleet import Fleet, UnitFleet
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.policy_reader import read_policies

ALARM: dict[str, Any] = {
    "metric": "CONSUMED_CAPACITY",
    "statistic": "avg",
    "comparisonOperator": ">=",
    "threshold": 70,
    "weight": 1,
}


def document(name: str = "scale-out", **changes: Any) -> dict[str, Any]:
    """The policy that the PaaS manager builds (wire contract 1.4), with changes."""
    return {
        "name": name,
        "threshold": 100,
        "comparisonOperator": ">=",
        "period": 30,
        "cooldown": 60,
        "mode": "REACTIVE",
        "type": "VOTED",
        "alarms": [ALARM],
        "actions": [{"type": "SCALE_OUT", "value": "1"}],
    } | changes


def scale_in(name: str = "scale-in", threshold: float = 30, value: str = "1", **changes: Any) -> dict[str, Any]:
    """Its counterpart."""
    inwards = {
        "alarms": [ALARM | {"comparisonOperator": "<=", "threshold": threshold}],
        "actions": [{"type": "SCALE_IN", "value": value}],
    }
    return document(name, **(inwards | changes))


def policy(name: str = "scale-out", **changes: Any) -> ScalingPolicy:
    """Reads one."""
    return read_policies([document(name, **changes)])[0]


def inward(name: str = "scale-in", threshold: float = 30, value: str = "1", **changes: Any) -> ScalingPolicy:
    """Reads one that scales in."""
    return read_policies([scale_in(name, threshold, value, **changes)])[0]


def fleet_of(points: Sequence[float], maximum: int = 5, *, active: bool = True, name: str = "vdu") -> Fleet:
    """A fleet of one VDU whose servers have these points."""
    idle = sum(1 for value in points if value == 0)
    unit = UnitFleet(unit_id=f"{name}-id", name=name, instances=len(points), maximum=maximum, idle=idle)
    return Fleet((unit,), active, {f"ms-{number}": value for number, value in enumerate(points)})
