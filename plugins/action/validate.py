# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the inventory of the running play on the control host."""

from __future__ import annotations

from typing import Any

from ansible import context
from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.validation import validate


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible publishes no types
    """Fails with everything that is wrong."""

    # The inventory is the same for every host: once is enough, whatever hosts the play names.
    BYPASS_HOST_LOOP = True
    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS: frozenset[str] = frozenset()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the action."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        report = validate(
            [str(source) for source in (task_vars or {}).get("ansible_inventory_sources") or []],
            [str(option) for option in context.CLIARGS.get("extra_vars") or ()],
            loader=self._loader,
        )
        errors = [str(finding) for finding in report.findings]
        result |= {"changed": False, "errors": errors, "seconds": round(report.seconds, 3)}
        if errors:
            result |= {"failed": True, "msg": f"{report.summary()}\n  " + "\n  ".join(errors)}
        return result
