"""From ports to plans."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.hypervisor import network, plan
from tests.unit.hypervisor.conftest import NETNS, vif
from tests.unit.hypervisor.record import INSTANCE


def plans(vifs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return network.interfaces(vifs, "br-int", "auto")


def test_one_port_has_address_gateway_and_mtu() -> None:
    (nic,) = plans([vif()])
    assert nic == {
        "name": "eth0",
        "tap": "tap00000004-44",
        "port": vif()["id"],
        "mac": "fa:16:3e:00:00:00",
        "mtu": 1450,
        "bridge": "br-int",
        "addresses": ["10.0.0.9/24"],
        "routes": [["default", "10.0.0.1", 100]],
        "offload": False,
    }


def test_the_first_of_several_ports_has_the_better_default_route() -> None:
    first, second = plans([vif(0), vif(1)])
    assert (first["name"], second["name"]) == ("eth0", "eth1")
    assert [nic["routes"][0][2] for nic in (first, second)] == [100, 101]


def test_host_routes_of_a_subnet_are_set() -> None:
    subnet = {"routes": [{"cidr": "172.20.0.0/16", "gateway": {"address": "10.0.0.7"}}]}
    assert plans([vif(subnet=subnet)])[0]["routes"] == [
        ["172.20.0.0/16", "10.0.0.7", 100],
        ["default", "10.0.0.1", 100],
    ]


def test_without_any_gateway_metadata_is_reached_through_the_dhcp_server() -> None:
    isolated = {"gateway": None}
    assert plans([vif(subnet=isolated)])[0]["routes"] == [["169.254.169.254/32", "10.0.0.2", 100]]
    assert plans([vif(subnet={"gateway": {"address": None}})])[0]["routes"] == [["169.254.169.254/32", "10.0.0.2", 100]]
    # With a gateway on another port, that way is the right one.
    assert plans([vif(0), vif(1, subnet=isolated)])[1]["routes"] == []


def test_several_addresses_of_both_families_are_kept_with_their_own_prefix() -> None:
    subnets = [
        {
            "cidr": "10.0.0.0/24",
            "gateway": {"address": "10.0.0.1"},
            "ips": [{"address": "10.0.0.5"}, {"address": "10.0.0.6"}],
        },
        {"cidr": "fd00::/64", "gateway": {"address": "fd00::1"}, "ips": [{"address": "fd00::5"}]},
    ]
    (nic,) = plans([vif(network={"bridge": "br-int", "meta": {}, "subnets": subnets})])
    assert nic["addresses"] == ["10.0.0.5/24", "10.0.0.6/24", "fd00::5/64"]
    assert ["default", "fd00::1", 100] in nic["routes"]
    assert nic["mtu"] == 0


def test_a_port_that_is_not_bound_to_open_vswitch_is_refused_with_a_hint() -> None:
    with pytest.raises(network.PortError, match=r"is bound as 'binding_failed'.*agent of this host alive"):
        plans([vif(type="binding_failed")])


@pytest.mark.parametrize(
    ("option", "details", "expected"),
    [
        ("auto", {"datapath_type": "netdev"}, False),
        ("auto", {"datapath_type": "system"}, True),
        ("auto", {}, None),
        ("on", {"datapath_type": "netdev"}, True),
        ("off", {"datapath_type": "system"}, False),
    ],
)
def test_checksum_offload_follows_the_datapath_unless_it_is_set(
    option: str, details: dict[str, Any], expected: bool | None
) -> None:
    assert network.interfaces([vif(details=details)], "br-int", option)[0]["offload"] is expected


def test_resolvers_are_the_subnets_or_its_dhcp_server_each_once() -> None:
    assert network.resolver([vif(0), vif(0)]) == "nameserver 10.0.0.53\n"
    assert network.resolver([vif(0), vif(1, subnet={"dns": []})]) == "nameserver 10.0.0.53\nnameserver 10.1.0.2\n"
    assert network.resolver([vif(subnet={"dns": [], "meta": {}})]) is None


def test_hosts_names_the_instance_at_its_addresses() -> None:
    assert network.hosts("web", [vif(0), vif(1)]).splitlines()[-2:] == ["10.0.0.9 web", "10.1.0.9 web"]
    assert network.hosts("web", []).splitlines()[-1] == "127.0.1.1 web"


@given(count=st.integers(0, 8), mtu=st.sampled_from([0, 68, 1450, 9000, 65535]), gateway=st.booleans())
def test_every_plan_passes_the_helpers_checks(count: int, mtu: int, gateway: bool) -> None:
    vifs = [vif(index, subnet={} if gateway else {"gateway": None}) for index in range(count)]
    for one in vifs:
        one["network"]["meta"]["mtu"] = mtu
    request = {"instance": INSTANCE, "netns": NETNS, "interfaces": plans(vifs), "files": {}, "ovsdb": ""}
    checked = plan.PlugPlan.checked(request)
    assert [nic.name for nic in checked.interfaces] == [f"eth{index}" for index in range(count)]
