"""What a host's Python is, and which wheels it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OLDEST_GLIBC = 17
"""manylinux2014, the oldest platform that wheels are built for today, is glibc 2.17 (PEP 599)."""


@dataclass(frozen=True)
class Target:
    """A kind of host.

    Attributes:
        python: Version of its Python, such as `3.13`.
        machine: Its architecture as the kernel names it, such as `x86_64`.
        glibc: Version of its C library, such as `2.41`.
    """

    python: str
    machine: str
    glibc: str

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Target:
        """Reads what the host told.

        Raises:
            ValueError: It is no CPython on a glibc.
        """
        python, machine, glibc = (str(found.get(key, "")) for key in ("python", "machine", "glibc"))
        if not re.fullmatch(r"\d+\.\d+", python) or not re.fullmatch(r"2\.\d+", glibc) or not machine:
            raise ValueError(
                f"the host's Python is {python or 'unknown'} for {machine or 'an unknown machine'}, its C library "
                f"{glibc or 'no glibc'}; wheels are there for CPython on glibc"
            )
        return cls(python, machine, glibc)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Tags of the platforms whose wheels run there (PEP 600), the newest first."""
        newest = int(self.glibc.partition(".")[2])
        tags = [f"manylinux_2_{minor}_{self.machine}" for minor in range(newest, OLDEST_GLIBC - 1, -1)]
        return (*tags, f"manylinux2014_{self.machine}")

    @property
    def pip_options(self) -> tuple[str, ...]:
        """Options that make pip choose wheels for it."""
        platforms = [part for tag in self.platforms for part in ("--platform", tag)]
        return ("--implementation", "cp", "--python-version", self.python, *platforms)

    def __str__(self) -> str:
        """Its name in digests and messages."""
        return f"cp{self.python}-{self.machine}-glibc{self.glibc}"
