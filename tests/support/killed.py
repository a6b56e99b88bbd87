"""Runs `nai` in a process that ends itself, as kill -9 would, when an operation reaches a named point.

Started by `tests.support.kill`, which tells everything by environment variables.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from nai.cli import main

WATCHED = {
    "": [("nai.core.operations.runner", "Operations")],
    "vnfm-generic": [("nai.vnfm.sdk.vnfm", "Vnfm"), ("nai.vnfm.generic.runner", "Runner")],
    "vnfm-media-server": [("nai.vnfm.sdk.vnfm", "Vnfm"), ("nai.vnfm.media_server.lifecycle.elasticity", "Elasticity")],
}
"""Classes that take an `observer`, by service; those of every service first."""


def observe(service: str) -> None:
    """Make what works in this process tell its points to this module, unless somebody listens already."""
    for module, name in WATCHED[""] + WATCHED.get(service, []):
        watched = getattr(importlib.import_module(module), name)
        # A class, not a function, is looked up by its own module too: its constructor is what is changed.
        watched.__init__ = _observed(watched.__init__)


def _observed(original: Callable[..., None]) -> Callable[..., None]:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def patched(*args: Any, **kwargs: Any) -> None:
        given = signature.bind(*args, **kwargs)
        if given.arguments.get("observer") is None:
            given.arguments["observer"] = point
        original(*given.args, **given.kwargs)

    return patched


def point(event: str) -> None:
    """Note the point, and end here if it is the one."""
    events = os.environ.get("NAI_TEST_EVENTS")
    if events:
        with open(events, "a") as file:  # noqa: PTH123  # one line, written at once, before the process ends
            file.write(event + "\n")
    if event == os.environ.get("NAI_TEST_KILL_AT"):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    observe(sys.argv[1])
    setup = os.environ.get("NAI_TEST_SETUP")
    if setup:
        module, _, function = setup.partition(":")
        getattr(importlib.import_module(module), function)()
    main()
