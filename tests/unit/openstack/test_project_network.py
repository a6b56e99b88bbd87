"""project_network: contract, and what is in use."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError, CloudNotReadyError
from ansible_collections.nubomedia.nai.plugins.modules.project_network import ProjectNetwork

from tests.unit.openstack.conftest import FakeService

PROJECT = "p1"
PARAMETERS: dict[str, Any] = {
    "name": "internal",
    "cidr": "10.250.0.0/20",
    "dns": [],
    "external_network": "external",
}


@pytest.fixture
def neutron() -> FakeService:
    """Neutron with an external network, and a network of the same name that belongs to others."""
    service = FakeService(
        networks=[
            {"id": "ext", "name": "external", "project_id": "p0", "router:external": "True"},
            {"id": "other", "name": "internal", "project_id": "p2"},
        ],
        subnets=[],
        ports=[],
        routers=[],
    )

    def own(kind: str) -> Any:
        # Neutron gives what is made the project of the credentials.
        def make(body: dict[str, Any]) -> dict[str, Any]:
            [(key, values)] = body.items()
            made = {**values, "id": f"{kind}-{len(service.collections[kind])}", "project_id": PROJECT}
            service.collections[kind][made["id"]] = made
            return {key: made}

        return make

    def add(body: dict[str, Any], router: str) -> dict[str, Any]:
        subnet = service.collections["subnets"][body["subnet_id"]]
        service.collections["ports"][f"port-{router}"] = {
            "id": f"port-{router}",
            "device_id": router,
            "device_owner": "network:router_interface",
            "network_id": subnet["network_id"],
            "fixed_ips": [{"subnet_id": subnet["id"]}],
        }
        return {}

    def remove(_body: dict[str, Any], router: str) -> dict[str, Any]:
        service.collections["ports"].pop(f"port-{router}", None)
        return {}

    for kind in ("networks", "routers"):
        service.on("POST", f"/{kind}", own(kind))
    service.on("PUT", r"/routers/(.*)/add_router_interface", add)
    service.on("PUT", r"/routers/(.*)/remove_router_interface", remove)
    return service


def apply(neutron: FakeService, parameters: dict[str, Any], state: str, check_mode: bool) -> bool:
    network = ProjectNetwork(neutron, PROJECT, parameters, check_mode)
    if state == "present":
        network.ensure()
    else:
        network.remove()
        if not check_mode and not any(
            item["project_id"] == PROJECT for item in neutron.collections["networks"].values()
        ):
            neutron.collections["subnets"].clear()  # Neutron removes them with their network
    return bool(network.diff.changes)


def test_the_contract(neutron: FakeService) -> None:
    changed = {**PARAMETERS, "dns": ["203.0.113.2"]}
    seen = []
    for parameters, state in ((PARAMETERS, "present"), (changed, "present"), (changed, "absent")):
        for check_mode in (True, False, True, False):
            before = len(neutron.writes)
            seen.append(apply(neutron, parameters, state, check_mode))
            assert not check_mode or len(neutron.writes) == before
    assert seen == [True, True, False, False] * 3
    assert set(neutron.collections["networks"]) == {"ext", "other"}, "what belongs to others stays"
    assert not neutron.collections["ports"]


def test_a_run_that_died_before_the_router_was_connected(neutron: FakeService) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    neutron.collections["ports"].clear()
    assert apply(neutron, PARAMETERS, "present", check_mode=False)
    assert len(neutron.collections["ports"]) == 1


def test_another_cidr_makes_the_subnet_again_while_no_instance_is_connected(neutron: FakeService) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    apply(neutron, {**PARAMETERS, "cidr": "10.251.0.0/24"}, "present", check_mode=False)
    assert [item["cidr"] for item in neutron.collections["subnets"].values()] == ["10.251.0.0/24"]
    assert len(neutron.collections["ports"]) == 1


def test_what_instances_use_is_not_torn_down(neutron: FakeService) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    network = next(key for key, item in neutron.collections["networks"].items() if item["project_id"] == PROJECT)
    neutron.collections["ports"]["p"] = {
        "id": "p",
        "network_id": network,
        "device_owner": "compute:nova",
        "device_id": "i1",
        "fixed_ips": [],
    }
    for parameters, state in (({**PARAMETERS, "cidr": "10.251.0.0/24"}, "present"), (PARAMETERS, "absent")):
        with pytest.raises(CloudError, match="compute:nova i1; remove them first"):
            apply(neutron, parameters, state, check_mode=False)


def test_a_cloud_without_an_external_network_is_not_ready(neutron: FakeService) -> None:
    with pytest.raises(CloudNotReadyError, match="role cloud makes it"):
        apply(neutron, {**PARAMETERS, "external_network": "nowhere"}, "present", check_mode=False)
