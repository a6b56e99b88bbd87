#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Quotas of projects in Nova and Neutron."""

from __future__ import annotations

DOCUMENTATION = r"""
module: project_quota
short_description: Quotas of projects in Nova and Neutron
description:
  - Reads the quotas of each project and sets those that differ. V(-1) means without a limit.
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
    description: V(absent) puts the project back to the cloud's default quotas.
    type: str
    choices: [present, absent]
    default: present
  projects:
    description: Projects by name.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the project in domain Default.
        type: str
        required: true
      compute:
        description: Nova's quotas, e.g. V(instances), V(cores), V(ram) in MiB. Others stay as they are.
        type: dict
        default: {}
      network:
        description: Neutron's quotas, e.g. V(network), V(port), V(floatingip). Others stay as they are.
        type: dict
        default: {}
attributes:
  check_mode:
    description: >-
      Tells what would change. Where the SDK, the credentials or an API are not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: Take the limits off the administrator's project
  nubomedia.nai.project_quota:
    projects:
      - name: admin
        compute: {instances: -1, cores: -1, ram: -1}
        network: {port: -1, floatingip: 50}
"""

RETURN = r"""
changes:
  description: What was (or would be) changed, one line each.
  returned: when the cloud could be asked
  type: list
  elements: str
  sample: ["compute quota admin: cores, ram changed"]
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


class Quotas:
    """Reads and sets quotas; one read and at most one write per project and service."""

    def __init__(self, connection: Any, check_mode: bool) -> None:
        """Lists the projects."""
        self.connection = connection
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.projects = {
            item["name"]: item["id"] for item in pages(connection.identity, "/projects?domain_id=default", "projects")
        }

    def _services(self, name: str) -> list[tuple[str, Any, str, str]]:
        """Returns parameter, client, path and key of each service's quotas of a project."""
        if name not in self.projects:
            raise CloudNotReadyError(f"project {name} does not exist; known are {', '.join(sorted(self.projects))}")
        identifier = self.projects[name]
        return [
            ("compute", self.connection.compute, f"/os-quota-sets/{identifier}", "quota_set"),
            ("network", self.connection.network, f"/quotas/{identifier}", "quota"),
        ]

    def ensure(self, wanted: dict[str, Any]) -> None:
        """Sets the quotas that differ."""
        for kind, client, path, key in self._services(wanted["name"]):
            target = {name: int(value) for name, value in wanted[kind].items()}
            if not target:
                continue
            have = call(client, "GET", path)[key]
            unknown = sorted(set(target) - set(have))
            if unknown:
                known = ", ".join(sorted(set(have) - {"id"}))
                raise CloudError(f"{kind} has no quota {', '.join(unknown)}; it has {known}")
            changes = {name: value for name, value in target.items() if have[name] != value}
            if changes:
                if not self.check_mode:
                    call(client, "PUT", path, {key: changes})
                self.diff.updated(f"{kind} quota", wanted["name"], have, changes)

    def reset(self, name: str) -> None:
        """Puts a project back to the defaults."""
        for kind, client, path, key in self._services(name):
            have = call(client, "GET", path)[key]
            defaults = call(client, "GET", f"{path}/{'defaults' if kind == 'compute' else 'default'}")[key]
            changes = {item: value for item, value in defaults.items() if item in have and have[item] != value}
            changes.pop("id", None)
            if changes:
                if not self.check_mode:
                    call(client, "DELETE", path)
                self.diff.updated(f"{kind} quota", name, have, changes)


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **CLOUD_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "projects": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "compute": {"type": "dict", "default": {}},
                    "network": {"type": "dict", "default": {}},
                },
            },
        },
        supports_check_mode=True,
    )

    def body(connection: Any) -> Any:
        quotas = Quotas(connection, module.check_mode)
        for wanted in module.params["projects"]:
            if module.params["state"] == "present":
                quotas.ensure(wanted)
            else:
                quotas.reset(wanted["name"])
        return quotas.diff.result()

    run(module, body)


if __name__ == "__main__":
    main()
