"""What one task would change on one host, read from its result in check mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Effect:
    """Changes of one kind.

    Attributes:
        kind: `file`, `package`, `service`, `migration`, `object` (of OpenStack, or a database), `secret` or `task`.
        names: what would change; names and never contents, so a plan holds no secret.
    """

    kind: str
    names: tuple[str, ...]


def effects_of(task: str, result: Mapping[str, Any]) -> list[Effect]:
    """Reads the result of a task that would change something.

    The collection's modules return names under keys of their own; of others the headers of the diff are taken, and
    where there is none, the task's name.

    Args:
        task: name of the task.
        result: what the module returned.
    """
    found = [
        Effect("file", _texts(result.get("changed_files"))),
        Effect("package", _texts(result.get("missing"))),
        Effect("service", _services(result)),
        Effect("object", _texts(result.get("changes"))),
        Effect("secret", _texts(result.get("made"))),
    ]
    if "commands_run" in result:
        found.append(Effect("migration", (f"{task}: {result.get('reason') or 'it is due'}",)))
    found = [effect for effect in found if effect.names]
    if found:
        return found
    if headers := _headers(result.get("diff")):
        return [Effect("file", headers)]
    return [Effect("task", (task,))]


def _services(result: Mapping[str, Any]) -> tuple[str, ...]:
    verbs = {"started": "start", "restarted": "restart", "stopped": "stop"}
    return tuple(f"{verb} {name}" for key, verb in verbs.items() for name in _texts(result.get(key)))


def _headers(diff: Any) -> tuple[str, ...]:
    """Names of what a diff is about, as `template`, `copy` and their like put them into its headers."""
    entries = diff if isinstance(diff, list) else [diff]
    names: list[str] = []
    for entry in entries:
        if isinstance(entry, Mapping):
            header = str(entry.get("after_header") or entry.get("before_header") or "")
            # `template` adds a path of the control host after the target's.
            name = header.partition(" ")[0]
            if name.startswith("/") and name not in names:
                names.append(name)
    return tuple(names)


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(item) for item in value)
    return ()
