"""Seconds of the parts of a longer operation, for one line in the log."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stopwatch:
    """Laps of one operation; a lap whose name begins with `wait` is somebody else's time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Starts the first lap."""
        self._clock = clock
        self._start = self._last = clock()
        self._laps: list[tuple[str, float]] = []

    def lap(self, what: str) -> None:
        """Ends a lap under a name and starts the next one."""
        now = self._clock()
        self._laps.append((what, now - self._last))
        self._last = now

    @property
    def own_seconds(self) -> float:
        """Time that was not waited for others."""
        return sum(seconds for what, seconds in self._laps if not what.startswith("wait"))

    def __str__(self) -> str:
        """Returns all laps in words."""
        parts = ", ".join(f"{what} {seconds:.3f}" for what, seconds in self._laps)
        return f"{self._last - self._start:.3f} s, {self.own_seconds:.3f} s of it the driver's own ({parts})"
