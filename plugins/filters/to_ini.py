# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A configuration of sections and options as the text of an INI file."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_ini
short_description: Sections and options as INI text
description:
  - Writes C([DEFAULT]) first and the other sections in the given order; a section without options is left out.
  - Booleans become V(true) and V(false), lists are joined by commas, and an option whose value is V(null) is left out.
version_added: 0.1.0
author: The NAI authors
positional: _input
options:
  _input:
    description: Options by section.
    type: dict
    required: true
"""

EXAMPLES = r"""
content: "{{ {'DEFAULT': {'debug': false}, 'cache': {'servers': ['192.0.2.10:11211']}} | nubomedia.nai.to_ini }}"
"""

RETURN = r"""
_value:
  description: The text, with a line feed at its end.
  type: str
"""

from collections.abc import Callable, Mapping  # noqa: E402
from typing import Any  # noqa: E402

from ansible.errors import AnsibleFilterError  # noqa: E402


def to_ini(sections: Mapping[str, Mapping[str, Any] | None]) -> str:
    """Writes sections and options.

    Args:
        sections: options by section.

    Raises:
        AnsibleFilterError: A value is no text, number, boolean or list of these, or has more than one line; the value
            is not told, since it may be a secret.
    """
    if not isinstance(sections, Mapping):
        raise AnsibleFilterError(f"to_ini: give options by section, not {type(sections).__name__}")
    blocks = []
    for section in sorted(sections, key=lambda name: name != "DEFAULT"):
        options = sections[section]
        if options is not None and not isinstance(options, Mapping):
            raise AnsibleFilterError(f"to_ini: section [{section}] is {type(options).__name__}, not options and values")
        lines = [
            f"{option} = {_value(section, option, value)}".rstrip()
            for option, value in (options or {}).items()
            if value is not None
        ]
        if lines:
            blocks.append("\n".join([f"[{section}]", *lines]) + "\n")
    return "\n".join(blocks)


def _value(section: str, option: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(_value(section, option, item) for item in value)
    if not isinstance(value, str | int | float):
        raise AnsibleFilterError(
            f"to_ini: [{section}] {option} is {type(value).__name__}; give a text, a number, a boolean or a list"
        )
    text = str(value)
    if "\n" in text.rstrip("\n"):
        raise AnsibleFilterError(f"to_ini: [{section}] {option} has more than one line; an INI value has one")
    return text.rstrip("\n")


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"to_ini": to_ini}
