"""Running a script."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

SHELL = "/bin/bash"
TIMED_OUT = 124
"""Exit status of a script that ran too long, as of timeout(1)."""

_OUTPUT_BYTES = 256 * 1024


def run(
    command: list[str], *, directory: Path, variables: Mapping[str, str], seconds: float, name: str
) -> dict[str, Any]:
    """Runs a program to its end.

    Output goes to files, not pipes: a daemon that the script leaves behind may keep them open.

    Args:
        command: Program and arguments; no shell sees them.
        directory: Where it runs.
        variables: Added to the agent's own environment.
        seconds: After which it is killed with everything it started.
        name: What to call it in texts.

    Returns:
        `output`, `err` and `status`; the end of each where it is long.
    """
    environment = {**os.environ, **variables}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603  # the command is built here; names in it are validated
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            return {"output": "", "err": f"{name} does not start: {error}", "status": 127 if _missing(error) else 126}
        note = ""
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            status, note = TIMED_OUT, f"{name} was killed: it ran longer than {seconds:g} s\n"
        if status < 0:
            note = f"{name} was ended by signal {-status}\n"
            status = 128 - status
        return {"output": _end(output), "err": note + _end(errors), "status": status}


def interpreter(script: Path) -> list[str]:
    """Returns the command for a script: bash, or the script itself where its name ends in .py."""
    return [str(script)] if script.suffix == ".py" else [SHELL, str(script)]


def _missing(error: OSError) -> bool:
    return isinstance(error, FileNotFoundError)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _OUTPUT_BYTES))
    text = file.read().decode(errors="replace")
    return text if size <= _OUTPUT_BYTES else f"[{size - _OUTPUT_BYTES} bytes left out]\n{text}"
