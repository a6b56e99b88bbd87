#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""An infrastructure (point of presence) of the orchestrator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nfvo_vim
short_description: Infrastructure that the orchestrator runs instances on
description:
  - Registers a VIM instance with the orchestrator, changes it or removes it.
  - The orchestrator gives a password back to nobody. A salted hash of it (PBKDF2) is kept in the VIM instance, so that
    a changed password is noticed and an unchanged one changes nothing.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: V(absent) removes the VIM instance; the orchestrator refuses while something runs there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name that descriptors call it by.
    type: str
    required: true
  type:
    description: Kind of infrastructure.
    type: str
    default: openstack
  auth_url:
    description: >-
      Keystone's URL, which ends in C(/v3) or C(/v2.0); for O(type=docker) the engine's URL. Required for
      O(state=present).
    type: str
  tenant:
    description: Project in the infrastructure, by name (or, for Keystone v3, by id).
    type: str
    default: ''
  vim_username:
    description: User of the infrastructure.
    type: str
    default: ''
  vim_password:
    description: Password of O(vim_username).
    type: str
    default: ''
  domain:
    description: Keystone's domain of user and project.
    type: str
    default: Default
  key_pair:
    description: Key pair of the infrastructure that instances are made with.
    type: str
    default: ''
  security_groups:
    description: Security groups that instances are made with.
    type: list
    elements: str
    default: []
  location:
    description: Where it stands.
    type: dict
    suboptions:
      name:
        description: Name of the place; where it is the name of a region in Keystone's catalogue, that region is used.
        type: str
        required: true
      latitude:
        description: In degrees.
        type: str
      longitude:
        description: In degrees.
        type: str
  active:
    description: Whether the orchestrator may use it.
    type: bool
    default: true
extends_documentation_fragment: [nubomedia.nai.nfvo]
attributes:
  check_mode:
    description: Tells what would change. Where the orchestrator does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; never a password or its hash.
    support: full
"""

EXAMPLES = r"""
- name: Tell the orchestrator about the cloud
  nubomedia.nai.nfvo_vim:
    url: http://127.0.0.1:8080
    password: "{{ nfvo_admin_password }}"
    name: nubomedia-vim
    auth_url: http://203.0.113.10:5000/v3
    tenant: nubomedia
    vim_username: nubomedia
    vim_password: "{{ nfvo_vim_password }}"
    key_pair: nubomedia
    security_groups: [media]
    location: {name: Berlin, latitude: "52.525876", longitude: "13.314400"}
"""

RETURN = r"""
id:
  description: Id of the VIM instance; empty when it is not there (yet).
  returned: when the orchestrator could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the orchestrator could be asked
  type: list
  elements: str
  sample: ["VIM nubomedia-vim: created"]
"""

import hashlib  # noqa: E402
import hmac  # noqa: E402
import os  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.nfvo import (  # noqa: E402
    NFVO_ARGUMENTS,
    Nfvo,
    covers,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

DIGEST = "passwordDigest"
"""Field of ours in the VIM instance; fields that it does not know are kept by the orchestrator."""

ROUNDS = 200_000


class Vim:
    """The VIM instance of a name, and the requests that bring it to what is wanted."""

    def __init__(self, nfvo: Nfvo, params: dict[str, Any], check_mode: bool) -> None:
        """Lists the VIM instances of the project."""
        self.nfvo = nfvo
        self.params = params
        self.check_mode = check_mode
        self.diff = StateDiff()
        listed = nfvo.get("datacenters") or []
        self.have: dict[str, Any] | None = next((item for item in listed if item["name"] == params["name"]), None)

    @property
    def id(self) -> str:
        """Id of the VIM instance; empty where there is none."""
        return str((self.have or {}).get("id", ""))

    def wanted(self) -> dict[str, Any]:
        """The document as the parameters say it, without the password."""
        params = self.params
        location = {key: value for key, value in (params["location"] or {}).items() if value is not None}
        return {
            "name": params["name"],
            "type": params["type"],
            "authUrl": params["auth_url"],
            "tenant": params["tenant"],
            "username": params["vim_username"],
            "domain": params["domain"],
            "keyPair": params["key_pair"],
            "securityGroups": params["security_groups"],
            "active": params["active"],
            **({"location": location} if location else {}),
        }

    def ensure(self) -> None:
        """Registers or changes it."""
        wanted = self.wanted()
        secret = {"password": self.params["vim_password"], DIGEST: digest(self.params["vim_password"])}
        if self.have is None:
            self.diff.created("VIM", self.params["name"], wanted)
            if not self.check_mode:
                self.have = self.nfvo.post("datacenters", body={**wanted, **secret})
            return
        changes = {key: value for key, value in wanted.items() if not covers(self.have.get(key), value)}
        if changes:
            self.diff.updated("VIM", self.params["name"], self.have, changes)
        if not matches(self.params["vim_password"], self.have.get(DIGEST) or ""):
            changes.update(secret)
            self.diff.changes.append(f"VIM {self.params['name']}: password changed")
        if changes and not self.check_mode:
            self.nfvo.put("datacenters", self.id, body={**self.have, **changes})

    def remove(self) -> None:
        """Removes it."""
        if self.have is not None:
            self.diff.removed("VIM", self.params["name"])
            if not self.check_mode:
                self.nfvo.delete("datacenters", self.id)
            self.have = None


def digest(password: str, salt: bytes | None = None) -> str:
    """Returns salt and hash of a password."""
    salt = salt or os.urandom(16)
    return f"{salt.hex()}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt, ROUNDS).hex()}"


def matches(password: str, known: str) -> bool:
    """Whether a hash is that of a password."""
    salt = known.partition("$")[0]
    try:
        return bool(salt) and hmac.compare_digest(digest(password, bytes.fromhex(salt)), known)
    except ValueError:
        return False


def main() -> None:
    """Runs the module."""
    location = {
        "name": {"type": "str", "required": True},
        "latitude": {"type": "str"},
        "longitude": {"type": "str"},
    }
    module = AnsibleModule(
        argument_spec={
            **NFVO_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
            "type": {"type": "str", "default": "openstack"},
            "auth_url": {"type": "str"},
            "tenant": {"type": "str", "default": ""},
            "vim_username": {"type": "str", "default": ""},
            "vim_password": {"type": "str", "default": "", "no_log": True},
            "domain": {"type": "str", "default": "Default"},
            # The name of a key pair, no key.
            "key_pair": {"type": "str", "default": "", "no_log": False},
            "security_groups": {"type": "list", "elements": "str", "default": []},
            "location": {"type": "dict", "options": location},
            "active": {"type": "bool", "default": True},
        },
        required_if=[("state", "present", ["auth_url"])],
        supports_check_mode=True,
    )

    def body(nfvo: Nfvo) -> dict[str, Any]:
        vim = Vim(nfvo, module.params, module.check_mode)
        if module.params["state"] == "present":
            vim.ensure()
        else:
            vim.remove()
        result: dict[str, Any] = vim.diff.result(id=vim.id)
        return result

    run(module, body)


if __name__ == "__main__":
    main()
