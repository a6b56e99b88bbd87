"""Lets a test choose the point at which the orchestrator's process ends itself while that runs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.support import vim

DIRECTORY = "NAI_TEST_DIRECTORY"
"""Environment variable: where the process finds the point."""


def prepare() -> None:
    """Called in the orchestrator's process: put the infrastructure in place, and watch out for the point."""
    vim.register()
    directory = Path(os.environ[DIRECTORY])
    # `tests.support.killed` runs as the main program and hands its `point` to whatever it watches.
    vars(sys.modules["__main__"])["point"] = lambda event: _point(directory, event)


def arm(directory: Path, point: str) -> None:
    """Name the point."""
    _file(directory).write_text(point)


def disarm(directory: Path) -> None:
    """Name no point any more."""
    _file(directory).unlink(missing_ok=True)


def _file(directory: Path) -> Path:
    return directory / "kill_at"


def _point(directory: Path, event: str) -> None:
    with (directory / "points").open("a") as points:
        points.write(event + "\n")
    file = _file(directory)
    if file.exists() and file.read_text() == event:
        os.kill(os.getpid(), signal.SIGKILL)
