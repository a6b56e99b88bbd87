"""The service in a process that is forked from one that has everything imported: a start costs a tenth of a second."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

PRELOADED = ["nai.vnfm.media_server.command", "nai.vnfm.sdk", "tests.support.vim", "tests.support.killed"]


def context() -> multiprocessing.context.ForkServerContext:
    """The way to start such processes."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([*PRELOADED, __name__])
    return found


def start(settings: dict[str, Any], log: Path, kill_at: str | None) -> ForkServerProcess:
    """Starts the service.

    Args:
        settings: What it is told.
        log: Where its output goes; beside it, with the suffix `.events`, the points that it passes.
        kill_at: Point at which it ends itself by SIGKILL.
    """
    process = context().Process(target=_serve, args=(settings, str(log), kill_at), daemon=True)
    process.start()
    return process


def _serve(settings: dict[str, Any], log: str, kill_at: str | None) -> None:
    with open(log, "ab", buffering=0) as output:  # noqa: PTH123  # its number is what counts
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ["NAI_TEST_EVENTS"] = str(Path(log).with_suffix(".events"))
    if kill_at:
        os.environ["NAI_TEST_KILL_AT"] = kill_at

    # After the output is where it belongs.
    from nai.core.service import serve  # noqa: PLC0415
    from nai.vnfm.media_server.command import application  # noqa: PLC0415
    from nai.vnfm.media_server.settings import MediaServerSettings  # noqa: PLC0415
    from tests.support import killed, vim  # noqa: PLC0415

    killed.observe("vnfm-media-server")
    vim.register()
    read = MediaServerSettings.model_validate(settings)
    serve(application(read), read)
