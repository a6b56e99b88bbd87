#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The files of one component, put on a host in one round trip."""

from __future__ import annotations

DOCUMENTATION = r"""
module: config_files
short_description: The files and directories of one component in one round trip
description:
  - Renders templates on the control host as M(ansible.builtin.template) does (same search paths, same Jinja settings)
    and brings all files, directories and removals of a component to the host in one call.
  - Nothing is changed unless everything can be. Users, groups and folders are looked up first, and every file that
    differs is checked by its O(files[].validate) before the first one is replaced.
  - A file is replaced by a rename, with its final owner and mode, so a reader sees the old or the new one. Only a file
    that is a mount point of its own, as C(/etc/hosts) is in a container, is written in place.
  - Its modification time is the moment of the replacement; M(nubomedia.nai.services) compares it with the start
    of the services that read it.
  - The diff has one entry per file. Values of secret variables are masked in it and in every error; binary files and
    files over 64 KiB are left out.
version_added: 0.1.0
author: The NAI authors
options:
  files:
    description: Files that are to be there with this content.
    type: list
    elements: dict
    default: []
    suboptions:
      dest:
        description: Absolute path on the host. A symbolic link there is replaced by a file.
        type: path
        required: true
      template:
        description: Template to render, searched as M(ansible.builtin.template) does. Exactly one of
          O(files[].template) and O(files[].content) is given.
        type: str
      content:
        description: Content as it is; a dictionary or list is written as JSON.
        type: raw
      owner:
        description: Name or number of the owner; without it, the user that the task runs as.
        type: str
      group:
        description: Name or number of the group; without it, the group that the task runs as.
        type: str
      mode:
        description: Permissions as an octal string such as V("0640"). A file that holds a secret may not be readable
          by everyone.
        type: raw
        default: "0644"
      validate:
        description: Command, without a shell, that checks the new file before it replaces the old one; V(%s) stands for
          its path. The task fails when the command ends with another code than 0. In check mode a command that is not
          installed yet is not run.
        type: str
  directories:
    description: Directories that are to be there; missing parents are made with 0755.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Absolute path on the host.
        type: path
        required: true
      owner:
        description: Name or number of the owner; without it, the user that the task runs as.
        type: str
      group:
        description: Name or number of the group; without it, the group that the task runs as.
        type: str
      mode:
        description: Permissions as an octal string.
        type: raw
        default: "0755"
  absent:
    description: Paths of files, links or empty directories that are not to be there.
    type: list
    elements: path
    default: []
  rendered:
    description: What the control side hands to the host. Not for use in a task.
    type: str
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: On a fresh host, users, groups and folders that a package will bring are no failure.
  diff_mode:
    description: Returns what changes.
    support: full
seealso:
  - module: nubomedia.nai.services
"""

EXAMPLES = r"""
- name: Configure Keystone
  nubomedia.nai.config_files:
    directories:
      - {path: /etc/keystone/fernet-keys, owner: keystone, group: keystone, mode: "0700"}
    files:
      - {dest: /etc/keystone/keystone.conf, template: keystone.conf.j2, group: keystone, mode: "0640"}
      - {dest: /etc/default/keystone, content: "DAEMON_ARGS=\n"}
      - {dest: /etc/sudoers.d/keystone, template: sudoers.j2, mode: "0440", validate: visudo -cf %s}
    absent:
      - /etc/apache2/sites-enabled/000-default.conf
"""

RETURN = r"""
changed_files:
  description: Paths that were made, replaced, removed, or whose owner or mode was set; sorted.
  returned: always
  type: list
  elements: str
  sample: [/etc/keystone/keystone.conf]
"""

import base64  # noqa: E402
import json  # noqa: E402
import tempfile  # noqa: E402
import zlib  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.file_set import FileSet, FileSetError  # noqa: E402

OWNERSHIP = {
    "owner": {"type": "str"},
    "group": {"type": "str"},
}


def decode(rendered: str | None) -> dict[str, bytes]:
    """Returns file contents by path; the inverse of what the action does.

    Args:
        rendered: base64 of zlib of a JSON object of base64 contents. One opaque string: as an option with `no_log` it
            stays out of the host's system log, and nothing else in the output can be mistaken for it.
    """
    if not rendered:
        return {}
    contents = json.loads(zlib.decompress(base64.b64decode(rendered)))
    return {path: base64.b64decode(content) for path, content in contents.items()}


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "files": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "dest": {"type": "path", "required": True},
                    "template": {"type": "str"},
                    "content": {"type": "raw", "no_log": True},
                    "mode": {"type": "raw", "default": "0644"},
                    "validate": {"type": "str"},
                    **OWNERSHIP,
                },
            },
            "directories": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "path": {"type": "path", "required": True},
                    "mode": {"type": "raw", "default": "0755"},
                    **OWNERSHIP,
                },
            },
            "absent": {"type": "list", "elements": "path", "default": []},
            "rendered": {"type": "str", "no_log": True},
        },
        supports_check_mode=True,
    )
    wanted = FileSet(
        files=module.params["files"],
        directories=module.params["directories"],
        absent=module.params["absent"],
        contents=decode(module.params["rendered"]),
        check_mode=module.check_mode,
    )
    try:
        wanted.prepare()
        with tempfile.TemporaryDirectory(prefix="nai-") as scratch:  # 0700
            for check in wanted.validations(scratch):
                code, output, error = module.run_command(check.argv)
                if code:
                    raise FileSetError(
                        f"{check.dest}: not changed, nor is any other file of this task: "
                        f"'{check.command}' rejects it with code {code}. {error.strip() or output.strip()}"
                    )
        if not module.check_mode:
            wanted.apply()
    except FileSetError as error:
        module.fail_json(msg=str(error), changed=bool(wanted.done), changed_files=sorted(wanted.done))
    module.exit_json(
        changed=bool(wanted.changes),
        changed_files=wanted.changes,
        **({"diff": wanted.diff()} if module._diff else {}),
    )


if __name__ == "__main__":
    main()
