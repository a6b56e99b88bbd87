"""Runs `nai` in a process that ends itself, as kill -9 would, when an operation reaches a named point.

Started by `tests.support.kill`, which tells everything by environment variables.
"""

from __future__ import annotations

import importlib
import os
import signal
from typing import Any

from nai.cli import main
from nai.core.operations import runner


def observe() -> None:
    """Make every `Operations` of this process tell its points to this module, beside its own observer."""
    original = runner.Operations.__init__

    def patched(self: runner.Operations, database: Any, clock: Any, observer: Any = None) -> None:
        def both(event: str) -> None:
            if observer is not None:
                observer(event)
            point(event)

        original(self, database, clock, both)

    setattr(runner.Operations, "__init__", patched)  # noqa: B010  # mypy forbids the assignment


def point(event: str) -> None:
    """Note the point, and end here if it is the one."""
    events = os.environ.get("NAI_TEST_EVENTS")
    if events:
        with open(events, "a") as file:  # noqa: PTH123  # one line, written at once, before the process ends
            file.write(event + "\n")
    if event == os.environ.get("NAI_TEST_KILL_AT"):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    observe()
    setup = os.environ.get("NAI_TEST_SETUP")
    if setup:
        module, _, function = setup.partition(":")
        getattr(importlib.import_module(module), function)()
    main()
