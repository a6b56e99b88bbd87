"""Hosts and networks come out of an ordinary inventory."""

from pathlib import Path

import pytest

from nai.installer.testbed.description import describe, release_packages
from nai.installer.testbed.errors import TestbedError
from tests.support.repository import ROOT

HOSTS = """
nai:
  children:
    controller:
      hosts:
        c1:
          nai_management_address: "{{ nai_testbed_prefix }}.90.10"
          nai_tunnel_address: "{{ nai_testbed_prefix }}.91.10"
  vars:
    nai_testbed_prefix: "172.31"
    nai_management_cidr: "{{ nai_testbed_prefix }}.90.0/24"
    nai_tunnel_cidr: "{{ nai_testbed_prefix }}.91.0/24"
    nai_external_cidr: "{{ nai_testbed_prefix }}.92.0/24"
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """An inventory directory."""
    (tmp_path / "hosts.yml").write_text(HOSTS)
    return tmp_path


def test_another_prefix_moves_everything(inventory: Path) -> None:
    description = describe(inventory, "10.240")
    assert description.prefix == "10.240"
    assert str(description.networks["tunnel"]) == "10.240.91.0/24"
    assert [str(address) for address in description.hosts[0].addresses.values()] == ["10.240.90.10", "10.240.91.10"]


def test_a_host_joins_only_the_networks_it_has_an_address_for(inventory: Path) -> None:
    host = describe(inventory).hosts[0]
    assert (host.name, host.group, set(host.addresses)) == ("c1", "controller", {"management", "tunnel"})


def test_an_address_outside_of_its_network_is_named(inventory: Path) -> None:
    (inventory / "hosts.yml").write_text(HOSTS.replace(".91.10", ".99.10"))
    with pytest.raises(TestbedError, match=r"c1: nai_tunnel_address 172\.31\.99\.10 lies outside of nai_tunnel_cidr"):
        describe(inventory)


def test_no_address_at_all_is_named(inventory: Path) -> None:
    (inventory / "hosts.yml").write_text(HOSTS.replace("{{ nai_testbed_prefix }}.91.0/24", "tunnel"))
    with pytest.raises(TestbedError, match="c1: nai_tunnel_cidr is 'tunnel'"):
        describe(inventory)


def test_the_embedded_default_has_its_four_hosts() -> None:
    description = describe(ROOT / "inventories" / "testbed")
    assert [(host.name, host.group) for host in description.hosts] == [
        ("controller1", "controller"),
        ("compute1", "compute"),
        ("compute2", "compute"),
        ("operations1", "operations"),
    ]
    assert set(release_packages(ROOT, description.release)) >= {"controller", "compute", "operations"}


def test_an_unknown_release_lists_the_known_ones() -> None:
    with pytest.raises(TestbedError, match=r"no release 'newton'; known: .*epoxy"):
        release_packages(ROOT, "newton")
