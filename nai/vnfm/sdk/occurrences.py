"""What makes two messages the same action, and what of a message is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

OCCURRENCE_FIELD = "occurrenceId"
"""Field in which our NFVO names an action; the same whenever it sends it again. Others have no such field."""

_LONGEST_NAME = 128
_WITH_VIM_INSTANCES = ("vimInstances", "vimInstance", "vduVim")


def occurrence_of(message: Mapping[str, Any]) -> str:
    """Returns the name of an action: the NFVO's, else a digest of the message."""
    name = message.get(OCCURRENCE_FIELD)
    if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME:
        return name
    content = name if name else json.dumps(message, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(str(content).encode()).hexdigest()


def without_secrets(message: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a copy of a message without the passwords of VIM instances."""
    kept = dict(message)
    for name in _WITH_VIM_INSTANCES:
        if name in kept:
            kept[name] = _without_passwords(kept[name])
    return kept


def _without_passwords(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_passwords(inner) for name, inner in value.items() if name != "password"}
    if isinstance(value, list):
        return [_without_passwords(inner) for inner in value]
    return value
