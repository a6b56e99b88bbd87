# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Versions of RPM packages: which is newer, and which ones a pin means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import total_ordering
from typing import Any

# Digits, letters, or one of the marks that sort: `~` before everything, `^` after the end. The rest only separates.
_PART = re.compile(r"\d+|[A-Za-z]+|~|\^")


@total_ordering
@dataclass(frozen=True)
class Evr:
    """Epoch, version and release, ordered as rpm orders them (rpm-version(7)).

    Attributes:
        epoch: outranks the version; 0 where a package has none.
        version: as upstream counts.
        release: as the packager counts, usually with the distribution: `2.el7`.
    """

    epoch: int
    version: str
    release: str

    @classmethod
    def parse(cls, text: str) -> Evr:
        """Reads `[EPOCH:]VERSION[-RELEASE]`.

        Raises:
            ValueError: the epoch is no number, or the version is missing.
        """
        epoch, colon, rest = text.rpartition(":")
        version, _, release = rest.partition("-")
        if not version or (colon and not epoch.isdigit()):
            raise ValueError(f"{text!r} is no [EPOCH:]VERSION[-RELEASE]")
        return cls(int(epoch or 0), version, release)

    def __str__(self) -> str:
        """Writes it as yum does: an epoch of 0 is left out."""
        text = f"{self.version}-{self.release}" if self.release else self.version
        return f"{self.epoch}:{text}" if self.epoch else text

    def __lt__(self, other: Evr) -> bool:
        """Tells whether it is older."""
        return (self.epoch, _key(self.version), _key(self.release)) < (
            other.epoch,
            _key(other.version),
            _key(other.release),
        )

    def is_meant_by(self, pin: str) -> bool:
        """Tells whether a pin names this version.

        A pin is `[EPOCH:]VERSION[-RELEASE]` with shell patterns. An epoch and a release that it does not have are not
        looked at; its release may leave out the distribution: `1.8.1-2` means `1.8.1-2.el7`, never `1.8.1-20.el7`.
        """
        epoch, colon, rest = pin.rpartition(":")
        version, dash, release = rest.partition("-")
        return (
            (not colon or epoch == str(self.epoch))
            and fnmatchcase(self.version, version)
            and (not dash or fnmatchcase(self.release, release) or fnmatchcase(self.release, f"{release}.*"))
        )


def _key(text: str) -> list[tuple[int, Any]]:
    """Returns what sorts like the text does in rpm.

    Numbers by value and after words; `~` before the end, the end before `^`, and `^` before any further part.
    """
    ranks = {"~": (-2, 0), "^": (0, 0)}
    key: list[tuple[int, Any]] = []
    for part in _PART.findall(text):
        if part in ranks:
            key.append(ranks[part])
        else:
            key.append((2, int(part)) if part.isdigit() else (1, part))
    key.append((-1, 0))  # the end
    return key
