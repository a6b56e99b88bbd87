#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A network service descriptor of the orchestrator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: nfvo_nsd
short_description: Network service descriptor of the orchestrator
description:
  - On-boards a network service descriptor (NSD), changes it or removes it. It is known by its name.
  - What the orchestrator adds (ids, versions, defaults) does not count as a difference, nor does the order of a list.
version_added: 0.1.0
author: The NAI authors
options:
  state:
    description: V(absent) removes it; the orchestrator refuses while a record was made of it.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: Name of the descriptor; its own C(name) without this.
    type: str
  descriptor:
    description: >-
      The descriptor as the orchestrator's API takes it. A function that a package brought is named by its id alone.
      Required for O(state=present).
    type: dict
extends_documentation_fragment: [nubomedia.nai.nfvo]
attributes:
  check_mode:
    description: Tells what would change. Where the orchestrator does not answer yet, everything would.
    support: full
  diff_mode:
    description: Shows the parts of the descriptor that differ.
    support: full
"""

EXAMPLES = r"""
- name: On-board the media service
  nubomedia.nai.nfvo_nsd:
    url: http://127.0.0.1:8080
    password: "{{ nfvo_admin_password }}"
    descriptor: "{{ lookup('ansible.builtin.file', 'media-service.json') | from_json }}"
"""

RETURN = r"""
id:
  description: Id of the descriptor; empty when it is not there (yet).
  returned: when the orchestrator could be asked
  type: str
  sample: 0d3ab2d7-5d0a-4d4c-8d2b-1f4d4c0c7b11
changes:
  description: What was (or would be) changed, one line each.
  returned: when the orchestrator could be asked
  type: list
  elements: str
  sample: ["NSD media: created"]
"""

from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.nfvo import (  # noqa: E402
    NFVO_ARGUMENTS,
    Nfvo,
    NfvoError,
    covers,
    run,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.state_diff import StateDiff  # noqa: E402

COLLECTION = "ns-descriptors"


class Descriptor:
    """The descriptor of a name, and the requests that bring it to what is wanted."""

    def __init__(self, nfvo: Nfvo, name: str, check_mode: bool) -> None:
        """Lists the descriptors of the project.

        Raises:
            NfvoError: There are several of that name.
        """
        self.nfvo = nfvo
        self.name = name
        self.check_mode = check_mode
        self.diff = StateDiff()
        found = [item for item in nfvo.get(COLLECTION) or [] if item["name"] == name]
        if len(found) > 1:
            ids = ", ".join(item["id"] for item in found)
            raise NfvoError(f"there are several descriptors named {name} ({ids}); remove all but one")
        self.have: dict[str, Any] | None = found[0] if found else None

    @property
    def id(self) -> str:
        """Id of the descriptor; empty where there is none."""
        return str((self.have or {}).get("id", ""))

    def ensure(self, wanted: dict[str, Any]) -> None:
        """On-boards or changes it."""
        if self.have is None:
            shown = {key: wanted[key] for key in ("vendor", "version") if key in wanted}
            self.diff.created("NSD", self.name, shown)
            if not self.check_mode:
                self.have = self.nfvo.post(COLLECTION, body=wanted)
            return
        changes = {key: value for key, value in wanted.items() if not covers(self.have.get(key), value)}
        if changes:
            self.diff.updated("NSD", self.name, self.have, changes)
            if not self.check_mode:
                self.have = self.nfvo.put(COLLECTION, self.id, body={**self.have, **changes})

    def remove(self) -> None:
        """Removes it."""
        if self.have is not None:
            self.diff.removed("NSD", self.name)
            if not self.check_mode:
                self.nfvo.delete(COLLECTION, self.id)
            self.have = None


def main() -> None:
    """Runs the module."""
    module = AnsibleModule(
        argument_spec={
            **NFVO_ARGUMENTS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str"},
            "descriptor": {"type": "dict"},
        },
        required_if=[("state", "present", ["descriptor"])],
        required_one_of=[("name", "descriptor")],
        supports_check_mode=True,
    )
    wanted = dict(module.params["descriptor"] or {})
    name = str(module.params["name"] or wanted.get("name") or "")
    if not name:
        module.fail_json(msg="the descriptor has no name, and name says none")
    wanted["name"] = name

    def body(nfvo: Nfvo) -> dict[str, Any]:
        descriptor = Descriptor(nfvo, name, module.check_mode)
        if module.params["state"] == "present":
            descriptor.ensure(wanted)
        else:
            descriptor.remove()
        result: dict[str, Any] = descriptor.diff.result(id=descriptor.id)
        return result

    run(module, body)


if __name__ == "__main__":
    main()
