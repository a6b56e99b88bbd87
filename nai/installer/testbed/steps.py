"""What a command does, step by step, with the seconds each took."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Step:
    """One finished or running step.

    Attributes:
        name: What it makes sure of.
        outcome: What was done about it; empty when all was there.
        changed: Whether anything was made or altered.
        seconds: Duration.
    """

    name: str
    outcome: str = ""
    changed: bool = False
    seconds: float = 0.0

    def did(self, outcome: str) -> None:
        """Notes a change."""
        self.changed = True
        self.note(outcome)

    def note(self, outcome: str) -> None:
        """Notes something that is no change."""
        self.outcome = f"{self.outcome}; {outcome}" if self.outcome else outcome


@dataclass
class Steps:
    """The steps of a command; safe to use from several threads.

    Attributes:
        console: Where progress is shown.
        done: Finished steps in the order they ended.
    """

    console: Console
    done: list[Step] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Times a step and prints one line at its end.

        Args:
            name: What the step makes sure of.

        Yields:
            The step, to note what was done.
        """
        step = Step(name)
        began = time.monotonic()
        yield step
        step.seconds = time.monotonic() - began
        with self._lock:
            self.done.append(step)
            mark = "[yellow]+[/]" if step.changed else "[green]=[/]"
            self.console.print(f"{mark} {step.name:<22} {step.seconds:6.1f} s  {step.outcome}", highlight=False)

    @property
    def changed(self) -> bool:
        """Whether any step changed anything."""
        return any(step.changed for step in self.done)

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._started

    def table(self, title: str) -> Table:
        """Returns the table of steps; parallel ones overlap, so the total is less than their sum."""
        table = Table("step", "what was done", title=title, title_justify="left", show_footer=True)
        table.columns[0].footer = "total"
        table.add_column("seconds", justify="right", footer=f"{self.seconds:.1f}")
        for step in self.done:
            table.add_row(step.name, step.outcome, f"{step.seconds:.1f}")
        return table
