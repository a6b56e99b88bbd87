#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The external network of the cloud and its subnet of floating addresses."""

from __future__ import annotations

DOCUMENTATION = r"""
module: external_network
short_description: External network, its subnet and its pool of floating addresses
description:
  - Makes a provider network that routers can be connected to, with one IPv4 subnet without DHCP.
  - Neutron edits neither the physical network nor the CIDR of a subnet. Where one of them differs, network or
    subnet are made again if nothing is connected; otherwise the module fails and names what is connected.
version_added: 0.1.0
author: The NAI authors
options:
  cloud:
    description: Cloud of O(clouds_file) whose credentials are used; they need the role admin.
    type: str
    default: nai
  clouds_file:
    description: The clouds.yaml to read.
    type: path
    default: /etc/openstack/clouds.yaml
  state:
    description: V(absent) removes the network with its subnet; fails while something is connected.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the network; the subnet has the same name.
    type: str
    required: true
  physical_network:
    description: Physical network of the bridge mappings. Required for O(network_type=flat) and O(network_type=vlan).
    type: str
  network_type:
    description: How the network is carried. V(vxlan) is for a router of the outside that takes part in the overlay.
    type: str
    choices: [flat, vlan, vxlan]
    default: flat
  segmentation_id:
    description: VLAN or VXLAN identifier; required for O(network_type=vlan) and O(network_type=vxlan).
    type: int
  cidr:
    description: IPv4 subnet. Required for O(state=present).
    type: str
  gateway:
    description: Address of the router of the subnet. Required for O(state=present).
    type: str
  pool_start:
    description: First address that Neutron may give away. Required for O(state=present).
    type: str
  pool_end:
    description: Last address that Neutron may give away. Required for O(state=present).
    type: str
  dns:
    description: Name servers of the subnet.
    type: list
    elements: str
    default: []
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
- name: Connect the cloud to the outside
  nubomedia.nai.external_network:
    name: external
    physical_network: external
    cidr: 203.0.113.0/24
    gateway: 203.0.113.1
    pool_start: 203.0.113.100
    pool_end: 203.0.113.199
"""

