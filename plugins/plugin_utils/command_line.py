# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The command line of the running ansible-playbook, without the switch that makes it ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ansible.parsing.splitter import parse_kv

NAME = "nai_interactive"
"""The variable that makes a run ask."""

_LONG, _SHORT = "--extra-vars", "-e"
_TRUE = ("true", "yes", "on", "1")


def without_switch(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Takes the switch out of a command line.

    Args:
        arguments: the command line; `-e X`, `-eX`, `--extra-vars X` and `--extra-vars=X` are known.

    Returns:
        The command line with the other variables of the same option, and whether the switch was on.
    """
    result: list[str] = []
    is_on = False
    for option, text in _options(arguments):
        values = _values(text) if option == _SHORT else {}
        if NAME not in values:
            result += [option, text] if option == _SHORT else [text]
            continue
        is_on = str(values.pop(NAME)).lower() in _TRUE
        if values:
            result += [_SHORT, json.dumps(values)]
    return (result, True) if is_on else (list(arguments), False)


def _options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each `-e` with its text; everything else with an empty option."""
    rest = iter(arguments)
    for argument in rest:
        if argument in (_SHORT, _LONG):
            yield _SHORT, next(rest, "")
        elif argument.startswith(f"{_LONG}="):
            yield _SHORT, argument.removeprefix(f"{_LONG}=")
        elif argument.startswith(_SHORT) and not argument.startswith("--"):
            yield _SHORT, argument.removeprefix(_SHORT)
        else:
            yield "", argument


def _values(text: str) -> dict[str, Any]:
    """The variables of an option; none of a file or of what Ansible will complain about."""
    if text.startswith(("{", "[")):
        try:
            values = json.loads(text)
        except ValueError:
            return {}
        return dict(values) if isinstance(values, dict) else {}
    return {} if text.startswith("@") else dict(parse_kv(text))
