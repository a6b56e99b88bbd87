# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Variables as a play sees them, with the schema's defaults behind them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from functools import cache
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar, trust_as_template
from ansible_collections.nubomedia.nai.plugins.plugin_utils import package  # noqa: F401  # makes nai importable

from nai.installer.schema import schema


def value_of(action: ActionBase, task_vars: Mapping[str, Any], name: str) -> Any:
    """Returns the value of a declared variable, its default when it is not set.

    A dictionary that sets some of its keys keeps the defaults of the others.

    Args:
        action: the running action.
        task_vars: variables of the task.
        name: name of a variable of the schema.
    """
    variables = dict(ChainMap(dict(task_vars), _defaults()))
    value = Templar(loader=action._loader, variables=variables).template(variables.get(name))
    default = schema().variables[name].default
    return {**default, **value} if isinstance(default, dict) and isinstance(value, dict) else value


@cache
def _defaults() -> dict[str, Any]:
    """All defaults of the schema; texts may be templates that name other variables."""
    return {
        name: trust_as_template(variable.default) if isinstance(variable.default, str) else variable.default
        for name, variable in schema().variables.items()
        if variable.default is not None
    }
