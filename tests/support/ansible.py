"""Runs playbooks as a user does, and reads what they say."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.repository import BIN, ROOT
from tests.support.wait import until

OUTPUTS = ROOT / "build" / "test-results" / "runs"
"""Everything the tests' runs printed; searched for secrets afterwards."""

_RECAP = re.compile(r"^(?P<host>\S+)\s+: ok=\d+\s.*$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        exit_code: Of the process; negative: the signal that ended it.
        output: Standard output and standard error as they came.
        recap: Per host the counters of Ansible's recap, for instance `{"changed": 0, "failed": 0, …}`.
    """

    exit_code: int
    output: str
    recap: Mapping[str, Mapping[str, int]]

    @property
    def changed(self) -> dict[str, int]:
        """Changed tasks of each host that has any."""
        return {host: counts["changed"] for host, counts in self.recap.items() if counts["changed"]}

    def ok(self) -> "Run":
        """Returns the run; fails the test with the end of the output when a task failed."""
        assert self.exit_code == 0, f"exit code {self.exit_code}:\n{self.output[-6000:]}"
        assert self.recap, f"no recap:\n{self.output[-2000:]}"
        assert not any(c["failed"] or c["unreachable"] for c in self.recap.values()), self.output[-6000:]
        return self


class Running:
    """A run in a process group of its own, so that a signal reaches all of it as it does at a terminal."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        """Starts the command in the checkout."""
        OUTPUTS.mkdir(parents=True, exist_ok=True)
        self.log = OUTPUTS / f"{len(list(OUTPUTS.iterdir())):03d}-{Path(command[0]).name}.log"
        self._file: IO[bytes] = self.log.open("wb")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_NOCOLOR": "1", **environment},
        )

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    def wait_for_output(self, pattern: str, seconds: float) -> None:
        """Returns when a line of the output matches; fails when the run ends without one."""

        def looked() -> bool:
            if re.search(pattern, self.output, re.MULTILINE):
                return True
            assert self.process.poll() is None, f"ended before {pattern!r}:\n{self.output[-3000:]}"
            return False

        until(f"{pattern!r} in the output", looked, seconds=seconds, every_seconds=0.1)

    def interrupt(self, number: signal.Signals) -> None:
        """Sends the signal to every process of the run."""
        os.killpg(self.process.pid, number)

    def finish(self, seconds: float = 1800) -> Run:
        """Waits for the end.

        Raises:
            subprocess.TimeoutExpired: It did not end in time; it is killed first.
        """
        try:
            exit_code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.interrupt(signal.SIGKILL)
            self.process.wait()
            raise
        finally:
            self._file.close()
        return Run(exit_code, self.output, recap_of(self.output))


def start(*command: str | Path, environment: Mapping[str, str] | None = None) -> Running:
    """Starts a command of the project (a program of .venv or of the machine)."""
    return Running([str(part) for part in command], environment or {})


def run(*command: str | Path, environment: Mapping[str, str] | None = None, seconds: float = 1800) -> Run:
    """Runs a command to its end."""
    return start(*command, environment=environment).finish(seconds)


def playbook(name: str, *arguments: str | Path, seconds: float = 1800) -> Run:
    """Runs a playbook on the embedded hosts (an argument `-i …` names others)."""
    return run("ansible-playbook", name, *arguments, seconds=seconds)


@contextmanager
def running_playbook(name: str, *arguments: str | Path) -> Iterator[Running]:
    """A playbook in the background; nothing of it is left when the block ends."""
    running = start("ansible-playbook", name, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.interrupt(signal.SIGKILL)
            running.process.wait()


def recap_of(output: str) -> dict[str, dict[str, int]]:
    """Returns the counters of each host out of the recap that ends a run's output."""
    end = output.rpartition("PLAY RECAP")[2]
    return {match["host"]: _counters(match.group(0)) for match in _RECAP.finditer(end)}


def _counters(line: str) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}
