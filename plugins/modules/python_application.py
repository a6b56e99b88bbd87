#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A Python package with its locked dependencies, in an environment of its own, without a registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: python_application
short_description: Python package of the control host with its locked dependencies
description:
  - Brings a package and the wheels that its lock file names onto a host, below one directory. The control host fetches
    the wheels for the host's Python, as its own pip is configured, and keeps them in its cache; the host itself needs
    neither pip nor a registry.
  - Each version is a directory of its own, named by a digest of everything that belongs to it. The link C(current) is
    switched in one step when a version is whole, so an interrupted run leaves the former one running.
  - The current version and the one before it stay, older ones are removed.
version_added: 0.2.0
author: The NAI authors
options:
  src:
    description: Directory of the package on the control host, as an absolute path.
    type: path
    required: true
  lock:
    description: Requirements with hashes on the control host, as an absolute path; wheels only.
    type: path
    required: true
  left_out:
    description: Direct subdirectories of O(src) that the host does not need.
    type: list
    elements: str
    default: []
  dest:
    description: Directory on the host.
    type: path
    required: true
  program:
    description: Name of the program in C(bin) of a version.
    type: str
    required: true
  entry:
    description: What the program calls, as C(module:function).
    type: str
    required: true
  step:
    description: What the control side asks for. Not for use in a task.
    type: dict
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
  diff_mode:
    description: Returns what changes.
    support: full
seealso:
  - module: nubomedia.nai.python_tree
"""

EXAMPLES = r"""
- name: Bring the services' program
  nubomedia.nai.python_application:
    src: "{{ playbook_dir }}/../../nai"
    lock: "{{ playbook_dir }}/../../requirements-services.lock"
    left_out: [installer]
    dest: /opt/nai
    program: nai
    entry: nai.cli:main
"""

RETURN = r"""
release:
  description: Digest of the version that runs, or would run.
  returned: success
  type: str
  sample: 3f1c2a9d07be
path:
  description: Directory of that version.
  returned: success
  type: str
  sample: /opt/nai/3f1c2a9d07be
changes:
  description: What was (or would be) changed, one line each.
  returned: success
  type: list
  elements: str
  sample: ["version 3f1c2a9d07be: installed"]
"""

import tarfile  # noqa: E402
import zlib  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.application import Application, interpreter  # noqa: E402


def install(application: Application, params: dict[str, Any]) -> list[str]:
    """Brings a version onto the host and makes it the current one; returns what was changed."""
    step = params["step"]
    before, changes = application.release, []
    if not application.has_dependencies(step["dependencies"]):
        application.add_dependencies(step["dependencies"], step["dependencies_archive"])
        changes.append(f"dependencies {step['dependencies']}: installed")
    application.add_release(
        step["release"], step["release_archive"], step["dependencies"], params["program"], params["entry"]
    )
    application.switch(step["release"])
    changes.append(f"version {step['release']}: installed")
    changes += [f"version {name}: removed" for name in application.prune({step["release"], before})]
    return changes


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "src": {"type": "path", "required": True},
            "lock": {"type": "path", "required": True},
            "left_out": {"type": "list", "elements": "str", "default": []},
            "dest": {"type": "path", "required": True},
            "program": {"type": "str", "required": True},
            "entry": {"type": "str", "required": True},
            "step": {"type": "dict"},
        },
        supports_check_mode=True,
    )
    step = module.params["step"]
    if not step:
        module.fail_json(
            msg="python_application runs through its action plugin only: name it nubomedia.nai.python_application"
        )
    application = Application(Path(module.params["dest"]))
    if step["action"] == "look":
        dependencies = application.root / "dependencies"
        module.exit_json(
            changed=False,
            release=application.release,
            dependencies=sorted(path.name for path in dependencies.glob("[0-9a-f]*")),
            interpreter=interpreter(),
        )
    try:
        changes = install(application, module.params)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        module.fail_json(msg=f"{application.root}: {error}; the version before it stays the current one")
    module.exit_json(changed=True, changes=changes)


if __name__ == "__main__":
    main()
