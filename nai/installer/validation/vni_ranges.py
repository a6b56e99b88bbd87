"""Rules about ranges of VXLAN network identifiers. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LOWEST, HIGHEST = 1, 2**24 - 1
"""The identifiers that a tenant's network can have: 24 bits (RFC 7348, section 5), 0 left out."""

_FORM = re.compile(r"\s*(\d+)\s*:\s*(\d+)\s*")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one of several ranges.

    Attributes:
        position: Which, counted from 0.
        wrong: A clause that says what is wrong.
        action: A clause that says what to do.
    """

    position: int
    wrong: str
    action: str


def problems_of(ranges: Sequence[str]) -> Iterator[Wrong]:
    """Everything that is wrong with ranges written as `first:last` (ML2's `vni_ranges`).

    Args:
        ranges: The ranges as texts.
    """
    right: dict[int, tuple[int, int]] = {}
    for position, text in enumerate(ranges):
        found = _FORM.fullmatch(text)
        if found is None:
            yield Wrong(position, "is no range", "write the first and the last identifier, for instance 1:1000")
            continue
        first, last = int(found[1]), int(found[2])
        if first > last:
            yield Wrong(position, "ends before it begins", f"write {last}:{first}")
        elif first < LOWEST or last > HIGHEST:
            yield Wrong(position, "goes beyond what a VXLAN can have", f"stay between {LOWEST} and {HIGHEST}")
        else:
            for other, (low, high) in right.items():
                if first <= high and low <= last:
                    shared = f"{max(first, low)}:{min(last, high)}"
                    yield Wrong(
                        position, f"overlaps {ranges[other]} in {shared}", "give each range its own identifiers"
                    )
            right[position] = (first, last)
