# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A configuration with others laid over it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: config_merge
short_description: Lays configurations over one another
description:
  - Merges dictionaries at every depth; of two values for one key the later one wins. Lists are replaced.
  - V(null) as a later value takes an option back, since P(nubomedia.nai.to_ini#filter) leaves it out.
version_added: 0.1.0
author: The NAI authors
positional: _input
options:
  _input:
    description: What lies at the bottom.
    type: dict
    required: true
  _overrides:
    description: What is laid over it, in this order; V(null) is nothing.
    type: list
    elements: dict
"""

EXAMPLES = r"""
config: "{{ glance_config | nubomedia.nai.config_merge(glance_release_overrides, glance_config_overrides) }}"
"""

RETURN = r"""
_value:
  description: The merged dictionary; those given stay as they are.
  type: dict
"""

from collections.abc import Callable, Mapping  # noqa: E402
from typing import Any  # noqa: E402

from ansible.errors import AnsibleFilterError  # noqa: E402


def config_merge(base: Mapping[str, Any], *overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    """Merges dictionaries at every depth.

    Args:
        base: what lies at the bottom.
        overrides: what is laid over it, in this order; None is nothing.

    Raises:
        AnsibleFilterError: Something given is no dictionary.
    """
    merged: dict[str, Any] = {}
    for layer in (base, *overrides):
        if layer is None:
            continue
        if not isinstance(layer, Mapping):
            raise AnsibleFilterError(f"config_merge: give dictionaries, not {type(layer).__name__}")
        for key, value in layer.items():
            if isinstance(value, Mapping):
                below = merged.get(key)
                merged[key] = config_merge(below if isinstance(below, Mapping) else {}, value)
            else:
                merged[key] = value
    return merged


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"config_merge": config_merge}
