"""The orchestrator in a process forked from one that has everything imported: a start costs a tenth of a second.

A test names the point at which the process ends itself while that runs, so one start is enough for each end.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import socket
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import requests

from nai.core import operations
from nai.core.migrations import upgrade
from tests.support.wait import until

PRELOADED = [
    "nai.nfvo.wiring",
    "nai.nfvo.service",
    "nai.vim.openstack.driver",
    "tests.support.vim",
    "tests.support.killed",
]
START_SECONDS = 60.0


def context() -> ForkServerContext:
    """The way to start such processes."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([*PRELOADED, __name__])
    return found


_ports = itertools.count(27_000 + os.getpid() % 5000)


def lasting_port() -> int:
    """A port for a service that is started again and again.

    Below the range that the kernel takes the ports of clients from: while the service is down, one of them could take
    its port.
    """
    while True:
        port = next(_ports)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class ForkedNfvo:
    """The process. Its output is in `log`, the points that its operations have passed in `points`."""

    def __init__(self, settings: dict[str, Any], directory: Path) -> None:
        """Prepare; `start` starts it.

        Args:
            settings: what it is told.
            directory: where its files lie.
        """
        self.settings, self.directory = settings, directory
        self.url = f"http://127.0.0.1:{settings['listen_port']}"
        self.log, self.points = directory / "log", directory / "points"
        self._process: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def arm(self, point: str) -> None:
        """Have it end itself when an operation reaches a point: "<kind>/<step>/before", "…/after", or a finer one."""
        (self.directory / "kill_at").write_text(point)

    def start(self) -> None:
        """Start it, without a point to end itself at, and wait until it is ready."""
        self.stop()
        (self.directory / "kill_at").unlink(missing_ok=True)
        self._process = context().Process(target=_serve, args=(self.settings, str(self.directory)), daemon=True)
        self._process.start()
        until(f"the NFVO is ready; see {self.log}", self._ready_or_ended, seconds=START_SECONDS, every_seconds=0.05)

    def killed(self) -> None:
        """Wait until it has ended itself."""
        assert self._process is not None
        self._process.join(START_SECONDS)
        assert self._process.exitcode == -signal.SIGKILL, self.log.read_text()[-3000:]

    def kill(self) -> None:
        """End it from outside, whatever it is doing."""
        assert self._process is not None
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        """Stop it as systemd would."""
        process, self._process = self._process, None
        if process is not None and process.is_alive():
            process.terminate()
            process.join(30)
            process.kill()
            process.join()

    def _ready_or_ended(self) -> bool:
        assert self._process is not None
        if self._process.exitcode == -signal.SIGKILL:
            return True
        assert self._process.exitcode is None, self.log.read_text()[-3000:]
        return requests.get(f"{self.url}/ready", timeout=5).ok


def _serve(settings: dict[str, Any], directory: str) -> None:
    with open(f"{directory}/log", "ab", buffering=0) as output:  # noqa: PTH123  # its number is what counts
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    # After the output is where it belongs.
    from nai.core.bus import AmqpBus  # noqa: PLC0415
    from nai.core.clock import SystemClock  # noqa: PLC0415
    from nai.core.service import serve  # noqa: PLC0415
    from nai.nfvo.bringing_up import Parts  # noqa: PLC0415
    from nai.nfvo.lifecycle.orchestrator import Orchestrator  # noqa: PLC0415
    from nai.nfvo.service import create_app  # noqa: PLC0415
    from nai.nfvo.settings import NfvoSettings  # noqa: PLC0415
    from tests.support import vim  # noqa: PLC0415

    vim.register()
    told = NfvoSettings.model_validate(settings)

    def observe(event: str) -> None:
        _point(Path(directory), event)

    parts = Parts(lambda nfvo: Orchestrator(nfvo, observer=observe), AmqpBus.connect, clock=SystemClock())
    serve(create_app(told, parts), told)


def _point(directory: Path, event: str) -> None:
    with (directory / "points").open("a") as points:
        points.write(event + "\n")
    file = directory / "kill_at"
    if file.exists() and file.read_text() == event:
        os.kill(os.getpid(), signal.SIGKILL)


async def migrated(settings: dict[str, Any]) -> None:
    """Make the orchestrator's tables."""
    for package in (operations.PACKAGE, "nai.nfvo"):
        await upgrade(settings["database_url"], package)
