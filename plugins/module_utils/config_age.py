# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""When configuration was last written, as times that can be compared with the start of a unit."""

from __future__ import annotations

import glob
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECOND_US = 1_000_000

KERNEL_TICK_US = 20_000
"""The kernel stamps files with the time of its last tick, up to 10 ms ago; two ticks are allowed for."""

_IGNORED_FOLDERS = {"__pycache__"}
_GLOB = frozenset("*?[")


@dataclass
class ConfigAge:
    """What was found.

    Attributes:
        newest_us: latest moment, in microseconds since 1970, at which any of it may have been written; 0 for nothing.
        newest_path: the path that was written then.
        from_the_future: paths whose times lie after the present; they tell nothing and do not count.
    """

    newest_us: int = 0
    newest_path: str = ""
    from_the_future: list[str] = field(default_factory=list)

    def is_newer_than(self, start_us: int) -> bool:
        """Tells whether something may have been written at or after a moment."""
        return self.newest_us >= start_us


def config_age(entries: Iterable[str], now_us: int | None = None) -> ConfigAge:
    """Finds the latest write to configuration.

    Args:
        entries: files, directories (everything inside counts; the directory's own time changes when something is
            removed from it) and globs. What does not exist is left out.
        now_us: the present, in microseconds since 1970.
    """
    now_us = time.time_ns() // 1000 if now_us is None else now_us
    age = ConfigAge()
    for path in _expand(entries):
        try:
            found, link = path.stat(), path.lstat()
        except OSError:  # gone meanwhile, or a link to nothing
            continue
        written = [_latest_us(stat.st_mtime_ns) for stat in (found, link) if stat.st_mtime_ns // 1000 <= now_us]
        if not written:  # a file copied with a time of the future: when it was put here is told by its ctime
            written = [_latest_us(found.st_ctime_ns)] if found.st_ctime_ns // 1000 <= now_us else []
        if not written:
            age.from_the_future.append(str(path))
        elif max(written) > age.newest_us:
            age.newest_us, age.newest_path = max(written), str(path)
    return age


def _latest_us(time_ns: int) -> int:
    """The latest moment that a file's time can mean: some file systems keep whole seconds only."""
    written = time_ns // 1000
    return written + (SECOND_US if time_ns % 1_000_000_000 == 0 else KERNEL_TICK_US)


def _expand(entries: Iterable[str]) -> Iterator[Path]:
    for entry in entries:
        for name in glob.glob(entry) if _GLOB & set(entry) else [entry]:  # noqa: PTH207  # the pattern is absolute
            yield Path(name)
            yield from _inside(Path(name))


def _inside(path: Path) -> Iterator[Path]:
    """Yields everything below a directory; a link inside it is not followed, so that no loop is endless."""
    if path.is_dir():
        for child in path.iterdir():
            if child.name not in _IGNORED_FOLDERS:
                yield child
                if not child.is_symlink():
                    yield from _inside(child)
