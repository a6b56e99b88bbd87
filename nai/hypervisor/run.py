"""Runs a program of the host for the helper."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

TIMEOUT_SECONDS = 30


class CommandError(RuntimeError):
    """A program failed; the text says which and what it wrote."""


def run(argv: Sequence[str], stdin: str = "") -> str:
    """Runs a program to its end and returns what it printed.

    Args:
        argv: Program and arguments; no shell reads them.
        stdin: What the program reads.

    Raises:
        CommandError: It failed, could not be started or took too long.
    """
    try:
        done = subprocess.run(  # noqa: S603  # every argument has passed the plan's checks
            list(argv), input=stdin, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"{argv[0]}: {error}") from error
    if done.returncode:
        raise CommandError(
            f"{' '.join(argv)} ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
        )
    return done.stdout
