"""The Docker engine of this machine: answers already, or is started and waited for."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from nai.installer.testbed.command import CommandError, run, run_pipe
from nai.installer.testbed.errors import TestbedError

SOCKET = Path("/var/run/docker.sock")
PID_FILES = {Path("/var/run/docker.pid"): "dockerd", Path("/var/run/docker/containerd/containerd.pid"): "containerd"}
"""Files that keep dockerd from starting while the process they name lives → the program that should be."""

LOG = Path("/var/log/nai/dockerd.log")
START_SECONDS = 60


class Engine:
    """The engine, spoken to through the `docker` program: any version of it, always the local socket."""

    def __init__(self) -> None:
        """Ignores contexts and hosts that the user's environment may name: the testbed is local."""
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"}
        }
        self._env = {**kept, "DOCKER_HOST": f"unix://{SOCKET}"}

    def __call__(self, *arguments: str, stdin: bytes | Path | None = None, timeout: float | None = None) -> str:
        """Runs one `docker` command.

        Args:
            arguments: What follows `docker`.
            stdin: Bytes or a file for its standard input.
            timeout: Seconds to wait for it.

        Returns:
            Its standard output without the last newline.

        Raises:
            CommandError: It failed.
        """
        return run(["docker", *arguments], stdin=stdin, env=self._env, timeout=timeout).rstrip("\n")

    def read_from(self, producer: Sequence[str], *arguments: str) -> None:
        """Runs a `docker` command on the output of another program."""
        run_pipe(producer, ["docker", *arguments], env=self._env)

    def write_to(self, consumer: Sequence[str], *arguments: str) -> None:
        """Gives the output of a `docker` command to another program."""
        run_pipe(["docker", *arguments], consumer, env=self._env)

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        """Describes a container, image, network or volume.

        Args:
            kind: One of those words.
            name: Name or id.

        Returns:
            The engine's description, None when there is none of that name.
        """
        try:
            return cast("dict[str, Any]", json.loads(self(kind, "inspect", name))[0])
        except CommandError as error:
            if "no such" in error.stderr.lower() or "not found" in error.stderr.lower():
                return None
            raise

    def names(self, kind: str, label: str) -> list[str]:
        """Lists the names of all containers (stopped ones too), networks or volumes with a label."""
        listing = {"container": ("container", "ls", "--all"), "network": ("network", "ls"), "volume": ("volume", "ls")}
        column = "{{.Names}}" if kind == "container" else "{{.Name}}"
        return sorted(self(*listing[kind], "--filter", f"label={label}", "--format", column).split())

    def answers(self) -> bool:
        """Returns whether the engine takes commands."""
        try:
            self("version", "--format", "{{.Server.Version}}", timeout=10)
        except TestbedError:
            return False
        return True

    def version(self) -> str:
        """Returns the engine's version."""
        return self("version", "--format", "{{.Server.Version}}")

    def ensure_running(self) -> str:
        """Starts the engine if it does not answer.

        Returns:
            What was done; empty when it was running.

        Raises:
            TestbedError: It does not come up; the message has the end of its log.
        """
        if self.answers():
            return ""
        if Path("/run/systemd/system").is_dir():  # sd_booted(3)
            run(["systemctl", "start", "docker.service"])
            self._wait(None)
            return "started by systemd"
        if is_program(read_pid(Path("/var/run/docker.pid")), "dockerd"):
            self._wait(None)
            return "was starting"
        for path, program in PID_FILES.items():
            if path.exists() and not is_program(read_pid(path), program):
                path.unlink()
        self._wait(_spawn())
        return f"started, log in {LOG}"

    def _wait(self, process: subprocess.Popen[bytes] | None) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > deadline:
                end = LOG.read_text(errors="replace").splitlines()[-5:] if LOG.exists() else []
                state = "ended at its start" if ended else f"does not answer after {START_SECONDS} s"
                raise TestbedError("\n  ".join([f"the Docker engine {state}; the end of {LOG}:", *end]))
            time.sleep(0.2)


def read_pid(path: Path) -> int | None:
    """Returns the process id in a file, None when there is none."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def is_program(pid: int | None, name: str, proc: Path = Path("/proc")) -> bool:
    """Returns whether a process lives and runs a program of that name; ids are given again after a restart."""
    if pid is None:
        return False
    try:
        return (proc / str(pid) / "comm").read_text().strip() == name
    except OSError:
        return False


def _spawn() -> subprocess.Popen[bytes]:
    """Starts dockerd in a session of its own, so that it outlives us and our terminal."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("ab") as log:
        return subprocess.Popen(
            ["dockerd"],  # noqa: S607  # the path of the distribution or of the user's own engine
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
