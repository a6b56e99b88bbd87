"""The network service that is deployed: the media servers of Annex 1 of the platform's description.

Periods are shorter and steps smaller than there, so that each step of scaling is seen by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MANAGER = "media-server"
"""Type of the VNFM, the VNFD's `endpoint`."""

MAXIMUM = 3
"""Annex 1: `scale_in_out`."""

POINTS_PER_VCPU = 100
OUT_PERCENT, IN_PERCENT = 70, 30
"""Annex 1: thresholds of the average load of all servers."""

PERIOD_SECONDS, COOLDOWN_SECONDS = 5, 5


@dataclass(frozen=True)
class Wanted:
    """What is deployed.

    Attributes:
        name: Name of the network service; the instances' names start with it.
        point_of_presence: Name of the infrastructure.
        image: Name of the media server's image in Glance.
        flavor: Name of the flavor.
        vcpus: Virtual processors of the flavor.
        network: Name of the instances' network.
    """

    name: str
    point_of_presence: str
    image: str
    flavor: str
    vcpus: int
    network: str

    @property
    def capacity(self) -> int:
        """Points that one media server carries."""
        return self.vcpus * POINTS_PER_VCPU


def network_service(wanted: Wanted) -> dict[str, Any]:
    """Builds the descriptor, as it goes to the NFVO."""
    point = {"floatingIp": "random", "virtual_link_reference": wanted.network}
    unit = {
        "vm_image": [wanted.image],
        "vimInstanceName": [wanted.point_of_presence],
        "scale_in_out": MAXIMUM,
        "vnfc": [{"connection_point": [point]}],
    }
    function = {
        "vendor": "NAI",
        "version": "0.1",
        "name": f"{wanted.name}-ms",
        "type": MANAGER,
        "endpoint": MANAGER,
        "vdu": [unit],
        "auto_scale_policy": [
            _policy("scale-out", ">=", wanted.capacity * OUT_PERCENT / 100, "SCALE_OUT"),
            _policy("scale-in", "<=", wanted.capacity * IN_PERCENT / 100, "SCALE_IN"),
        ],
        "virtual_link": [{"name": wanted.network}],
        "lifecycle_event": [
            {"event": "ALLOCATE", "lifecycle_events": ["allocation of vdu"]},
            {"event": "RELEASE", "lifecycle_events": ["release of vdu"]},
        ],
        "deployment_flavour": [{"flavour_key": wanted.flavor}],
    }
    return {
        "vendor": "NAI",
        "name": wanted.name,
        "version": "0.1",
        "vnfd": [function],
        "vld": [{"name": wanted.network}],
        "vnf_dependency": [],
    }


def _policy(name: str, comparison: str, threshold: float, action: str) -> dict[str, Any]:
    return {
        "name": name,
        "threshold": 100,
        "comparisonOperator": ">=",
        "period": PERIOD_SECONDS,
        "cooldown": COOLDOWN_SECONDS,
        "mode": "REACTIVE",
        "type": "VOTED",
        "alarms": [
            {
                "metric": "CONSUMED_CAPACITY",
                "statistic": "avg",
                "comparisonOperator": comparison,
                "threshold": threshold,
                "weight": 1,
            }
        ],
        "actions": [{"type": action, "value": "1"}],
    }
