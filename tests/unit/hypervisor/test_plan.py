"""What the helper refuses."""

from typing import Any

import pytest

from nai.hypervisor import network, plan
from tests.unit.hypervisor.conftest import NETNS, vif
from tests.unit.hypervisor.record import INSTANCE

CONTAINER = "/var/lib/docker/containers/" + "a" * 64


def request(**changes: Any) -> dict[str, Any]:
    return {
        "instance": INSTANCE,
        "netns": NETNS,
        "interfaces": network.interfaces([vif()], "br-int", "auto"),
        "files": {f"{CONTAINER}/hosts": "127.0.0.1 localhost\n"},
        "ovsdb": "",
    } | changes


def test_a_right_request_is_taken() -> None:
    (nic,) = plan.PlugPlan.checked(request()).interfaces
    assert (nic.tap, nic.addresses) == ("tap00000004-44", ("10.0.0.9/24",))


@pytest.mark.parametrize(
    "change",
    [
        {"instance": "x; rm -rf /"},
        {"instance": None},
        {"netns": "/proc/1/ns/net"},
        {"netns": "/var/run/docker/netns/../../../etc/passwd"},
        {"netns": "/var/run/docker/netns/a b"},
        {"files": {"/etc/shadow": "x"}},
        {"files": {f"{CONTAINER}/../../../../etc/hosts": "x"}},
        {"files": {f"{CONTAINER}/config.v2.json": "x"}},
        {"files": {f"/var/lib/docker/../../tmp/containers/{'a' * 64}/hosts": "x"}},
        {"ovsdb": "ssl:10.0.0.1:6640 --no-wait"},
    ],
)
def test_a_wrong_value_of_the_request_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(plan.PlanError):
        plan.PlugPlan.checked(request(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "eth0\nlink del lo"},
        {"name": "lo"},
        {"tap": "br-int"},
        {"tap": "tap00000004-44\nlink del eth0"},
        {"port": "not-a-port"},
        {"mac": "fa:16:3e:00:00:00 mtu 1"},
        {"mtu": 67},
        {"mtu": 65536},
        {"bridge": "br int"},
        {"bridge": "--no-wait"},
        {"addresses": ["10.0.0.9/24\nlink del lo"]},
        {"addresses": ["10.0.0.9/33"]},
        {"routes": [["default", "nowhere", 0]]},
        {"routes": [["10.0.0.0/8 dev lo", "10.0.0.1", 0]]},
        {"routes": [["default", "10.0.0.1", "1; x"]]},
    ],
)
def test_a_wrong_value_of_a_nic_is_refused(change: dict[str, Any]) -> None:
    wrong = request()
    wrong["interfaces"][0] |= change
    with pytest.raises(ValueError, match=r"."):
        plan.PlugPlan.checked(wrong)


@pytest.mark.parametrize("name", ["eth0", "tap0", "tap00000004-444", "", None])
def test_only_devices_of_ports_are_unplugged(name: object) -> None:
    with pytest.raises(plan.PlanError):
        plan.tap(name)
