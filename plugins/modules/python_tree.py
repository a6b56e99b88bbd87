#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Python packages of the control host, put where the host's Python finds them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: python_tree
short_description: Python packages copied to a host in one round trip
description:
  - Makes directories of the host hold exactly the files that directories of the control host hold, for programs that
    run inside another program's Python and so cannot be installed as packages of their own.
  - Files belong to root and are readable by everyone. Each is replaced in one step. What is no longer in the source
    goes.
  - New files are compiled at once.
version_added: 0.1.0
author: The NAI authors
options:
  trees:
    description: What to copy.
    type: list
    elements: dict
    required: true
    suboptions:
      src:
        description: Directory or file on the control host, as an absolute path.
        type: path
        required: true
      dest:
        description: Where it goes. A directory is made the same as O(trees[].src); beside a file nothing is touched.
        type: path
        required: true
  contents:
    description: What the control side hands to the host. Not for use in a task.
    type: str
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
  diff_mode:
    description: Returns what changes.
    support: full
seealso:
  - module: nubomedia.nai.config_files
"""

EXAMPLES = r"""
- name: Install the driver
  nubomedia.nai.python_tree:
    trees:
      - src: "{{ playbook_dir }}/../nai/hypervisor"
        dest: /usr/local/lib/python3.13/dist-packages/nai/hypervisor
"""

RETURN = r"""
changed_files:
  description: Paths that were made, replaced or removed; sorted.
  returned: always
  type: list
  elements: str
  sample: [/usr/local/lib/python3.13/dist-packages/nai/hypervisor/driver.py]
"""

import base64  # noqa: E402
import json  # noqa: E402
import zlib  # noqa: E402
from pathlib import Path  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils import python_trees  # noqa: E402


def decode(contents: str) -> dict[str, dict[str, bytes]]:
    """Returns file contents by path by tree; the inverse of what the action does."""
    trees = json.loads(zlib.decompress(base64.b64decode(contents)))
    return {dest: {name: base64.b64decode(text) for name, text in found.items()} for dest, found in trees.items()}


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "trees": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "src": {"type": "path", "required": True},
                    "dest": {"type": "path", "required": True},
                },
            },
            # Long and of no interest: `no_log` keeps it out of the host's system log.
            "contents": {"type": "str", "no_log": True},
        },
        supports_check_mode=True,
    )
    if not module.params["contents"]:
        module.fail_json(msg="python_tree runs through its action plugin only: name it nubomedia.nai.python_tree")
    trees = decode(module.params["contents"])
    try:
        steps = python_trees.differences(trees)
        if not module.check_mode:
            python_trees.apply(steps)
            for dest in trees:
                python_trees.remove_empty(Path(dest))
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}")
    module.exit_json(
        changed=bool(steps),
        changed_files=[str(step.path) for step in steps],
        diff=[
            {
                "before_header": str(step.path),
                "after_header": str(step.path),
                "before": (step.before or b"").decode(errors="replace"),
                "after": (step.after or b"").decode(errors="replace"),
            }
            for step in steps
        ],
    )


if __name__ == "__main__":
    main()
