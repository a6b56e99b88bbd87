"""Waiting for the infrastructure: looks often at first, then more rarely, and never for ever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from nai.core.clock import Clock
from nai.vim.errors import VimCredentialsError, VimTimeoutError, VimUnreachableError

FIRST_PAUSE_SECONDS = 0.1
"""A container is ACTIVE after about a second: a longer first pause would be most of the wait."""

LONGEST_PAUSE_SECONDS = 2.0
GROWTH = 1.4

Seen = TypeVar("Seen")


async def poll(
    what: str,
    look: Callable[[], Awaitable[Seen | None]],
    *,
    clock: Clock,
    timeout_seconds: float,
) -> Seen:
    """Looks until there is something to see.

    An infrastructure that does not answer for a moment (a service restarts) is looked at again.

    Args:
        what: What is waited for, in words, for the error.
        look: Returns None as long as it is not there; what it raises ends the wait.
        clock: Time passes on it.
        timeout_seconds: How long to wait.

    Raises:
        VimTimeoutError: It was not there in time.
        VimUnreachableError: The infrastructure did not answer, until the end.
    """
    deadline = clock.monotonic() + timeout_seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        unreachable: VimUnreachableError | None = None
        try:
            seen = await look()
        except VimCredentialsError:
            raise
        except VimUnreachableError as error:
            seen, unreachable = None, error
        if seen is not None:
            return seen
        if clock.monotonic() >= deadline:
            if unreachable is not None:
                raise unreachable
            raise VimTimeoutError(f"not within {timeout_seconds:g} s: {what}")
        await clock.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)
