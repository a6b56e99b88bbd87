#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Nova's flavours by name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nova_flavors
short_description: Flavours of Nova in one call
description:
  - Lists all flavours once and makes, replaces or removes those that differ.
  - Nova cannot edit the size of a flavour. One that differs in size or visibility is deleted and made anew under
    the same id and with the same projects allowed to use it; instances keep the size they were made with.
  - Extra specs are edited in place; those that are not named are removed.
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
    description: V(absent) removes the named flavours; further values of them are not looked at.
    type: str
    choices: [present, absent]
    default: present
  flavors:
    description: Flavours by name. Others stay as they are.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name.
        type: str
        required: true
      vcpus:
        description: Number of virtual CPUs.
        type: int
        default: 1
      ram_mb:
        description: Memory in MiB.
        type: int
        default: 512
      disk_gb:
        description: Root disk in GiB.
        type: int
        default: 0
      extra_specs:
        description: Extra specs; values are sent as text.
        type: dict
        default: {}
      is_public:
        description: Whether every project may use it.
        type: bool
        default: true
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or Nova are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: Offer two sizes
  nubomedia.nai.nova_flavors:
    flavors:
      - {name: d1.small, vcpus: 1, ram_mb: 512, disk_gb: 10}
      - {name: d1.medium, vcpus: 2, ram_mb: 1024, disk_gb: 10}
"""

RETURN = r"""
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["flavor d1.small: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import (  # noqa: E402
    CLOUD_ARGUMENTS,
    call,
    pages,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

# From 2.61 on, a listed flavour carries its extra specs: no further request per flavour.
MICROVERSION = "2.61"
HEADERS = {"OpenStack-API-Version": f"compute {MICROVERSION}", "X-OpenStack-Nova-API-Version": MICROVERSION}
FIXED = {"vcpus": "vcpus", "ram": "ram_mb", "disk": "disk_gb", "os-flavor-access:is_public": "is_public"}


class Flavors:
    """What Nova has, listed once, and the requests that bring it to what is wanted."""

    def __init__(self, client: Any, check_mode: bool) -> None:
        """Lists all flavours, public or not."""
        self.client = client
        self.check_mode = check_mode
        self.diff = StateDiff()
        listed = pages(client, "/flavors/detail?is_public=None", "flavors", **HEADERS)
        self.have = {item["name"]: item for item in listed}

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return {} if self.check_mode else call(self.client, method, path, body, microversion=MICROVERSION)

    def ensure(self, wanted: dict[str, Any]) -> None:
        """Makes the flavour, or makes it again when its size differs."""
        have = self.have.get(wanted["name"])
        target = {key: wanted[parameter] for key, parameter in FIXED.items()}
        specs = {str(key): str(value) for key, value in wanted["extra_specs"].items()}
        if have is None:
            identifier = self._create(wanted["name"], target)
            self._set_specs(identifier, {}, specs)
            self.diff.created("flavor", wanted["name"], {**target, **specs})
            return
        changes = {key: value for key, value in target.items() if have.get(key) != value}
        if changes:
            projects = self._projects(have)
            self._request("DELETE", f"/flavors/{have['id']}")
            self._create(wanted["name"], target, have["id"])
            if not wanted["is_public"]:
                for project in projects:
                    self._request("POST", f"/flavors/{have['id']}/action", {"addTenantAccess": {"tenant": project}})
            self._set_specs(have["id"], {}, specs)
            self.diff.updated("flavor", f"{wanted['name']} (made again)", have, changes)
        have_specs = have.get("extra_specs") or {}
        if have_specs != specs:
            if not changes:
                self._set_specs(have["id"], have_specs, specs)
            self.diff.updated("flavor", wanted["name"], {"extra_specs": have_specs}, {"extra_specs": specs})

    def _create(self, name: str, target: dict[str, Any], identifier: str | None = None) -> str:
        body = {"flavor": {"name": name, "id": identifier, **target}}  # None: Nova makes one
        return str(self._request("POST", "/flavors", body).get("flavor", {}).get("id", identifier or "new"))

    def _projects(self, have: dict[str, Any]) -> list[str]:
        """Returns the projects that may use a flavour which is not public."""
        if have.get("os-flavor-access:is_public", True):
            return []
        listed = pages(self.client, f"/flavors/{have['id']}/os-flavor-access", "flavor_access")
        return [item["tenant_id"] for item in listed]

    def _set_specs(self, identifier: str, have: dict[str, str], wanted: dict[str, str]) -> None:
        changed = {key: value for key, value in wanted.items() if have.get(key) != value}
        if changed:
            self._request("POST", f"/flavors/{identifier}/os-extra_specs", {"extra_specs": changed})
        for key in sorted(set(have) - set(wanted)):
            self._request("DELETE", f"/flavors/{identifier}/os-extra_specs/{key}")

    def remove(self, name: str) -> None:
        """Removes a flavour; instances keep the size they were made with."""
        if name in self.have:
            self._request("DELETE", f"/flavors/{self.have[name]['id']}")
            self.diff.removed("flavor", name)


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "flavors": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "vcpus": {"type": "int", "default": 1},
                    "ram_mb": {"type": "int", "default": 512},
                    "disk_gb": {"type": "int", "default": 0},
                    "extra_specs": {"type": "dict", "default": {}},
                    "is_public": {"type": "bool", "default": True},
                },
            },
        },
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        flavors = Flavors(connection.compute, module.check_mode)
        for wanted in module.params["flavors"]:
            if module.params["state"] == "present":
                flavors.ensure(wanted)
            else:
                flavors.remove(wanted["name"])
        return flavors.diff.result()

    run(module, body)


if __name__ == "__main__":
    main()
