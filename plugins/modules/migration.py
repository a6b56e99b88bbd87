#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Commands that bring stored data to the form a release wants, run once per fingerprint."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration
short_description: Commands that run once per fingerprint, such as a schema sync
description:
  - Runs commands in their order when they have not all succeeded with this fingerprint on this host before, when the
    database they fill has no table, or when the file they make is missing.
  - What was completed is noted in C(/var/lib/nai/migrations) after the last command. When a run is killed before that,
    the next one runs all commands again, so each must bear being repeated.
  - The fingerprint is made of O(fingerprint), the commands with their users, and the version of O(package).
    Environment and standard input do not belong to it and are never shown or kept.
version_added: 0.1.0
author: The NAI authors
options:
  name:
    description: Name of the migration, unique on the host; letters, digits, V(-), V(_) and V(.).
    type: str
    required: true
  commands:
    description: Commands, run without a shell in the folder C(/).
    type: list
    elements: dict
    required: true
    suboptions:
      argv:
        description: Program and arguments. They are shown, so they hold no secret.
        type: list
        elements: str
        required: true
      user:
        description: User to run as; root without it.
        type: str
      environment:
        description: Environment variables, added to C(PATH), C(LANG) and the user's C(HOME), C(USER) and C(LOGNAME).
        type: dict
        default: {}
      stdin:
        description: Text for the standard input.
        type: str
      ok_codes:
        description: Exit codes that mean success.
        type: list
        elements: int
        default: [0]
      timeout_seconds:
        description: How long the command may run, in seconds.
        type: int
        default: 900
  fingerprint:
    description: Any text; another one than last time runs the commands. Only a digest of it is kept.
    type: str
    default: ""
  package:
    description: Debian package whose version joins the fingerprint.
    type: str
  database:
    description: Schema of MariaDB that the commands fill. It is looked at through the local socket as root; one without
      a table runs the commands whatever was noted.
    type: str
  database_socket:
    description: Socket of MariaDB.
    type: path
    default: /run/mysqld/mysqld.sock
  creates:
    description: File, directory or glob that the commands make; they run when it is missing, whatever was noted.
    type: path
  state_dir:
    description: Where what was completed is noted.
    type: path
    default: /var/lib/nai/migrations
  state:
    description: V(absent) forgets what was noted, and runs nothing.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: On a host without the package or the database server the commands count as not run.
  diff_mode:
    description: Returns what changes.
    support: full
"""

EXAMPLES = r"""
- name: Bring the schema of Placement to the package's version
  nubomedia.nai.migration:
    name: placement
    package: placement-api
    database: placement
    commands:
      - {argv: [placement-manage, db, sync], user: placement}

- name: Make the first administrator
  nubomedia.nai.migration:
    name: keystone-bootstrap
    fingerprint: "{{ nai_region_name }} {{ keystone_url }} {{ keystone_admin_password }}"
    commands:
      - argv: [keystone-manage, bootstrap, --bootstrap-region-id, "{{ nai_region_name }}"]
        environment: {OS_BOOTSTRAP_PASSWORD: "{{ keystone_admin_password }}"}
"""

RETURN = r"""
reason:
  description: Why the commands ran or would run; empty when they did not.
  returned: always
  type: str
  sample: it never ran to its end on this host
commands_run:
  description: Number of commands that ran.
  returned: always
  type: int
  sample: 1
seconds:
  description: Seconds the commands took.
  returned: always
  type: float
  sample: 12.3
"""

import re  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils import migrations  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.mariadb_tables import DatabaseError, has_tables  # noqa: E402

SHORTEST_MASKED = 8
"""Characters. Shorter values (`C`, `1`, `schema`) are no secrets, and masking them would garble the output."""


def arguments() -> dict[str, dict[str, Any]]:
    """Returns the module's options."""
    return {
        "name": {"type": "str", "required": True},
        "commands": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "argv": {"type": "list", "elements": "str", "required": True},
                "user": {"type": "str"},
                "environment": {"type": "dict", "default": {}, "no_log": True},
                "stdin": {"type": "str", "no_log": True},
                "ok_codes": {"type": "list", "elements": "int", "default": [0]},
                "timeout_seconds": {"type": "int", "default": 900},
            },
        },
        "fingerprint": {"type": "str", "default": "", "no_log": True},
        "package": {"type": "str"},
        "database": {"type": "str"},
        "database_socket": {"type": "path", "default": "/run/mysqld/mysqld.sock"},
        "creates": {"type": "path"},
        "state_dir": {"type": "path", "default": "/var/lib/nai/migrations"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }


def reason_to_run(module: AnsibleModule, stamp: migrations.Stamp, digest: str) -> str:
    """Returns why the commands have to run; an empty text when they need not."""
    options = module.params
    known = stamp.read()
    if known is None:
        return "it never ran to its end on this host"
    if known != digest:
        return "its fingerprint is another one than last time"
    if options["creates"] and not migrations.exists(options["creates"]):
        return f"{options['creates']} is missing"
    if options["database"]:
        try:
            if not has_tables(options["database"], options["database_socket"]):
                return f"database {options['database']} has no table"
        except DatabaseError as error:
            if not module.check_mode:
                module.fail_json(msg=str(error), reason="", commands_run=0, seconds=0.0)
            return f"database {options['database']} cannot be asked yet"
    return ""


def forget(module: AnsibleModule, stamp: migrations.Stamp) -> None:
    """Ends the module after removing what was noted."""
    changed = stamp.read() is not None
    if changed and not module.check_mode:
        stamp.remove()
    module.exit_json(changed=changed, reason="", commands_run=0, seconds=0.0)


def main() -> None:
    """Entry point."""
    module = AnsibleModule(argument_spec=arguments(), supports_check_mode=True)
    module.no_log_values = {value for value in module.no_log_values if len(value) >= SHORTEST_MASKED}
    options = module.params
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", options["name"]):
        module.fail_json(msg=f"name {options['name']!r}: use letters, digits, '-', '_' and '.'")
    stamp = migrations.Stamp(f"{options['state_dir']}/{options['name']}.json")
    if options["state"] == "absent":
        forget(module, stamp)
    version = migrations.package_version(options["package"]) if options["package"] else ""
    if options["package"] and not version and not module.check_mode:
        module.fail_json(msg=f"package {options['package']} is not installed; install it before its migration runs")
    commands = [migrations.Command.of(entry) for entry in options["commands"]]
    digest = migrations.fingerprint(options["fingerprint"], version, commands)
    reason = reason_to_run(module, stamp, digest)
    begin = time.monotonic()
    if reason and not module.check_mode:
        for number, command in enumerate(commands):
            try:
                command.run()
            except migrations.CommandError as error:
                module.fail_json(
                    msg=f"migration {options['name']}, command {number + 1} of {len(commands)}: {error}\n"
                    "The next run starts again with the first command.",
                    changed=True,
                    reason=reason,
                    commands_run=number + 1,
                    seconds=round(time.monotonic() - begin, 3),
                )
        stamp.write(digest, version)
    shown = "".join(f"{command}\n" for command in commands) if reason else ""
    module.exit_json(
        changed=bool(reason),
        reason=reason,
        commands_run=len(commands) if reason and not module.check_mode else 0,
        seconds=round(time.monotonic() - begin, 3),
        **({"diff": {"before": "", "after": shown and f"{reason}:\n{shown}"}} if module._diff else {}),
    )


if __name__ == "__main__":
    main()
