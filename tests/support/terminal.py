"""A person at a terminal: a pseudo-terminal that is read and typed into."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pexpect

from tests.support.repository import BIN, ROOT

CLEAR, ENTER, DOWN, SPACE = "\x15", "\r", "\x1b[B", " "
"""Ctrl-U, which deletes the offered answer, and other keys."""

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """A program that runs at a pseudo-terminal."""

    def __init__(self, command: Sequence[str | Path], transcript: Path, environment: dict[str, str]) -> None:
        """Starts it in the checkout; everything it shows goes into the transcript as well."""
        self.transcript = transcript
        self._file = transcript.open("w", encoding="utf-8")
        self.program = pexpect.spawn(
            str(command[0]),
            [str(part) for part in command[1:]],
            cwd=str(ROOT),
            encoding="utf-8",
            dimensions=(50, 250),
            timeout=30,
            # The pseudo-terminal does not tell where its cursor is.
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PROMPT_TOOLKIT_NO_CPR": "1", **environment},
        )
        self.program.logfile_read = self._file

    def see(self, text: str, seconds: float = 30) -> None:
        """Waits until the program shows a text.

        Raises:
            AssertionError: It ends or waits without showing it.
        """
        try:
            self.program.expect_exact(text, timeout=seconds)
        except (pexpect.EOF, pexpect.TIMEOUT) as error:
            raise AssertionError(f"{text!r} was not shown; the end of it all:\n{self.shown[-3000:]}") from error

    def answer(self, question: str, answer: str | None = None) -> None:
        """Answers a question that is shown next; None takes the answer that is offered."""
        self.see(question)
        self.program.send(ENTER if answer is None else f"{CLEAR}{answer}{ENTER}")

    def press(self, question: str, *keys: str) -> None:
        """Presses keys at a question that is shown next."""
        self.see(question)
        for key in keys:
            self.program.send(key)

    def interrupt(self) -> None:
        """Presses Ctrl-C."""
        self.program.sendintr()

    def end(self, seconds: float = 60) -> int:
        """Waits for the end; returns the exit code, negative for a signal."""
        try:
            self.program.expect(pexpect.EOF, timeout=seconds)
        except pexpect.TIMEOUT as error:
            raise AssertionError(f"it did not end:\n{self.shown[-3000:]}") from error
        self.program.close()
        code, number = self.program.exitstatus, self.program.signalstatus
        return int(code) if code is not None else -int(number)

    def close(self) -> None:
        """Ends it if it still runs."""
        self.program.close(force=True)
        self._file.close()

    @property
    def shown(self) -> str:
        """Everything that was shown, without escape sequences."""
        if not self._file.closed:
            self._file.flush()
        return _ESCAPES.sub("", self.transcript.read_text(encoding="utf-8"))


@contextmanager
def terminal(*command: str | Path, transcript: Path, environment: dict[str, str] | None = None) -> Iterator[Terminal]:
    """Runs a command at a pseudo-terminal; nothing of it is left when the block ends."""
    running = Terminal(command, transcript, environment or {})
    try:
        yield running
    finally:
        running.close()
