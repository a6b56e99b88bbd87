"""security_group: contract, and rules that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules.security_group import SecurityGroup, present_rule, wanted_rule

from tests.unit.openstack.conftest import FakeService

GROUPS = "security-groups"


def rule(protocol: str, **values: Any) -> dict[str, Any]:
    """A rule as Ansible fills it in."""
    defaults = {"port_min": None, "port_max": None, "remote_cidr": "0.0.0.0/0", "direction": "ingress"}
    return {"protocol": protocol, **defaults, **values}


PARAMETERS: dict[str, Any] = {
    "name": "media",
    "description": "Media servers",
    "rules": [rule("tcp", port_min=22), rule("udp", port_min=1024, port_max=65535), rule("icmp")],
}


@pytest.fixture
def neutron() -> FakeService:
    """Neutron with the group of another project, and with the egress rules that it gives every new group."""
    foreign = {"id": "g0", "name": "media", "project_id": "p1", "security_group_rules": []}
    service = FakeService(**{GROUPS: [foreign], "security-group-rules": []})
    groups = service.collections[GROUPS]

    def listed(_body: dict[str, Any], name: str, project: str) -> dict[str, Any]:
        found = [item for item in groups.values() if (item["name"], item["project_id"]) == (name, project)]
        return {"security_groups": found}

    def made(body: dict[str, Any]) -> dict[str, Any]:
        egress = {"id": "r0", "direction": "egress", "ethertype": "IPv4", "remote_ip_prefix": None}
        group = {**body["security_group"], "id": "g1", "project_id": "p0", "security_group_rules": [egress]}
        groups["g1"] = group
        return {"security_group": group}

    def rule_made(body: dict[str, Any]) -> dict[str, Any]:
        values = body["security_group_rule"]
        rules = groups[values["security_group_id"]]["security_group_rules"]
        rules.append({**values, "id": f"r{len(rules)}-{values['protocol']}-{values['port_range_min']}"})
        return {}

    def rule_removed(_body: dict[str, Any], identifier: str) -> dict[str, Any]:
        for group in groups.values():
            kept = [item for item in group["security_group_rules"] if item["id"] != identifier]
            group["security_group_rules"] = kept
        return {}

    service.on("GET", rf"/{GROUPS}\?name=(.*)&project_id=(.*)", listed)
    service.on("POST", rf"/{GROUPS}", made)
    service.on("POST", "/security-group-rules", rule_made)
    service.on("DELETE", "/security-group-rules/(.*)", rule_removed)
    return service


def apply(neutron: FakeService, parameters: dict[str, Any], state: str, check_mode: bool) -> list[str]:
    """Runs the module's body; returns what it says it changed."""
    group = SecurityGroup(neutron, "p0", parameters, check_mode)
    if state == "present":
        group.ensure()
    else:
        group.remove()
    changes: list[str] = group.diff.changes
    return changes


def test_the_contract(neutron: FakeService) -> None:
    changed = {**PARAMETERS, "description": "Others", "rules": [rule("tcp", port_min=8888), rule("icmp")]}
    seen = []
    for parameters, state in ((PARAMETERS, "present"), (changed, "present"), (changed, "absent")):
        for check_mode in (True, False, True, False):
            before = len(neutron.writes)
            seen.append(bool(apply(neutron, parameters, state, check_mode)))
            assert not check_mode or len(neutron.writes) == before
    assert seen == [True, True, False, False] * 3
    assert list(neutron.collections[GROUPS]) == ["g0"], "the group of another project is left alone"


def test_new_rules_come_before_old_ones_go_and_egress_stays(neutron: FakeService) -> None:
    apply(neutron, PARAMETERS, "present", check_mode=False)
    before = len(neutron.writes)
    changes = apply(neutron, {**PARAMETERS, "rules": [rule("any", remote_cidr="10.0.0.0/8")]}, "present", False)
    assert changes[0] == "rule of media any from 10.0.0.0/8: created"
    assert [method for method, _ in neutron.writes[before:]] == ["POST", "DELETE", "DELETE", "DELETE"]
    left = neutron.collections[GROUPS]["g1"]["security_group_rules"]
    assert [item["direction"] for item in left] == ["egress", "ingress"]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (rule("icmp", port_min=1), "takes no ports"),
        (rule("tcp", port_min=10, port_max=9), "no range of ports"),
        (rule("tcp", port_max=9), "no range of ports"),
        (rule("tcp", remote_cidr="10.0.0.1/8"), "remote_cidr"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_before_anything_is_made(
    neutron: FakeService, values: dict[str, Any], text: str
) -> None:
    with pytest.raises(CloudError, match=text):
        apply(neutron, {**PARAMETERS, "rules": [values]}, "present", check_mode=False)
    assert neutron.writes == []


def test_every_port_is_what_neutron_makes_of_it() -> None:
    values = {"protocol": "tcp", "port_min": 1, "port_max": 65535, "remote_cidr": "0.0.0.0/0", "direction": "ingress"}
    kept = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "remote_ip_prefix": "0.0.0.0/0"}
    assert wanted_rule(values) == present_rule(kept)
