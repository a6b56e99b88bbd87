# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Collects what a module changes and shows it as Ansible's before/after diff."""

from __future__ import annotations

from typing import Any


class StateDiff:
    """Lines of what was there and of what is wanted, only for what differs.

    The caller passes no secrets: everything given here is shown.
    """

    def __init__(self) -> None:
        """Starts without a change."""
        self.before: list[str] = []
        self.after: list[str] = []
        self.changes: list[str] = []

    def created(self, kind: str, name: str, values: dict[str, Any] | None = None) -> None:
        """Notes a new object; with the values a reader wants to see."""
        self.after.append(_line(kind, name, values))
        self.changes.append(f"{kind} {name}: created")

    def removed(self, kind: str, name: str) -> None:
        """Notes an object that goes."""
        self.before.append(_line(kind, name, None))
        self.changes.append(f"{kind} {name}: removed")

    def updated(self, kind: str, name: str, have: dict[str, Any], changes: dict[str, Any]) -> None:
        """Notes changed values.

        Args:
            kind: what the object is, e.g. `endpoint`.
            name: its name.
            have: current values; only the keys of `changes` are shown.
            changes: new values.
        """
        self.before.append(_line(kind, name, {key: have.get(key) for key in changes}))
        self.after.append(_line(kind, name, changes))
        self.changes.append(f"{kind} {name}: {', '.join(sorted(changes))} changed")

    def result(self, **values: Any) -> dict[str, Any]:
        """Returns what `exit_json` takes: changed, changes, diff and further values."""
        return {
            "changed": bool(self.changes),
            "changes": self.changes,
            "diff": {"before": _text(self.before), "after": _text(self.after)},
            **values,
        }


def _line(kind: str, name: str, values: dict[str, Any] | None) -> str:
    shown = ", ".join(f"{key}={value}" for key, value in sorted((values or {}).items()))
    return f"{kind} {name}: {shown}" if shown else f"{kind} {name}"


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""
