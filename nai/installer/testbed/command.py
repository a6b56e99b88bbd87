"""Programs run as children: their text output, and an error that shows why one failed."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nai.installer.testbed.errors import TestbedError


class CommandError(TestbedError):
    """A program ended with another status than 0; `stderr` holds what it said."""

    def __init__(self, argv: Sequence[str], status: int, stderr: str) -> None:
        """Shows the program, its status and its last lines.

        Args:
            argv: Program and arguments.
            status: Exit status, negative for a signal.
            stderr: Everything it wrote there.
        """
        self.stderr = stderr
        lines = [line for line in stderr.splitlines() if line.strip()][-8:]
        command = " ".join(argv[:6]) + (" …" if len(argv) > 6 else "")
        super().__init__("\n  ".join([f"`{command}` ended with status {status}", *lines]))


def run(
    argv: Sequence[str],
    *,
    stdin: bytes | Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Runs a program to its end.

    Args:
        argv: Program and arguments.
        stdin: Bytes for its standard input, or a file to read from; nothing by default.
        env: The whole environment of the child; ours by default.
        timeout: Seconds after which the child is killed.

    Returns:
        Its standard output.

    Raises:
        CommandError: It ended with another status than 0.
        TestbedError: It is not installed or took longer than the timeout.
    """
    try:
        if isinstance(stdin, Path):
            with stdin.open("rb") as stream:
                done = subprocess.run(  # noqa: S603  # argument lists only, never a shell
                    argv, stdin=stream, capture_output=True, env=env, timeout=timeout, check=False
                )
        else:
            done = subprocess.run(  # noqa: S603
                argv, input=stdin or b"", capture_output=True, env=env, timeout=timeout, check=False
            )
    except FileNotFoundError as error:
        raise TestbedError(f"{argv[0]} is not installed; scripts/bootstrap.sh installs what is missing") from error
    except subprocess.TimeoutExpired as error:
        raise TestbedError(f"`{' '.join(argv[:6])}` did not end within {timeout:g} s") from error
    if done.returncode != 0:
        raise CommandError(argv, done.returncode, (done.stderr or done.stdout).decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def run_pipe(first: Sequence[str], second: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Runs two programs, the output of the first being the input of the second.

    Args:
        first: Program and arguments that produce.
        second: Program and arguments that consume.
        env: Environment of both; ours by default.

    Returns:
        The standard output of the second.

    Raises:
        CommandError: One of them failed; the first one's failure is the cause of both.
    """
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(first, stdout=subprocess.PIPE, stderr=errors, env=env) as producer:  # noqa: S603
            done = subprocess.run(second, stdin=producer.stdout, capture_output=True, env=env, check=False)  # noqa: S603
            if producer.stdout:
                producer.stdout.close()  # a dead consumer must end the producer
        if producer.returncode != 0 and done.returncode == 0:
            errors.seek(0)
            raise CommandError(first, producer.returncode, errors.read().decode(errors="replace"))
    if done.returncode != 0:
        raise CommandError(second, done.returncode, done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")
