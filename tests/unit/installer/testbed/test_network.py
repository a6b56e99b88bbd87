"""Addresses nobody else uses, and names the kernel and the engine take as meant."""

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.network import (
    PREFIXES,
    choose_prefix,
    ensure_network,
    plan_networks,
    routed_subnets,
    write_prefix,
)
from nai.installer.testbed.ownership import Owner
from tests.support.fake_engine import FakeEngine

THIRDS = (90, 91, 92)
SUBNETS = {
    "management": IPv4Network("172.31.90.0/24"),
    "tunnel": IPv4Network("172.31.91.0/24"),
    "external": IPv4Network("172.31.92.0/24"),
}


def test_the_inventorys_prefix_is_kept_when_free() -> None:
    assert choose_prefix("10.77", THIRDS, [IPv4Network("172.17.0.0/16")]) == "10.77"


def test_one_taken_subnet_moves_all_three() -> None:
    assert choose_prefix("172.31", THIRDS, [IPv4Network("172.31.92.128/25")]) == "172.30"


def test_a_neighbouring_subnet_is_no_conflict() -> None:
    assert choose_prefix("172.31", THIRDS, [IPv4Network("172.31.93.0/24")]) == "172.31"


@given(st.lists(st.sampled_from(PREFIXES).map(lambda prefix: IPv4Network(f"{prefix}.88.0/21")), max_size=30))
def test_the_choice_never_overlaps_what_is_taken(taken: list[IPv4Network]) -> None:
    prefix = choose_prefix("172.31", THIRDS, taken)
    assert not any(IPv4Network(f"{prefix}.{third}.0/24").overlaps(other) for third in THIRDS for other in taken)


def test_a_machine_that_routes_everything_private_is_refused() -> None:
    with pytest.raises(TestbedError, match="no free addresses"):
        choose_prefix("172.31", THIRDS, [IPv4Network("172.16.0.0/12"), IPv4Network("10.0.0.0/8")])


def test_default_routes_and_the_testbeds_own_bridges_take_nothing() -> None:
    routes = [
        {"dst": "default", "dev": "eth0"},
        {"dst": "172.31.90.0/24", "dev": "nai-0123abcd-m"},
        {"dst": "10.1.0.0/16", "dev": "wg0"},
        {"dst": "10.2.3.4", "dev": "wg0"},
    ]
    assert routed_subnets(routes, ["nai-0123abcd-m"]) == [IPv4Network("10.1.0.0/16"), IPv4Network("10.2.3.4/32")]


def test_management_sorts_first_and_bridges_fit_the_kernel(tmp_path: Path) -> None:
    networks = plan_networks(Owner(tmp_path, tmp_path), SUBNETS)
    assert min(networks.values(), key=lambda network: network.name).role == "management"
    assert len({network.bridge for network in networks.values()}) == 3
    assert all(len(network.bridge) <= 15 for network in networks.values())
    assert networks["external"].gateway == "172.31.92.1"


def test_two_checkouts_share_no_name(tmp_path: Path) -> None:
    one, other = (plan_networks(Owner(tmp_path / name, tmp_path), SUBNETS) for name in ("one", "other"))
    assert not {network.name for network in one.values()} & {network.name for network in other.values()}


def test_the_prefix_file_is_what_ansible_reads(tmp_path: Path) -> None:
    path = tmp_path / "testbed.yml"
    write_prefix(path, "172.30")
    assert path.read_text().splitlines()[-1] == 'nai_testbed_prefix: "172.30"'
    assert [entry.name for entry in tmp_path.iterdir()] == ["testbed.yml"]


def test_a_network_with_other_addresses_is_replaced_only_when_unused(tmp_path: Path) -> None:
    owner = Owner(tmp_path, tmp_path)
    network = plan_networks(owner, SUBNETS)["tunnel"]
    old: dict[str, Any] = {"IPAM": {"Config": [{"Subnet": "172.29.91.0/24"}]}, "Options": None, "Containers": {}}
    engine = FakeEngine({("network", network.name): old})
    assert ensure_network(engine, owner, network)
    assert [command[:2] for command in engine.commands] == [("network", "rm"), ("network", "create")]

    old["Containers"] = {"abc": {}}
    with pytest.raises(TestbedError, match=r"172\.29\.91\.0/24, the inventory says 172\.31\.91\.0/24"):
        ensure_network(engine, owner, network)
