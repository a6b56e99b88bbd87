# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Asks for the inventory before a run, and goes on with it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: interactive
type: notification
short_description: Questions before a run
description:
  - With C(-e nai_interactive=true) on the command line, asks at the terminal for everything that an inventory needs,
    writes it, and starts the same command with this inventory instead. Without it, does nothing.
  - A callback and no task, because tasks run in processes without a terminal, and a running play cannot change its
    inventory.
  - The inventory is that of C(-i), which may be new; without C(-i), its directory is asked for. Exit code 2 when there
    is no terminal, 1 when the answers are not to be written, 130 when the questions were interrupted.
version_added: 0.1.0
author: The NAI authors
requirements:
  - C(callbacks_enabled = nubomedia.nai.interactive) in the configuration
"""

EXAMPLES = r"""
name: Ask, then install
command: ansible-playbook site.yml -e nai_interactive=true
"""

import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from ansible import constants, context  # noqa: E402
from ansible.plugins.callback import CallbackBase  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: E402, F401  # makes nai importable
from ansible_collections.nubomedia.nai.plugins.plugin_utils.command_line import NAME, without_switch  # noqa: E402

FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible publishes no types
    """Replaces the process by one that has the inventory."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "nubomedia.nai.interactive"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """A playbook begins; nothing has been contacted yet."""
        if not any(NAME in str(option) for option in context.CLIARGS.get("extra_vars") or ()):
            return
        command, asked_for = without_switch(sys.orig_argv)
        if not asked_for:
            return  # it is false, or stands in a file: `validate` says what to write
        if context.CLIARGS.get("check"):
            _end(f"{NAME} writes an inventory, --check writes nothing: run `nai configure` first, then --check with -i")
        directory = _directory()
        written = self._ask(directory)
        if directory is None:
            command += ["-i", str(written)]
        sys.stdout.flush()
        for descriptor in range(3):
            os.set_inheritable(descriptor, True)  # Ansible keeps the terminal from its own children
        os.execv(sys.executable, [sys.executable, *command[1:]])  # noqa: S606  # the same command, no shell

    def _ask(self, directory: Path | None) -> Path:
        from nai.installer.interactive.configure import ConfigureError, configure  # noqa: PLC0415  # rarely needed

        try:
            written = configure(directory)
        except ConfigureError as error:
            _end(str(error))
        except KeyboardInterrupt:
            _end("\ninterrupted; nothing was written, no host was contacted", INTERRUPTED)
        if written is None:
            _end("nothing was written, no host was contacted", FAILED)
        return written


def _directory() -> Path | None:
    """The inventory that the command line names; None when it names none."""
    sources = [str(source) for source in context.CLIARGS.get("inventory") or ()]
    if sources == [str(source) for source in constants.DEFAULT_HOST_LIST]:
        return None
    if len(sources) > 1 or "," in sources[0]:
        _end(f"{NAME} writes one inventory: name one directory after -i, or none")
    return Path(sources[0])


def _end(text: str, code: int = WRONG_INPUT) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.exit(code)
