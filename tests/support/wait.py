"""Waiting for a condition, with a deadline and with what was seen last."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def until(
    what: str,
    probe: Callable[[], Seen],
    *,
    seconds: float,
    holds: Callable[[Seen], bool] = bool,
    every_seconds: float = 0.5,
) -> Seen:
    """Probes until the condition holds.

    Args:
        what: The condition in words, for the error.
        probe: Looks; an OSError (a connection that is not there yet) counts as not holding.
        seconds: How long to try.
        holds: Says whether what the probe saw is what is waited for.
        every_seconds: Pause between two looks.

    Returns:
        What the probe saw when the condition held.

    Raises:
        AssertionError: The condition did not hold in time; the text has what was seen last.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            seen = probe()
            if holds(seen):
                return seen
            last = seen
        except OSError as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}; last seen: {last!r}")
        time.sleep(every_seconds)
