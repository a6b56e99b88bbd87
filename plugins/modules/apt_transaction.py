#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Packages in one apt transaction, during which no service is started."""

from __future__ import annotations

DOCUMENTATION = r"""
module: apt_transaction
short_description: Install packages in one apt transaction without starting their services
description:
  - Compares O(names) with dpkg's status file and does nothing else when all are installed.
  - Otherwise installs what is missing in one run of apt-get, without recommended packages. Meanwhile a C(policy-rc.d)
    keeps maintainer scripts from starting services on their stock configuration; a C(policy-rc.d) of the host's own is
    put back afterwards, also after a failure, and by the next run when this one was killed.
  - Finishes what an interrupted dpkg left half configured.
version_added: 0.1.0
author: The NAI authors
options:
  names:
    description: Names of packages.
    type: list
    elements: str
    required: true
  unsafe_io:
    description: Let dpkg write without waiting for the disk. For hosts that are made anew after a power cut.
    type: bool
    default: false
  lists_max_age_seconds:
    description: Package lists older than this are fetched again before something is installed.
    type: int
    default: 3600
attributes:
  check_mode:
    description: Tells which packages would be installed.
    support: full
  diff_mode:
    description: Shows the packages that are missing.
    support: full
"""

EXAMPLES = r"""
- name: Install what a controller needs
  nubomedia.nai.apt_transaction:
    names: [mariadb-server, rabbitmq-server]
"""

RETURN = r"""
missing:
  description: The packages of O(names) that were not installed.
  returned: success
  type: list
  elements: str
  sample: [mariadb-server]
"""

import contextlib  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402

STATUS = Path("/var/lib/dpkg/status")
UPDATES = Path("/var/lib/dpkg/updates")
LISTS = Path("/var/lib/apt/lists")
POLICY = Path("/usr/sbin/policy-rc.d")
SAVED_POLICY = Path("/usr/sbin/policy-rc.d.nai-saved")
GUARD_MARK = "# nubomedia.nai.apt_transaction"
# 101 means "action forbidden", Debian's interface of invoke-rc.d.
GUARD = f"#!/bin/sh\n{GUARD_MARK}\nexit 101\n"
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
LAST_LINES = 25


def package_states(status: str) -> dict[str, str]:
    """Third word of the status of each package in dpkg's status file, e.g. `installed`, `half-configured`."""
    states: dict[str, str] = {}
    name = ""
    for line in status.splitlines():
        if line.startswith("Package: "):
            name = line.removeprefix("Package: ")
        elif line.startswith("Status: "):
            states[name] = line.rsplit(" ", 1)[-1]
    return states


def restore_policy() -> None:
    """Takes the guard away and puts the host's own policy-rc.d back; also what a killed run left."""
    if POLICY.is_file() and GUARD_MARK in POLICY.read_text(errors="replace"):
        POLICY.unlink()
    if SAVED_POLICY.exists() and not POLICY.exists():
        SAVED_POLICY.rename(POLICY)


@contextlib.contextmanager
def services_held() -> Iterator[None]:
    """Maintainer scripts start no service meanwhile."""
    restore_policy()
    if POLICY.exists():
        POLICY.rename(SAVED_POLICY)
    POLICY.write_text(GUARD)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        restore_policy()


def lists_age_seconds() -> float:
    """Seconds since a package list was last written; infinite when there is none."""
    newest = max((entry.stat().st_mtime for entry in LISTS.glob("*Packages*")), default=0.0)
    return time.time() - newest if newest else float("inf")


def run(module: AnsibleModule, argv: list[str], what: str) -> None:
    """Runs a command; its last lines become the error."""
    code, out, err = module.run_command(argv, environ_update=ENVIRONMENT)
    if code:
        lines = (out + err).strip().splitlines()[-LAST_LINES:]
        module.fail_json(msg=f"{what} failed with exit code {code}:\n" + "\n".join(lines))


def install(module: AnsibleModule, missing: list[str], interrupted: bool) -> None:
    """Brings the missing packages onto the host."""
    dpkg_options = ["--force-confdef", "--force-confold"]
    if module.params["unsafe_io"]:
        dpkg_options.append("--force-unsafe-io")
    options = [word for option in dpkg_options for word in ("-o", f"Dpkg::Options::={option}")]
    with services_held():
        if interrupted:
            run(module, ["dpkg", "--configure", "-a", *dpkg_options], "finishing an interrupted dpkg")
        if not missing:
            return
        if lists_age_seconds() > module.params["lists_max_age_seconds"]:
            run(module, ["apt-get", "update", "-q"], "fetching the package lists")
        run(
            module,
            [
                "apt-get",
                "install",
                "-y",
                "-q",
                "--no-install-recommends",
                "--fix-broken",
                "-o",
                "DPkg::Lock::Timeout=300",
                *options,
                *missing,
            ],
            f"installing {len(missing)} packages",
        )


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "names": {"type": "list", "elements": "str", "required": True},
            "unsafe_io": {"type": "bool", "default": False},
            "lists_max_age_seconds": {"type": "int", "default": 3600},
        },
        supports_check_mode=True,
    )
    if not STATUS.is_file():
        module.fail_json(msg=f"{STATUS} is missing: this host does not use dpkg; the release needs Debian")
    states = package_states(STATUS.read_text(errors="replace"))
    missing = sorted({name for name in module.params["names"] if states.get(name) != "installed"})
    interrupted = any(UPDATES.iterdir()) or any(
        state.startswith(("half-", "triggers-")) or state == "unpacked" for state in states.values()
    )
    if not module.check_mode:
        if missing or interrupted:
            install(module, missing, interrupted)
        else:
            restore_policy()
    diff = {"before": "", "after": "".join(f"{name}\n" for name in missing)} if missing else {}
    module.exit_json(changed=bool(missing or interrupted), missing=missing, diff=diff)


if __name__ == "__main__":
    os.umask(0o022)
    main()
