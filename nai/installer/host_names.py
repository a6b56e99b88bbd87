"""Many hosts' names as a person writes them: `blade[01:25]`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)")


def shortened(names: Iterable[str]) -> str:
    """Names with a comma between them; three and more that count upwards become a range, as in a hosts file.

    Args:
        names: Names in the order in which they shall stand; each once.
    """
    runs: list[list[str]] = []
    for name in dict.fromkeys(names):
        if runs and _next(runs[-1][-1]) == name:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(text for run in runs for text in (run if len(run) < 3 else [_range(run[0], run[-1])]))


def counted(name: str) -> tuple[tuple[str, int], ...]:
    """Key by which names sort as a person counts: `n9` before `n10`."""
    return tuple((text, int(number or 0)) for text, number in re.findall(r"(\D+|^)(\d*)", name))


def _next(name: str) -> str | None:
    """The name that counts one on: `blade09` to `blade10`; None when there is no number in it."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    return f"{found['before']}{int(found['number']) + 1:0{len(found['number'])}}{found['after']}"


def _range(first: str, last: str) -> str:
    start, end = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    assert start is not None  # noqa: S101  # both have been counted
    assert end is not None  # noqa: S101
    return f"{start['before']}[{start['number']}:{end['number']}]{start['after']}"
