# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Brings a Python to a host that has none on which modules can run."""

from __future__ import annotations

import re
import shlex
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

OLDEST = (3, 8)
"""Oldest version that modules of ansible-core 2.19 run on."""

LAST_LINES = 15


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible publishes no types
    """Needs nothing on the host but a shell."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks the interpreter for its version and runs the script when there is none; `tmp` is unused."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        interpreter, script = str(self._task.args["interpreter"]), str(self._task.args["script"])
        if not interpreter.startswith("/"):
            raise AnsibleActionFail(
                f"ansible_python_interpreter is {interpreter!r}; set it to the absolute path of the Python to bring"
            )
        found = self._version(interpreter)
        if found >= OLDEST:
            return result | {"changed": False, "present": True, "version": _dotted(found)}
        result |= {"diff": {"before": "", "after": f"{interpreter}\n"}, "changes": [f"Python {interpreter}: installed"]}
        if self._task.check_mode:
            return result | {"changed": True, "present": False, "version": ""}
        done = self._low_level_execute_command("/bin/sh -s", in_data=script.encode(), sudoable=True)
        found = self._version(interpreter)
        if done["rc"] or found < OLDEST:
            said = "\n".join(f"{done['stdout']}\n{done['stderr']}".strip().splitlines()[-LAST_LINES:])
            what = f"the script ended with code {done['rc']}" if done["rc"] else "is not there or does not start"
            return result | {
                "changed": True,
                "failed": True,
                "msg": f"{interpreter}: {what}, modules need Python {_dotted(OLDEST)} there. Correct what it tells and"
                f" run the playbook again.\n{said}",
            }
        return result | {"changed": True, "present": True, "version": _dotted(found)}

    def _version(self, interpreter: str) -> tuple[int, ...]:
        """Returns the version of an interpreter; nothing when it does not start."""
        question = "import sys; print('python=%d.%d' % sys.version_info[:2])"
        done = self._low_level_execute_command(f"{shlex.quote(interpreter)} -c {shlex.quote(question)}")
        match = re.search(r"python=(\d+)\.(\d+)", done["stdout"])
        return (int(match[1]), int(match[2])) if done["rc"] == 0 and match else ()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
