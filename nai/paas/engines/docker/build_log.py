"""What a build says: a file, bounded, without secrets. Blocking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nai.paas.engines.docker.records import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MASK = "********"
SHORTEST_SECRET = 4
"""Shorter ones would hide the text, and are none."""
LONGEST_LINE = 8192
LEFT_OUT = "… what was said before is left out …\n"

_SECRET_NAME = re.compile(r"PASS(WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY", re.IGNORECASE)


def secret_values(environment: Mapping[str, str]) -> list[str]:
    """The values of variables whose names say that they are secret."""
    return [value for name, value in environment.items() if _SECRET_NAME.search(name)]


class BuildLog:
    """The log of one build; lines are held back until they are whole, so that no secret slips through in two parts."""

    def __init__(self, file: Path, limit_bytes: int, secrets: Iterable[str] = ()) -> None:
        """Go on with a log.

        Args:
            file: Where it is.
            limit_bytes: Longest; of a longer one the end is kept.
            secrets: What is masked; of one with several lines, each line.
        """
        self._file = file
        self._limit = limit_bytes
        lines = {line.strip() for secret in secrets for line in secret.splitlines()}
        # The longest first: one may be part of another one.
        self._secrets = sorted((line for line in lines if len(line) >= SHORTEST_SECRET), key=len, reverse=True)
        self._rest = ""

    def clear(self) -> None:
        """Begin anew."""
        self._rest = ""
        write_private(self._file, b"")

    def write(self, text: str) -> None:
        """Add text, which may be part of a line."""
        whole, end, self._rest = (self._rest + text.replace("\r\n", "\n")).rpartition("\n")
        if len(self._rest) > LONGEST_LINE:
            whole, end, self._rest = whole + end + self._rest, "\n", ""
        if whole or end:
            self._append(self.masked(whole + end))

    def line(self, text: str) -> None:
        """Add a line of the engine's own."""
        self.write(f"\n{text}\n" if self._rest else f"{text}\n")

    def flush(self) -> None:
        """Add what is left of a line."""
        if self._rest:
            self.write("\n")

    def masked(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def _append(self, text: str) -> None:
        with self._file.open("ab") as stream:
            stream.write(text.encode(errors="replace"))
            size = stream.tell()
        if size > self._limit:
            with self._file.open("rb") as stream:
                stream.seek(size - self._limit // 2)
                # The first line is a part of one, as a rule.
                stream.readline()
                write_private(self._file, LEFT_OUT.encode() + stream.read())


def read_log(file: Path) -> str:
    """A log; empty where there is none."""
    try:
        return file.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return ""
