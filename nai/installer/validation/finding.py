"""One thing that is wrong with an inventory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from nai.installer.checkout import displayed


@dataclass(frozen=True)
class Finding:
    """An error, told so that the reader can mend it without looking further.

    Attributes:
        file: Path of the file to change, `extra vars` for `-e`, or the inventory when the place is not known.
        line: Line in it, counted from 1; None when it is not known.
        key: Variable (with the path inside it), or `group X`, or `host X`; may be empty.
        value: The value as it is shown; empty when there is none or when it is a secret.
        wrong: What is wrong, a clause.
        action: What to do, a clause.
    """

    file: str
    line: int | None
    key: str
    value: str
    wrong: str
    action: str

    def __str__(self) -> str:
        """The finding on one line."""
        place = self.file if self.file == EXTRA_VARS else displayed(self.file)
        if self.line is not None:
            place += f":{self.line}"
        what = f" {self.key}:" if self.key else ""
        value = f" value {self.value}" if self.value else ""
        return " ".join(f"{place}:{what}{value} {self.wrong}; {self.action}".split())

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"text": str(self)}


EXTRA_VARS = "extra vars"
"""Stands for the file of a variable that was given by `-e`."""


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Without repetitions, by file and line."""
    return sorted(set(findings), key=lambda found: (found.file, found.line or 0, found.key, found.wrong))
