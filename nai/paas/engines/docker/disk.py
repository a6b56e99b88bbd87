"""How much of the disk something takes. Blocking."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.paas.engines.docker.settings import BuildSettings

MEGABYTE = 1_000_000
BLOCK = 512


def over_limit(directory: Path, settings: BuildSettings) -> bool:
    """Whether a tree has more files or takes more room than a source may; it is not looked at any further then."""
    room, files = 0, 0
    for where, directories, names in os.walk(directory):
        for name in (*directories, *names):
            files += 1
            try:
                taken = Path(where, name).lstat()
            except FileNotFoundError:
                continue
            # Its length as well: a file with holes is written out in full.
            room += max(taken.st_blocks * BLOCK, taken.st_size)
            if files > settings.files or room > settings.disk_megabytes * MEGABYTE:
                return True
    return False


def free_megabytes(directory: Path) -> int | None:
    """What is free where a directory is; None: it is not on this host."""
    try:
        room = os.statvfs(directory)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize // MEGABYTE
