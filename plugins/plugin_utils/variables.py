# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Variables as a play sees them, with the schema's defaults behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.schema import schema


def value_of(action: ActionBase, task_vars: Mapping[str, Any], name: str) -> Any:
    """Returns the value of a declared variable, its default when it is not set.

    A dictionary that sets some of its keys keeps the defaults of the others.

    Args:
        action: the running action; its templar renders the value.
        task_vars: variables of the task.
        name: name of a variable of the schema.
    """
    default = schema().variables[name].default
    if name not in task_vars:
        return action._templar.template(trust_as_template(default) if isinstance(default, str) else default)
    value = action._templar.template(task_vars[name])
    return {**default, **value} if isinstance(default, dict) else value
