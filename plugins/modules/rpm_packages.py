#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""RPM packages at exact versions on a host with yum."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rpm_packages
short_description: RPM packages, at exact versions where asked for, with yum
description:
  - Asks rpm once which of O(packages) are installed, and does nothing else when all are as wanted.
  - Otherwise removes what has to go in one rpm transaction, then installs, upgrades and downgrades in one yum
    transaction. Before the first change it looks up all packages in the repositories; one that is missing there, or a
    repository that does not answer, is an error that leaves the host as it was.
  - Needs Python 3.8 or newer, and neither Python bindings of rpm nor C(yum-utils). Today's Ansible has no module for
    yum 3, which is what CentOS 7 has.
  - A yum transaction that was killed can leave two versions of a package; of a pinned package the other one goes.
version_added: 0.1.0
author: The NAI authors
options:
  packages:
    description: Packages by name.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the package, neither a group nor something that a package provides.
        type: str
        required: true
      version:
        description:
          - C([EPOCH:]VERSION[-RELEASE]), of which shell patterns may stand for parts. Without it any version will do,
            and one that is not installed is installed in its newest version.
          - The release may leave out the distribution, V(1.8.1-2) means V(1.8.1-2.el7).
          - Of several that it means, the newest is installed. An installed newer one than it means is downgraded.
        type: str
      state:
        description: Whether the package is to be there.
        type: str
        choices: [present, absent]
        default: present
      keep_dependents:
        description:
          - With O(packages[].state=absent), removes a package that others need (C(rpm -e --nodeps)). Something else
            must take its place before those run again.
          - Without it such a package is an error that names the others; they are never removed with it.
        type: bool
        default: false
attributes:
  check_mode:
    description: Tells what would change. The repositories are not asked, for they may not be configured yet.
    support: full
  diff_mode:
    description: Shows versions before and after.
    support: full
"""

EXAMPLES = r"""
- name: Install the installer and what it needs
  nubomedia.nai.rpm_packages:
    packages:
      - {name: openstack-packstack, version: "2015.1-*"}
      - {name: openssh-clients}

- name: Put the version back that Nova was packaged for
  nubomedia.nai.rpm_packages:
    packages:
      - {name: python-pbr, version: 1.8.1-2}

- name: Take a library away although Nova needs it
  nubomedia.nai.rpm_packages:
    packages:
      - {name: python-pbr, state: absent, keep_dependents: true}
"""

RETURN = r"""
changes:
  description: What was (or would be) changed, one line each.
  returned: success
  type: list
  elements: str
  sample: ["package python-pbr: installed 1.8.1-2.el7"]
"""

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_steps import RpmError, Wanted  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.rpm_transaction import Rpms  # noqa: E402


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "packages": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "version": {"type": "str"},
                    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                    "keep_dependents": {"type": "bool", "default": False},
                },
            },
        },
        supports_check_mode=True,
    )
    rpms = Rpms(lambda argv: module.run_command(argv, environ_update={"LC_ALL": "C"}))
    try:
        steps = rpms.ensure([Wanted(**entry) for entry in module.params["packages"]], module.check_mode)
    except RpmError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=bool(steps),
        changes=[str(step) for step in steps],
        diff={
            "before": "".join(f"{step.name} {step.before}\n" for step in steps if step.before),
            "after": "".join(f"{step.name} {step.after}\n" for step in steps if step.after),
        },
    )


if __name__ == "__main__":
    main()
