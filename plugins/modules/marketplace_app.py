#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""An application that is shared in the marketplace."""

from __future__ import annotations

DOCUMENTATION = r"""
module: marketplace_app
short_description: Application in the marketplace
description:
  - Shares an application in the marketplace, changes or removes it. An application is known by its name and provider.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: Whether the application is there.
    type: str
    choices: [present, absent]
    default: present
  url:
    description: The marketplace's URL without a path, e.g. V(http://127.0.0.1:8082).
    type: str
    required: true
  paas_url:
    description: >-
      URL of the PaaS manager that O(username) logs in at; the application is that user's then. Without it nobody is
      logged in, which only a marketplace that anyone may write to takes.
    type: str
    default: ''
  username:
    description: User of the PaaS manager.
    type: str
    default: admin
  password:
    description: Password of O(username).
    type: str
    default: ''
  ca_file:
    description: Certificates (PEM) that vouch for V(https) URLs; without it the host's own are used.
    type: path
  request_timeout_seconds:
    description: Longest wait for one answer.
    type: int
    default: 60
  provider:
    description: Who offers it; it or C(provider) in O(definition) is needed.
    type: str
  description:
    description: What the application is.
    type: str
  requirements:
    description: What it needs, by name.
    type: dict
  shared:
    description: Whether everybody sees it, or the user only who shares it. Without it what is made is shared.
    type: bool
extends_documentation_fragment: [nubomedia.nai.paas_application]
attributes:
  check_mode:
    description: Tells what would change. Where the marketplace does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; of variables their names only, and no password.
    support: full
"""

EXAMPLES = r"""
- name: Share an application
  nubomedia.nai.marketplace_app:
    url: http://127.0.0.1:8082
    paas_url: http://127.0.0.1:8081
    password: "{{ paas_admin_password }}"
    name: mirror
    provider: Media Ltd
    description: Hats on faces
    git_url: https://git.example.org/media/mirror.git
    ports: [{port: 8443}]
    flavor: MEDIUM
"""

RETURN = r"""
id:
  description: Id of the application; empty when there is none (yet).
  returned: when the marketplace could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the marketplace could be asked
  type: list
  elements: str
  sample: ["application mirror: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.paas import (  # noqa: E402
    APPLICATION_OPTIONS,
    MARKETPLACE_ARGUMENTS,
    Marketplace,
    application,
    run_at_marketplace,
    set_fields,
    shown,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.rest import RestError  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

OWN_FIELDS = ("provider", "description", "requirements", "shared")
FROM_THERE = ("id", "sharedBy", "downloads")


class Shared:
    """The application of a name and provider, and the requests that bring it to what is wanted."""

    def __init__(self, market: Marketplace, params: dict[str, Any], check_mode: bool) -> None:
        """Lists the applications."""
        self.market = market
        self.check_mode = check_mode
        self.diff = StateDiff()
        self.wanted = application(params["definition"], params)
        self.wanted.update({field: params[field] for field in OWN_FIELDS if params[field] is not None})
        for field in FROM_THERE:
            self.wanted.pop(field, None)
        for field in ("name", "provider"):
            if not self.wanted.get(field):
                raise RestError(f"{field} is needed, as an option or in definition")
        self.name = self.wanted["name"]
        listed = market.get("app") or []
        self.have: dict[str, Any] | None = next((each for each in listed if self._is_it(each)), None)

    def ensure(self) -> None:
        """Shares or changes it."""
        if self.have is None:
            wanted = {"shared": True, **self.wanted}
            self.diff.created("application", self.name, shown(wanted))
            if not self.check_mode:
                self.have = self.market.post("app", body=wanted)
            return
        changes = set_fields(self.have, self.wanted)
        if changes:
            self.diff.updated("application", self.name, shown(self.have), shown(changes))
            if not self.check_mode:
                self.have = self.market.put("app", self.have["id"], body={**self.have, **changes})

    def remove(self) -> None:
        """Removes it."""
        if self.have is not None:
            self.diff.removed("application", self.name)
            if not self.check_mode:
                self.market.delete("app", self.have["id"])
            self.have = None

    def _is_it(self, each: dict[str, Any]) -> bool:
        provider = str(self.wanted["provider"]).casefold()
        return each.get("name") == self.name and str(each.get("provider")).casefold() == provider


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **MARKETPLACE_ARGUMENTS,
            **APPLICATION_OPTIONS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "provider": {"type": "str"},
            "description": {"type": "str"},
            "requirements": {"type": "dict"},
            "shared": {"type": "bool"},
        },
        supports_check_mode=True,
    )

    def body(market: Marketplace) -> dict[str, Any]:
        entry = Shared(market, module.params, module.check_mode)
        if module.params["state"] == "present":
            entry.ensure()
        else:
            entry.remove()
        result: dict[str, Any] = entry.diff.result(id=(entry.have or {}).get("id", ""))
        return result

    run_at_marketplace(module, body)


if __name__ == "__main__":
    main()
