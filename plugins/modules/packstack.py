#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""packstack, run for the hosts that it has not finished."""

from __future__ import annotations

DOCUMENTATION = r"""
module: packstack
short_description: Run packstack for the hosts that it has not finished
description:
  - Does nothing when O(pending) is empty.
  - Otherwise runs C(packstack --answer-file) with a copy of O(answer_file) in which C(EXCLUDE_SERVERS) is O(exclude).
  - packstack bears being run again after it was killed. Two never run at once on a host, even when one has outlived the
    connection of whoever started it.
version_added: 0.1.0
author: The NAI authors
options:
  answer_file:
    description: Answer file on the host, with all hosts and no C(EXCLUDE_SERVERS).
    type: path
    required: true
  pending:
    description: Addresses of the hosts that packstack has to work on.
    type: list
    elements: str
    required: true
  exclude:
    description: Addresses of the hosts that packstack leaves alone.
    type: list
    elements: str
    default: []
  directory:
    description: Private directory on the host for the copy and the lock.
    type: path
    required: true
  environment:
    description: Environment variables for packstack.
    type: dict
    default: {}
  timeout_seconds:
    description: How long packstack may run, in seconds.
    type: int
    default: 7200
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
  diff_mode:
    description: Returns what changes.
    support: full
"""

EXAMPLES = r"""
- name: Run packstack for a new compute host
  nubomedia.nai.packstack:
    answer_file: /etc/nai/packstack-answers.txt
    directory: /var/lib/nai/packstack
    pending: [192.0.2.103]
    exclude: [192.0.2.101, 192.0.2.102]
"""

RETURN = r"""
changes:
  description: The hosts that packstack worked on, or would.
  returned: success
  type: list
  elements: str
  sample: ["packstack on 192.0.2.103"]
finished:
  description: Whether packstack has finished all hosts of O(pending), or would.
  returned: success
  type: bool
seconds:
  description: How long packstack ran.
  returned: success
  type: float
"""

import fcntl  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils import files  # noqa: E402

LAST_LINES = 30
_EXCLUDE = re.compile(r"^EXCLUDE_SERVERS=.*$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class PackstackError(Exception):
    """packstack did not do its work; the message says why."""


def answers_without(text: str, exclude: list[str]) -> str:
    """Returns the answers with hosts that packstack leaves alone.

    Args:
        text: an answer file.
        exclude: addresses.
    """
    line = f"EXCLUDE_SERVERS={','.join(exclude)}"
    return _EXCLUDE.sub(line, text) if _EXCLUDE.search(text) else f"{text.rstrip()}\n{line}\n"


def run(argv: list[str], lock: Path, environment: dict[str, Any], timeout_seconds: int) -> None:
    """Runs a command that no other process may run at the same time.

    The command inherits the lock: it keeps it when this process is killed and it is not.

    Raises:
        PackstackError: another one runs, or the command is missing, failed, or took too long.
    """
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PackstackError("packstack still runs from an earlier time; wait until it has ended") from None
        try:
            done = subprocess.run(  # noqa: S603  # what the playbook names
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HOME": "/root", **{name: str(value) for name, value in environment.items()}},
                cwd="/root",
                timeout=timeout_seconds,
                encoding="utf-8",
                errors="replace",
                pass_fds=(held.fileno(),),
                check=False,
            )
        except OSError as error:
            raise PackstackError(f"{argv[0]}: {error.strerror}; install its package first") from error
        except subprocess.TimeoutExpired as error:
            raise PackstackError(f"packstack was not done after {timeout_seconds} s, and was killed") from error
    if done.returncode:
        lines = _COLOUR.sub("", done.stdout).strip().splitlines()[-LAST_LINES:]
        said = "\n  ".join(["Its last lines:", *lines])
        raise PackstackError(f"packstack ended with code {done.returncode}. {said}")


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "answer_file": {"type": "path", "required": True},
            "pending": {"type": "list", "elements": "str", "required": True},
            "exclude": {"type": "list", "elements": "str", "default": []},
            "directory": {"type": "path", "required": True},
            "environment": {"type": "dict", "default": {}},
            "timeout_seconds": {"type": "int", "default": 7200},
        },
        supports_check_mode=True,
    )
    options = module.params
    changes = [f"packstack on {address}" for address in options["pending"]]
    result = {
        "changed": bool(changes),
        "changes": changes,
        "diff": {"before": "", "after": "".join(f"{line}\n" for line in changes)},
    }
    begin = time.monotonic()
    if changes and not module.check_mode:
        directory = Path(options["directory"])
        copy = str(directory / "answers.txt")
        try:
            text = answers_without(Path(options["answer_file"]).read_text(encoding="utf-8"), options["exclude"])
            files.replace(copy, text.encode(), files.Attributes(os.geteuid(), os.getegid(), 0o600))
            command = ["packstack", f"--answer-file={copy}"]
            run(command, directory / "lock", options["environment"], options["timeout_seconds"])
        except PackstackError as error:
            module.fail_json(msg=f"{error}\nThe next run starts it again for the same hosts.", **result)
        except OSError as error:
            module.fail_json(msg=f"{error.filename}: {error.strerror}", changed=False)
    module.exit_json(finished=True, seconds=round(time.monotonic() - begin, 3), **result)


if __name__ == "__main__":
    main()
