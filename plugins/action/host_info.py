# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Control side of `host_info`: adds how far the host's clock is from that of the control host."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Runs the module; its clock can be compared only where the time of the answer is known."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the module and sets `nai_host.clock_offset_seconds`, positive for a clock that is ahead.

        The host's time is the last thing that the module reads, so the offset is too small by what the answer took to
        get here: tenths of a second.
        """
        result: dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._execute_module(task_vars=task_vars))
        facts = result.get("ansible_facts", {}).get("nai_host")
        if facts and "time_epoch" in facts:
            facts["clock_offset_seconds"] = round(float(facts["time_epoch"]) - time.time(), 2)
        return result
