#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A project of the PaaS manager."""

from __future__ import annotations

DOCUMENTATION = r"""
module: paas_project
short_description: Project of the PaaS manager
description:
  - Makes a project, changes what is given of one, or deletes one; the PaaS manager refuses to delete a project that
    has applications.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: Whether the project is there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the project.
    type: str
    required: true
  description:
    description: What it is for.
    type: str
  users:
    description: >-
      The role of every user of the project by the user's name: V(GUEST), V(USER) or V(ADMIN). Without it they stay as
      they are.
    type: dict
  quota:
    description: What its applications may use in all. Without it it stays as it is.
    type: dict
    suboptions:
      applications:
        description: How many there may be.
        type: int
      instances:
        description: How many media servers they may have together, at their limits.
        type: int
      replicas:
        description: How many containers they and their services may have together.
        type: int
extends_documentation_fragment: [nubomedia.nai.paas]
attributes:
  check_mode:
    description: Tells what would change. Where the PaaS manager does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs.
    support: full
"""

EXAMPLES = r"""
- name: A project for a team
  nubomedia.nai.paas_project:
    url: http://127.0.0.1:8081
    password: "{{ paas_admin_password }}"
    name: media
    users: {anna: USER, berta: GUEST}
    quota: {applications: 5}
"""

RETURN = r"""
id:
  description: Id of the project; empty when there is none (yet).
  returned: when the PaaS manager could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the PaaS manager could be asked
  type: list
  elements: str
  sample: ["project media: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.paas import (  # noqa: E402
    PAAS_ARGUMENTS,
    Paas,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


class Project:
    """The project of a name, and the requests that bring it to what is wanted."""

    def __init__(self, paas: Paas, params: dict[str, Any], check_mode: bool) -> None:
        """Lists the projects."""
        self.paas = paas
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.name = params["name"]
        listed = paas.get("projects") or []
        self.have: dict[str, Any] | None = next((each for each in listed if each["name"] == self.name), None)

    def wanted(self) -> dict[str, Any]:
        """What is given of the document."""
        params = self.params
        quota = None
        if params["quota"] is not None:
            quota = {name: value for name, value in params["quota"].items() if value is not None}
        users = None
        if params["users"] is not None:
            users = {name.lower(): str(role).upper() for name, role in params["users"].items()}
        given = {"description": params["description"], "users": users, "quota": quota}
        return {name: value for name, value in given.items() if value is not None}

    def ensure(self) -> None:
        """Makes or changes the project."""
        wanted = self.wanted()
        if self.have is None:
            self.diff.created("project", self.name, wanted)
            if not self.check_mode:
                self.have = self.paas.post("projects", body={**wanted, "name": self.name})
            return
        # Users and quota are wanted whole: who is not named has no role any more.
        have = {**self.have, "description": self.have.get("description") or ""}
        changes = {name: value for name, value in wanted.items() if (have.get(name) or type(value)()) != value}
        if changes:
            self.diff.updated("project", self.name, have, changes)
            if not self.check_mode:
                body = {"name": self.name, "description": have["description"], **changes}
                self.have = self.paas.put("projects", self.have["id"], body=body)

    def remove(self) -> None:
        """Deletes the project."""
        if self.have is not None:
            self.diff.removed("project", self.name)
            if not self.check_mode:
                self.paas.delete("projects", self.have["id"])
            self.have = None


def main() -> None:
    """Runs the module."""
    quota = {name: {"type": "int"} for name in ("applications", "instances", "replicas")}
    module = AnsibleModule(
        argument_spec={
            **PAAS_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "users": {"type": "dict"},
            "quota": {"type": "dict", "options": quota},
        },
        supports_check_mode=True,
    )

    def body(paas: Paas) -> dict[str, Any]:
        project = Project(paas, module.params, module.check_mode)
        if module.params["state"] == "present":
            project.ensure()
        else:
            project.remove()
        result: dict[str, Any] = project.diff.result(id=(project.have or {}).get("id", ""))
        return result

    run(module, body)


if __name__ == "__main__":
    main()
