"""external_network: contract, and what Neutron cannot edit."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules.external_network import ExternalNetwork

from tests.unit.openstack.conftest import FakeService

PARAMETERS: dict[str, Any] = {
    "name": "external",
    "physical_network": "external",
    "network_type": "flat",
    "segmentation_id": None,
    "cidr": "203.0.113.0/24",
    "gateway": "203.0.113.1",
    "pool_start": "203.0.113.100",
    "pool_end": "203.0.113.199",
    "dns": [],
}


@pytest.fixture
def neutron() -> FakeService:
    """Neutron without a network."""
    return FakeService(networks=[], subnets=[], ports=[])


def apply(neutron: FakeService, parameters: dict[str, Any], state: str, check_mode: bool) -> bool:
    """Runs the module's body."""
    network = ExternalNetwork(neutron, parameters, check_mode)
    if state == "present":
        network.ensure()
    else:
        network.remove()
        if not check_mode and not neutron.collections["networks"]:
            neutron.collections["subnets"].clear()  # Neutron removes them with their network
    return bool(network.diff.changes)


def test_the_contract(neutron: FakeService) -> None:
    moved = {**PARAMETERS, "pool_end": "203.0.113.250", "dns": ["203.0.113.2"]}
    seen = []
    for parameters, state in ((PARAMETERS, "present"), (moved, "present"), (moved, "absent")):
        for check_mode in (True, False, True, False):
            before = len(neutron.writes)
            seen.append(apply(neutron, parameters, state, check_mode))
            assert not check_mode or len(neutron.writes) == before
    assert seen == [True, True, False, False] * 3


def test_another_cidr_makes_the_subnet_again_while_nothing_is_connected(neutron: FakeService) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    other = {**PARAMETERS, "cidr": "198.51.100.0/24", "gateway": "198.51.100.1"}
    apply(neutron, other, "present", check_mode=False)
    assert [item["cidr"] for item in neutron.collections["subnets"].values()] == ["198.51.100.0/24"]


@pytest.mark.parametrize("change", [{"cidr": "198.51.100.0/24"}, {"physical_network": "other"}])
def test_what_is_in_use_is_not_torn_down(neutron: FakeService, change: dict[str, Any]) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    network = next(iter(neutron.collections["networks"]))
    neutron.collections["ports"]["p"] = {
        "id": "p",
        "network_id": network,
        "device_owner": "network:router_gateway",
        "device_id": "r1",
    }
    with pytest.raises(CloudError, match="network:router_gateway r1; remove them first"):
        apply(neutron, {**PARAMETERS, **change}, "present", check_mode=False)


def test_two_networks_of_one_name(neutron: FakeService) -> None:
    neutron.collections["networks"] = {key: {"id": key, "name": "external"} for key in ("a", "b")}
    with pytest.raises(CloudError, match=r"several networks named external \(a, b\)"):
        ExternalNetwork(neutron, PARAMETERS, check_mode=False)
