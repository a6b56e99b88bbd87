"""A service in a process of its own, which ends itself at a named step of an operation.

Kill at every step is then:

    process = ServiceProcess("nfvo", config, kill_at="instantiate/links/after").start()
    process.killed()
    process.start()  # the same again, without the end: it has to resume
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
import yaml

from tests.support.repository import BIN, ROOT
from tests.support.wait import until

START_SECONDS = 60.0


class ServiceProcess:
    """`nai <service> serve`, watched."""

    def __init__(
        self,
        service: str,
        config: Path,
        *,
        kill_at: str | None = None,
        setup: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Prepare; `start` starts it.

        Args:
            service: Its name on the command line: nfvo, vnfm-generic, vnfm-media-server.
            config: Its file of settings.
            kill_at: Point at which the next process ends itself: "<kind>/<step>/before", "…/after", or one that a step
                reports.
            setup: "module:function" called in the process before the service is made, for example to put a VIM in place
                that outlives the process.
            environment: Further variables.
        """
        self.service = service
        self.config = config
        self.kill_at = kill_at
        self.setup = setup
        self.log = config.with_suffix(".log")
        self._events = config.with_suffix(".events")
        self._environment = environment or {}
        settings: dict[str, Any] = yaml.safe_load(config.read_text())
        self.url = f"http://127.0.0.1:{settings['listen_port']}"
        self._process: subprocess.Popen[bytes] | None = None

    def migrate(self) -> Self:
        """Make its tables."""
        subprocess.run([str(BIN / "nai"), *self._arguments("migrate")], cwd=ROOT, check=True)
        return self

    def start(self, *, ready: bool = True) -> Self:
        """Start it; after a kill point it starts without one.

        Args:
            ready: Wait until it is ready, or has ended itself already.
        """
        self.stop()
        settings = {"NAI_TEST_EVENTS": str(self._events)}
        if self.kill_at:
            settings["NAI_TEST_KILL_AT"] = self.kill_at
        if self.setup:
            settings["NAI_TEST_SETUP"] = self.setup
        self.kill_at = None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.killed", *self._arguments("serve")],
                cwd=ROOT,
                env={**os.environ, **self._environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if ready:
            until(f"{self.service} is ready; see {self.log}", self._ready_or_ended, seconds=START_SECONDS)
        return self

    def killed(self, seconds: float = 60.0) -> None:
        """Wait until it has ended itself at its point."""
        assert self._process is not None
        code = self._process.wait(seconds)
        assert code == -signal.SIGKILL, f"ended with {code}:\n{self.log.read_text()[-3000:]}"

    def kill(self) -> None:
        """End it from outside, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Stop it as systemd would."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()

    def events(self) -> list[str]:
        """All points that its processes have passed: what a test can be parametrised with."""
        return self._events.read_text().splitlines() if self._events.exists() else []

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def _arguments(self, verb: str) -> list[str]:
        return [self.service, verb, "--config", str(self.config)]

    def _ready_or_ended(self) -> bool:
        assert self._process is not None
        code = self._process.poll()
        if code == -signal.SIGKILL:
            return True
        assert code is None, f"{self.service} ended with {code}:\n{self.log.read_text()[-3000:]}"
        return requests.get(f"{self.url}/ready", timeout=5).ok


def write_settings(path: Path, settings: dict[str, Any]) -> Path:
    """Write a service's file of settings.

    Returns:
        Its path.
    """
    path.write_text(yaml.safe_dump(settings))
    path.chmod(0o600)
    return path
