#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A project's network with its subnet and the router that connects it to the outside."""

from __future__ import annotations

DOCUMENTATION = r"""
module: project_network
short_description: Network of a project, with subnet and router to the outside
description:
  - Makes a network, one IPv4 subnet with DHCP in it, and a router between that and the external network. All have the
    same name and belong to the project of the credentials.
  - Neutron does not edit the CIDR of a subnet. Where it differs, the subnet is made again if no instance is connected;
    otherwise the module fails and names what is.
version_added: 0.2.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; a member of the project.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes router, subnet and network; fails while an instance is connected.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of network, subnet and router.
    type: str
    required: true
  cidr:
    description: IPv4 subnet; its first address is the router's. Required for O(state=present).
    type: str
  dns:
    description: Name servers of the subnet.
    type: list
    elements: str
    default: []
  external_network:
    description: Name of the network that leads out. Required for O(state=present).
    type: str
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or Neutron are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
seealso:
  - module: nubomedia.nai.external_network
"""

EXAMPLES = r"""
- name: Make the instances' network
  nubomedia.nai.project_network:
    clouds_file: /etc/nai/clouds.yaml
    cloud: nubomedia
    name: internal_nubomedia
    cidr: 10.250.0.0/20
    external_network: external
"""

RETURN = r"""
network_id:
  description: Id of the network; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["network internal_nubomedia: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    CloudNotReadyError,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


class ProjectNetwork:
    """What Neutron has under the name, and the requests that bring it to what is wanted."""

    def __init__(self, client: Any, project: str, params: dict[str, Any], check_mode: bool) -> None:
        """Reads network, subnets and router of the project."""
        self.client = client
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.name = params["name"]
        mine = f"?name={self.name}&project_id={project}"
        self.network = self._one(f"/networks{mine}", "networks")
        self.router = self._one(f"/routers{mine}", "routers")
        self.subnets = self._of(self.network, "subnets", "network_id")

    def _one(self, path: str, kind: str) -> dict[str, Any] | None:
        found = pages(self.client, path, kind)
        if len(found) > 1:
            ids = ", ".join(item["id"] for item in found)
            raise CloudError(f"there are several {kind} named {self.name} ({ids}); delete or rename all but one")
        return found[0] if found else None

    def _of(self, owner: dict[str, Any] | None, kind: str, key: str) -> list[dict[str, Any]]:
        return pages(self.client, f"/{kind}?{key}={owner['id']}", kind) if owner and owner["id"] else []

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return {} if self.check_mode else call(self.client, method, path, body)

    def ensure(self) -> None:
        """Brings network, subnet and router to the wanted state."""
        if self.network is None:
            body = {"name": self.name}
            self.network = self._request("POST", "/networks", {"network": body}).get("network", {"id": ""})
            self.diff.created("network", self.name)
        self._ensure_router()
        self._attach(self._ensure_subnet())

    def _ensure_subnet(self) -> str:
        """Returns the subnet's id; empty when it is not there yet."""
        assert self.network is not None  # noqa: S101  # made above
        cidr, edited = self.params["cidr"], {"dns_nameservers": self.params["dns"], "enable_dhcp": True}
        have = next((item for item in self.subnets if item["cidr"] == cidr), None)
        for other in [item for item in self.subnets if item is not have and item["name"] == self.name]:
            self._require_unused(f"subnet {other['cidr']} of {self.name} cannot become {cidr}")
            self._detach(other["id"])
            self._request("DELETE", f"/subnets/{other['id']}")
            self.diff.removed("subnet", f"{self.name} {other['cidr']}")
        if have is None:
            body = {"name": self.name, "network_id": self.network["id"], "ip_version": 4, "cidr": cidr, **edited}
            self.diff.created("subnet", f"{self.name} {cidr}", edited)
            return str(self._request("POST", "/subnets", {"subnet": body}).get("subnet", {"id": ""})["id"])
        changes = {key: value for key, value in edited.items() if have.get(key) != value}
        if changes:
            self._request("PUT", f"/subnets/{have['id']}", {"subnet": changes})
            self.diff.updated("subnet", f"{self.name} {cidr}", have, changes)
        return str(have["id"])

    def _ensure_router(self) -> None:
        name = self.params["external_network"]
        external = next(iter(pages(self.client, f"/networks?name={name}&router:external=True", "networks")), None)
        if external is None:
            raise CloudNotReadyError(f"there is no external network {name}; role cloud makes it")
        wanted = {"network_id": external["id"]}
        have = (self.router or {}).get("external_gateway_info") or {}
        if self.router is None:
            body = {"name": self.name, "external_gateway_info": wanted}
            self.router = self._request("POST", "/routers", {"router": body}).get("router", {"id": ""})
            self.diff.created("router", self.name, {"external_network": name})
        elif have.get("network_id") != external["id"]:
            self._request("PUT", f"/routers/{self.router['id']}", {"router": {"external_gateway_info": wanted}})
            self.diff.updated(
                "router", self.name, {"external_network": have.get("network_id")}, {"external_network": name}
            )

    def _attach(self, subnet: str) -> None:
        """Connects the subnet with the router, unless it is."""
        assert self.router is not None  # noqa: S101  # made above
        ports = self._of(self.router, "ports", "device_id")
        if subnet and any(address["subnet_id"] == subnet for port in ports for address in port["fixed_ips"]):
            return
        self._request("PUT", f"/routers/{self.router['id']}/add_router_interface", {"subnet_id": subnet})
        self.diff.updated("router", self.name, {"interface": ""}, {"interface": self.params["cidr"]})

    def _detach(self, subnet: str) -> None:
        for port in self._of(self.router, "ports", "device_id"):
            if self.router and any(address["subnet_id"] == subnet for address in port["fixed_ips"]):
                self._request("PUT", f"/routers/{self.router['id']}/remove_router_interface", {"subnet_id": subnet})

    def _require_unused(self, problem: str) -> None:
        """Fails when an instance is connected; ports of Neutron's own go with what they are for."""
        ports = self._of(self.network, "ports", "network_id")
        users = sorted(
            f"{port.get('device_owner') or 'port'} {port.get('device_id') or port['id']}"
            for port in ports
            if not str(port.get("device_owner", "")).startswith("network:")
        )
        if users:
            raise CloudError(f"{problem} while these are connected: {', '.join(users[:8])}; remove them first")

    def remove(self) -> None:
        """Removes router, subnets and network."""
        if self.network:
            self._require_unused(f"network {self.name} cannot be removed")
        if self.router:
            for subnet in self.subnets:
                self._detach(subnet["id"])
            self._request("DELETE", f"/routers/{self.router['id']}")
            self.diff.removed("router", self.name)
        if self.network:
            self._request("DELETE", f"/networks/{self.network['id']}")
            self.diff.removed("network", self.name)
        self.network = self.router = None


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "cidr": {"type": "str"},
            "dns": {"type": "list", "elements": "str", "default": []},
            "external_network": {"type": "str"},
        },
        required_if=[("state", "present", ["cidr", "external_network"])],
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        project = str(connection.session.get_project_id())
        network = ProjectNetwork(connection.network, project, module.params, module.check_mode)
        if module.params["state"] == "present":
            network.ensure()
        else:
            network.remove()
        return network.diff.result(network_id=(network.network or {}).get("id", ""))

    run(module, body)


if __name__ == "__main__":
    main()
