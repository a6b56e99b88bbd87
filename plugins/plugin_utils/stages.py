# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Seconds and results of a run's stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Stage:
    """One stage, summed over its plays.

    Attributes:
        name: part of the plays' names before the bar.
        seconds: wall time.
        changed: number of task results that changed something.
        failed: number of task results that failed or found the host unreachable.
    """

    name: str
    seconds: float = 0.0
    changed: int = 0
    failed: int = 0


class Stages:
    """Stages in the order of their first play."""

    def __init__(self) -> None:
        """Starts with none."""
        self._by_name: dict[str, Stage] = {}
        self._running = ""
        self._since = 0.0

    def __iter__(self) -> Iterator[Stage]:
        """Yields them in order."""
        return iter(self._by_name.values())

    def begin(self, play: str, now: float) -> str:
        """Begins a play, which ends the one before; returns its stage.

        Args:
            play: name of the play; without a bar, it is the stage.
            now: seconds of a clock that never goes back.
        """
        self.end(now)
        name = play.partition(" | ")[0].strip().lower() or "unnamed"
        self._by_name.setdefault(name, Stage(name))
        self._running, self._since = name, now
        return name

    def end(self, now: float) -> None:
        """Ends the running play."""
        if self._running:
            self._by_name[self._running].seconds += now - self._since
        self._running = ""

    def forget_running(self) -> None:
        """The running play has no host: a stage that has no other play is none of this run."""
        stage = self._by_name.get(self._running)
        if stage == Stage(self._running):
            del self._by_name[self._running]
            self._running = ""

    def count(self, name: str, *, changed: bool, failed: bool) -> None:
        """Counts the result of a task on a host."""
        stage = self._by_name.setdefault(name, Stage(name))
        stage.changed += changed
        stage.failed += failed

    @property
    def total(self) -> Stage:
        """The sum of all."""
        return Stage(
            "total",
            sum(stage.seconds for stage in self),
            sum(stage.changed for stage in self),
            sum(stage.failed for stage in self),
        )

    def table(self) -> str:
        """Returns a table for a person; an empty text when nothing ran."""
        if not self._by_name:
            return ""
        rows = [
            (stage.name, f"{stage.seconds:.1f}", str(stage.changed), str(stage.failed)) for stage in (*self, self.total)
        ]
        rows.insert(0, ("stage", "seconds", "changed", "failed"))
        width = max(len(row[0]) for row in rows)
        lines = [f"{row[0]:<{width}}  {row[1]:>8}  {row[2]:>8}  {row[3]:>8}" for row in rows]
        return "\n".join([*lines[:-1], "-" * len(lines[0]), lines[-1]])
