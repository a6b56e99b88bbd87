#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A user of the PaaS manager."""

from __future__ import annotations

DOCUMENTATION = r"""
module: paas_user
short_description: User of the PaaS manager
description:
  - Makes a user, changes what is given of one, or deletes one. Whoever is logged in as that user is logged out by a
    new password, by being disabled and by the end.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: Whether the user is there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name that the user logs in by; it is kept in lower case.
    type: str
    required: true
  user_password:
    description: The user's password. Needed to make the user.
    type: str
  update_password:
    description: >-
      V(always) sets O(user_password) where the user cannot log in with it, which is tried; of a disabled user it is
      not. V(on_create) leaves the password alone that the user may have changed.
    type: str
    choices: [always, on_create]
    default: on_create
  email:
    description: Mail address.
    type: str
  enabled:
    description: Whether the user may log in.
    type: bool
    default: true
  roles:
    description: All roles of the user; without it they stay as they are.
    type: list
    elements: dict
    suboptions:
      project:
        description: Name of a project.
        type: str
        required: true
      role:
        description: V(GUEST) reads, V(USER) has the project, V(ADMIN) administers everything.
        type: str
        choices: [GUEST, USER, ADMIN]
        default: USER
extends_documentation_fragment: [nubomedia.nai.paas]
attributes:
  check_mode:
    description: Tells what would change. Where the PaaS manager does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; never a password.
    support: full
"""

EXAMPLES = r"""
- name: A developer
  nubomedia.nai.paas_user:
    url: http://127.0.0.1:8081
    password: "{{ paas_admin_password }}"
    name: anna
    user_password: "{{ vault_anna_password }}"
    roles: [{project: media, role: USER}]
"""

RETURN = r"""
id:
  description: Id of the user; empty when there is none (yet).
  returned: when the PaaS manager could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the PaaS manager could be asked
  type: list
  elements: str
  sample: ["user anna: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.paas import (  # noqa: E402
    PAAS_ARGUMENTS,
    Paas,
    run,
    set_fields,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import RestError  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402


class User:
    """The user of a name, and the requests that bring it to what is wanted."""

    def __init__(self, paas: Paas, params: dict[str, Any], check_mode: bool) -> None:
        """Lists the users."""
        self.paas = paas
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.name = params["name"].lower()
        listed = paas.get("users") or []
        self.have: dict[str, Any] | None = next((each for each in listed if each["username"] == self.name), None)

    def ensure(self) -> None:
        """Makes or changes the user.

        Raises:
            RestError: The service refused, or there is no password to make the user with.
        """
        wanted: dict[str, Any] = {"enabled": self.params["enabled"]}
        if self.params["email"] is not None:
            wanted["email"] = self.params["email"]
        if self.params["roles"] is not None:
            wanted["roles"] = [{"project": each["project"], "role": each["role"]} for each in self.params["roles"]]
        if self.have is None:
            if not self.params["user_password"]:
                raise RestError(f"user {self.name} is to be made: user_password is needed")
            self.diff.created("user", self.name, wanted)
            if not self.check_mode:
                body = {**wanted, "username": self.name, "password": self.params["user_password"]}
                self.have = self.paas.post("users", body=body)
            return
        changes = set_fields(self.have, wanted)
        if changes:
            self.diff.updated("user", self.name, self.have, changes)
        if self._password_is_another():
            self.diff.changes.append(f"user {self.name}: password changed")
            changes["password"] = self.params["user_password"]
        if changes and not self.check_mode:
            # What the document does not have stays, but `enabled` has a value in every document.
            self.have = self.paas.put("users", self.name, body={**wanted, **changes})

    def remove(self) -> None:
        """Deletes the user."""
        if self.have is not None:
            self.diff.removed("user", self.name)
            if not self.check_mode:
                self.paas.delete("users", self.name)
            self.have = None

    def _password_is_another(self) -> bool:
        wanted, when = self.params["user_password"], self.params["update_password"]
        if not wanted or when == "on_create" or not (self.have or {}).get("enabled"):
            return False
        return not self.paas.knows_password(self.name, wanted)


def main() -> None:
    """Runs the module."""
    role = {
        "project": {"type": "str", "required": True},
        "role": {"type": "str", "choices": ["GUEST", "USER", "ADMIN"], "default": "USER"},
    }
    module = AnsibleModule(
        argument_spec={
            **PAAS_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "user_password": {"type": "str", "no_log": True},
            # A word, no password.
            "update_password": {
                "type": "str",
                "choices": ["always", "on_create"],
                "default": "on_create",
                "no_log": False,
            },
            "email": {"type": "str"},
            "enabled": {"type": "bool", "default": True},
            "roles": {"type": "list", "elements": "dict", "options": role},
        },
        supports_check_mode=True,
    )

    def body(paas: Paas) -> dict[str, Any]:
        user = User(paas, module.params, module.check_mode)
        if module.params["state"] == "present":
            user.ensure()
        else:
            user.remove()
        result: dict[str, Any] = user.diff.result(id=(user.have or {}).get("id", ""))
        return result

    run(module, body)


if __name__ == "__main__":
    main()
