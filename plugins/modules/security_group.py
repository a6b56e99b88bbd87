#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A security group of a project, with exactly the wanted ingress rules."""

from __future__ import annotations

DOCUMENTATION = r"""
module: security_group
short_description: Security group and its rules
description:
  - Makes a security group in the project that the credentials are scoped to.
  - Its ingress rules become exactly those of O(rules). Egress rules of O(rules) are added; others stay as they are.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; the group is in their project.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes the group; Neutron refuses while a port uses it.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the group.
    type: str
    required: true
  description:
    description: What it is for.
    type: str
    default: ''
  rules:
    description: Traffic that is let through.
    type: list
    elements: dict
    default: []
    suboptions:
      protocol:
        description: V(any) is every protocol.
        type: str
        choices: [tcp, udp, icmp, any]
        required: true
      port_min:
        description: First port, for V(tcp) and V(udp); every port without it.
        type: int
      port_max:
        description: Last port; O(rules[].port_min) without it.
        type: int
      remote_cidr:
        description: Network at the other end.
        type: str
        default: 0.0.0.0/0
      direction:
        description: Which way the connection is opened, as the instance sees it.
        type: str
        choices: [ingress, egress]
        default: ingress
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or Neutron are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: Let applications reach the media servers
  nubomedia.nai.security_group:
    name: media
    description: Media servers
    rules:
      - {protocol: tcp, port_min: 22}
      - {protocol: tcp, port_min: 8888}
      - {protocol: udp, port_min: 1024, port_max: 65535}
      - {protocol: icmp}
"""

RETURN = r"""
group_id:
  description: Id of the group; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["security group media: created"]
"""

from ipaddress import ip_network  # noqa: E402
from typing import Any, NamedTuple  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


class Rule(NamedTuple):
    """A rule by what it lets through."""

    direction: str
    ethertype: str
    protocol: str | None
    port_min: int | None
    port_max: int | None
    remote: str

    def __str__(self) -> str:
        """Shows it as a person reads it."""
        ports = "" if self.port_min is None else f" {self.port_min}-{self.port_max}"
        way = "from" if self.direction == "ingress" else "to"
        return f"{self.protocol or 'any'}{ports} {way} {self.remote}"

    def body(self, group_id: str) -> dict[str, Any]:
        """As Neutron takes it."""
        return {
            "security_group_id": group_id,
            "direction": self.direction,
            "ethertype": self.ethertype,
            "protocol": self.protocol,
            "port_range_min": self.port_min,
            "port_range_max": self.port_max,
            "remote_ip_prefix": self.remote,
        }


def wanted_rule(values: dict[str, Any]) -> Rule:
    """A rule of the parameters.

    Raises:
        CloudError: It contradicts itself.
    """
    protocol = None if values["protocol"] == "any" else values["protocol"]
    first, last = values["port_min"], values["port_max"]
    last = first if last is None else last
    if first is not None and protocol not in ("tcp", "udp"):
        raise CloudError(f"a rule for {values['protocol']} takes no ports")
    if (first is None) != (last is None) or (first is not None and not 1 <= first <= last <= 65535):
        raise CloudError(f"port_min {first} and port_max {last} are no range of ports")
    if (first, last) == (1, 65535):  # Neutron keeps every port as none
        first = last = None
    try:
        remote = ip_network(values["remote_cidr"])
    except ValueError as error:
        raise CloudError(f"remote_cidr: {error}") from error
    return Rule(values["direction"], f"IPv{remote.version}", protocol, first, last, str(remote))


def present_rule(item: dict[str, Any]) -> Rule:
    """A rule of Neutron; one for the members of a group has that group as its other end."""
    anywhere = "0.0.0.0/0" if item["ethertype"] == "IPv4" else "::/0"
    remote = item.get("remote_ip_prefix") or item.get("remote_group_id") or anywhere
    return Rule(
        item["direction"],
        item["ethertype"],
        item.get("protocol"),
        item.get("port_range_min"),
        item.get("port_range_max"),
        remote,
    )


class SecurityGroup:
    """What Neutron has under the name, and the requests that bring it to what is wanted."""

    def __init__(self, client: Any, project_id: str, params: dict[str, Any], check_mode: bool) -> None:
        """Reads the group."""
        self.client = client
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        found = pages(client, f"/security-groups?name={params['name']}&project_id={project_id}", "security_groups")
        if len(found) > 1:
            ids = ", ".join(item["id"] for item in found)
            raise CloudError(f"there are several security groups named {params['name']} ({ids}); delete all but one")
        self.group: dict[str, Any] | None = found[0] if found else None

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return {} if self.check_mode else call(self.client, method, path, body)

    def ensure(self) -> None:
        """Brings the group and its rules to the wanted state."""
        wanted = [wanted_rule(values) for values in self.params["rules"]]
        name, description = self.params["name"], self.params["description"]
        if self.group is None:
            body = {"security_group": {"name": name, "description": description}}
            self.group = self._request("POST", "/security-groups", body).get("security_group", {"id": ""})
            self.diff.created("security group", name, {"description": description})
        elif (self.group.get("description") or "") != description:
            changes = {"description": description}
            self._request("PUT", f"/security-groups/{self.group['id']}", {"security_group": changes})
            self.diff.updated("security group", name, self.group, changes)
        self._ensure_rules(wanted)

    def _ensure_rules(self, wanted: list[Rule]) -> None:
        assert self.group is not None  # noqa: S101  # made by the caller
        name, group_id = self.params["name"], str(self.group["id"])
        have = {present_rule(item): item["id"] for item in self.group.get("security_group_rules") or []}
        # What is let through is let through all the time: new rules first.
        for rule in dict.fromkeys(wanted):
            if rule not in have:
                self._request("POST", "/security-group-rules", {"security_group_rule": rule.body(group_id)})
                self.diff.created(f"rule of {name}", str(rule))
        for rule, rule_id in have.items():
            if rule.direction == "ingress" and rule not in wanted:
                self._request("DELETE", f"/security-group-rules/{rule_id}")
                self.diff.removed(f"rule of {name}", str(rule))

    def remove(self) -> None:
        """Removes the group with its rules."""
        if self.group is not None:
            self._request("DELETE", f"/security-groups/{self.group['id']}")
            self.diff.removed("security group", self.params["name"])
            self.group = None


def main() -> None:
    """Runs the module."""
    rule = {
        "protocol": {"type": "str", "choices": ["tcp", "udp", "icmp", "any"], "required": True},
        "port_min": {"type": "int"},
        "port_max": {"type": "int"},
        "remote_cidr": {"type": "str", "default": "0.0.0.0/0"},
        "direction": {"type": "str", "choices": ["ingress", "egress"], "default": "ingress"},
    }
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "description": {"type": "str", "default": ""},
            "rules": {"type": "list", "elements": "dict", "default": [], "options": rule},
        },
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        group = SecurityGroup(connection.network, connection.current_project_id, module.params, module.check_mode)
        if module.params["state"] == "present":
            group.ensure()
        else:
            group.remove()
        return group.diff.result(group_id=(group.group or {}).get("id", ""))

    run(module, body)


if __name__ == "__main__":
    main()