RETURN = r"""
network_id:
  description: Id of the network; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
subnet_id:
  description: Id of the subnet; empty when it is not there (yet).
  returned: when the cloud could be asked
  type: str
  sample: 5b0a3f6e-7b4c-4b53-9c2f-6e4f9b6a1a90
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["network external: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    CloudError,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


class ExternalNetwork:
    """What Neutron has under the name, and the requests that bring it to what is wanted."""

    def __init__(self, client: Any, params: dict[str, Any], check_mode: bool) -> None:
        """Reads network, and its subnets if there is one."""
        self.client = client
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        networks = pages(client, f"/networks?name={params['name']}", "networks")
        if len(networks) > 1:
            ids = ", ".join(item["id"] for item in networks)
            raise CloudError(f"there are several networks named {params['name']} ({ids}); delete or rename all but one")
        self.network: dict[str, Any] | None = networks[0] if networks else None
        self.subnets: list[dict[str, Any]] = (
            pages(client, f"/subnets?network_id={self.network['id']}", "subnets") if self.network else []
        )

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return {} if self.check_mode else call(self.client, method, path, body)

    def ensure(self) -> None:
        """Brings network and subnet to the wanted state."""
        fixed = {
            "provider:network_type": self.params["network_type"],
            "provider:physical_network": self.params["physical_network"],
            "provider:segmentation_id": self.params["segmentation_id"],
        }
        edited = {"router:external": True, "admin_state_up": True}
        if self.network:
            differing = {key: value for key, value in fixed.items() if self.network.get(key) != value}
            if differing:
                self._require_unused(f"network {self.params['name']}: {_text(differing)} cannot be edited")
                self.remove()
        if self.network:
            changes = {key: value for key, value in edited.items() if self.network.get(key) != value}
            if changes:
                self._request("PUT", f"/networks/{self.network['id']}", {"network": changes})
                self.diff.updated("network", self.params["name"], self.network, changes)
        else:
            body = {
                "name": self.params["name"],
                **edited,
                **{key: value for key, value in fixed.items() if value},
            }
            self.network = self._request("POST", "/networks", {"network": body}).get("network", {"id": ""})
            self.diff.created("network", self.params["name"], body)
        self._ensure_subnet()

    def _ensure_subnet(self) -> None:
        assert self.network is not None  # noqa: S101  # made above
        edited: dict[str, Any] = {
            "gateway_ip": self.params["gateway"],
            "allocation_pools": [{"start": self.params["pool_start"], "end": self.params["pool_end"]}],
            "dns_nameservers": self.params["dns"],
            "enable_dhcp": False,
        }
        have = next((item for item in self.subnets if item["cidr"] == self.params["cidr"]), None)
        for other in [item for item in self.subnets if item is not have and item["name"] == self.params["name"]]:
            self._require_unused(f"subnet {other['cidr']} of {self.params['name']} cannot become {self.params['cidr']}")
            self._request("DELETE", f"/subnets/{other['id']}")
            self.diff.removed("subnet", f"{self.params['name']} {other['cidr']}")
            self.subnets.remove(other)
        if have is None:
            body = {
                "name": self.params["name"],
                "network_id": self.network["id"],
                "ip_version": 4,
                "cidr": self.params["cidr"],
                **edited,
            }
            made = self._request("POST", "/subnets", {"subnet": body}).get("subnet", {"id": ""})
            self.subnets.insert(0, made)
            self.diff.created("subnet", f"{self.params['name']} {self.params['cidr']}", edited)
            return
        changes = {key: value for key, value in edited.items() if have.get(key) != value}
        if changes:
            self._request("PUT", f"/subnets/{have['id']}", {"subnet": changes})
            self.diff.updated("subnet", f"{self.params['name']} {self.params['cidr']}", have, changes)

    def _require_unused(self, problem: str) -> None:
        """Fails when a port lies on the network."""
        if not self.network or not self.network["id"]:
            return
        ports = pages(self.client, f"/ports?network_id={self.network['id']}", "ports")
        if ports:
            users = sorted(
                {f"{port.get('device_owner') or 'port'} {port.get('device_id') or port['id']}" for port in ports}
            )
            raise CloudError(f"{problem} while these are connected: {', '.join(users[:8])}; remove them first")

    def remove(self) -> None:
        """Removes network and subnets."""
        if not self.network:
            return
        self._require_unused(f"network {self.params['name']} cannot be removed")
        self._request("DELETE", f"/networks/{self.network['id']}")
        self.diff.removed("network", self.params["name"])
        self.network, self.subnets = None, []


def _text(values: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(values.items()))


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "physical_network": {"type": "str"},
            "network_type": {"type": "str", "choices": ["flat", "vlan", "vxlan"], "default": "flat"},
            "segmentation_id": {"type": "int"},
            "cidr": {"type": "str"},
            "gateway": {"type": "str"},
            "pool_start": {"type": "str"},
            "pool_end": {"type": "str"},
            "dns": {"type": "list", "elements": "str", "default": []},
        },
        required_if=[
            ("state", "present", ["cidr", "gateway", "pool_start", "pool_end"]),
            ("network_type", "vlan", ["physical_network", "segmentation_id"]),
            ("network_type", "vxlan", ["segmentation_id"]),
        ],
        supports_check_mode=True,
    )

    flat = module.params["state"] == "present" and module.params["network_type"] == "flat"
    if flat and not module.params["physical_network"]:
        module.fail_json(msg="physical_network is missing: name the bridge mapping that the flat network uses")

    def body(connection: Any) -> Any:
        network = ExternalNetwork(connection.network, module.params, module.check_mode)
        if module.params["state"] == "present":
            network.ensure()
        else:
            network.remove()
        return network.diff.result(
            network_id=(network.network or {}).get("id", ""),
            subnet_id=network.subnets[0]["id"] if network.subnets else "",
        )

    run(module, body)


if __name__ == "__main__":
    main()
