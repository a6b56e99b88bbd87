# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""What the actions share: the secrets of a task's host, and a result without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.masking import mask, mask_deep, secret_values
from nai.installer.schema import schema


def secrets_of(action: ActionBase, task_vars: Mapping[str, Any]) -> frozenset[str]:
    """Returns the values of the secret variables that the task's host sees."""
    return secret_values(task_vars, action._templar.template, schema().secrets)


class MaskedAction(ActionBase):  # type: ignore[misc]  # ansible publishes no types
    """Runs the module of the action's own name and masks secrets in everything it returns.

    A module that shows what a program wrote (a journal, a failed command's output) does not know the secrets; here,
    on the control host, they are known.
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Runs the module; `tmp` is unused since ansible-core 2.4."""
        task_vars = task_vars or {}
        result = super().run(tmp, task_vars)
        result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        return without_secrets(result, secrets_of(self, task_vars))


def without_secrets(result: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """Returns a module's result with secrets masked; what Ansible itself put into it stays.

    The arguments (`invocation`) go. So does the captured exception when it holds a secret: it is an object of
    Ansible's own that repeats `msg`.
    """
    masked = {
        key: value if key.startswith("_ansible") else mask_deep(value, secrets)
        for key, value in result.items()
        if key != "invocation"
    }
    shown = repr(masked.get("exception"))
    if mask(shown, secrets) != shown:
        del masked["exception"]
    return masked
