"""Services in processes forked from one that has everything imported: a start costs a tenth of a second."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import socket
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

PRELOADED = [
    "nai.vnfm.media_server.command",
    "nai.nfvo.wiring",
    "nai.nfvo.service",
    "nai.vnfm.sdk",
    "tests.support.vim",
    "tests.support.killed",
]


_ports = itertools.count(21_000 + os.getpid() % 5000)


def free_port() -> int:
    """A port for a service that is killed and started again.

    Below the range that the kernel takes the ports of clients from: while the service is down, one of them could take
    its port.
    """
    while True:
        port = next(_ports)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def context() -> multiprocessing.context.ForkServerContext:
    """The way to start such processes."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([*PRELOADED, __name__])
    return found


async def warm_up() -> None:
    """Has everything imported, so that the first service starts as fast as the others."""
    process = context().Process(target=_nothing, daemon=True)
    await asyncio.to_thread(process.start)
    await asyncio.to_thread(process.join)


def _nothing() -> None:
    pass


def start(
    settings: dict[str, Any], log: Path, kill_at: str | None, service: str = "vnfm-media-server"
) -> ForkServerProcess:
    """Starts a service.

    Args:
        settings: What it is told.
        log: Where its output goes; beside it, with the suffix `.events`, the points that it passes.
        kill_at: Point at which it ends itself by SIGKILL.
        service: `vnfm-media-server` or `nfvo`.
    """
    process = context().Process(target=_serve, args=(settings, str(log), kill_at, service), daemon=True)
    process.start()
    return process


def _serve(settings: dict[str, Any], log: str, kill_at: str | None, service: str) -> None:
    with open(log, "ab", buffering=0) as output:  # noqa: PTH123  # its number is what counts
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ["NAI_TEST_EVENTS"] = str(Path(log).with_suffix(".events"))
    if kill_at:
        os.environ["NAI_TEST_KILL_AT"] = kill_at

    # After the output is where it belongs.
    from nai.core.service import serve  # noqa: PLC0415
    from tests.support import killed, vim  # noqa: PLC0415

    killed.observe(service)
    vim.register()
    if service == "nfvo":
        from nai.nfvo.service import create_app  # noqa: PLC0415
        from nai.nfvo.settings import NfvoSettings  # noqa: PLC0415

        nfvo = NfvoSettings.model_validate(settings)
        serve(create_app(nfvo), nfvo)
    else:
        from nai.vnfm.media_server.command import application  # noqa: PLC0415
        from nai.vnfm.media_server.settings import MediaServerSettings  # noqa: PLC0415

        manager = MediaServerSettings.model_validate(settings)
        serve(application(manager), manager)
