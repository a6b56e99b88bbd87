"""A source as the tar that the engine builds from. Nothing outside of it gets in. Blocking."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docker.utils import exclude_paths

from nai.paas.engines.docker.disk import MEGABYTE
from nai.paas.engines.docker.dockerfile import with_environment
from nai.paas.engines.docker.failures import BuildFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from nai.paas.engines.docker.settings import BuildSettings

DOCKERFILE, IGNORE_FILE = "Dockerfile", ".dockerignore"
LONGEST_FILE = 1024 * 1024
"""Of the two above."""
MOST_PATTERNS, MOST_STARS = 500, 6
"""A pattern with many stars takes time without end on a path that nearly matches."""


def write_context(
    root: Path,
    environment: Mapping[str, str],
    settings: BuildSettings,
    into: IO[bytes],
    say: Callable[[str], None],
) -> None:
    """Write the tar.

    Args:
        root: The source.
        environment: Put into the Dockerfile.
        settings: Limits.
        into: Where it is written to; it stands at its beginning afterwards.
        say: Takes a line on what is left out.

    Raises:
        BuildFailedError: There is no Dockerfile, or the source is too large.
    """
    dockerfile = _own_file(root, DOCKERFILE)
    if dockerfile is None:
        message = "The repository has no Dockerfile in its root (a symbolic link is none)"
        raise BuildFailedError(message)
    changed = with_environment(dockerfile, environment).encode(errors="surrogateescape")
    room = settings.disk_megabytes * MEGABYTE
    with tarfile.open(fileobj=into, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for number, path in enumerate(sorted(_wanted(root))):
            if number >= settings.files:
                raise BuildFailedError(f"The source has more than {settings.files} files")
            if path == DOCKERFILE:
                _add(tar, tarfile.TarInfo(DOCKERFILE), 0o644, changed)
                continue
            room -= _add_path(tar, root, path, room, say)
            if room < 0:
                raise BuildFailedError(f"The source has more than {settings.disk_megabytes} MB")
    into.seek(0)


def _wanted(root: Path) -> set[str]:
    """The paths that `.dockerignore` leaves."""
    patterns = [line.strip() for line in (_own_file(root, IGNORE_FILE) or "").splitlines()]
    patterns = [pattern for pattern in patterns if pattern and not pattern.startswith("#")]
    if len(patterns) > MOST_PATTERNS or any(pattern.count("*") > MOST_STARS for pattern in patterns):
        raise BuildFailedError(
            f"{IGNORE_FILE} has more than {MOST_PATTERNS} lines, or one with more than {MOST_STARS} stars"
        )
    return set(exclude_paths(str(root), patterns)) | {DOCKERFILE}


def _own_file(root: Path, name: str) -> str | None:
    """Read a file of the source that is a file, not a link to one somewhere else."""
    try:
        descriptor = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = stream.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise BuildFailedError(f"{name} is longer than {LONGEST_FILE} bytes")
    return content.decode(errors="surrogateescape").removeprefix("\ufeff")


def _add_path(tar: tarfile.TarFile, root: Path, path: str, room: int, say: Callable[[str], None]) -> int:
    """Add one path; returns its size."""
    full = root / path
    status = full.lstat()
    entry = tarfile.TarInfo(path)
    if stat.S_ISLNK(status.st_mode):
        target = str(full.readlink())
        if _leads_out(path, target):
            say(f"Left out: the symbolic link {path} leads out of the repository, to {target}")
            return 0
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        _add(tar, entry, 0o777, None)
        return 0
    if stat.S_ISDIR(status.st_mode):
        entry.type = tarfile.DIRTYPE
        _add(tar, entry, 0o755, None)
        return 0
    if not stat.S_ISREG(status.st_mode):
        say(f"Left out: {path} is no file")
        return 0
    if status.st_size > room:
        return status.st_size
    descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        entry.size = os.fstat(descriptor).st_size
        entry.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
        tar.addfile(entry, stream)
    return entry.size


def _add(tar: tarfile.TarFile, entry: tarfile.TarInfo, mode: int, content: bytes | None) -> None:
    # Without times and owners: what is the same gives the same layer, which the engine has already.
    entry.mode = mode
    if content is None:
        tar.addfile(entry)
    else:
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))


def _leads_out(path: str, target: str) -> bool:
    if target.startswith("/"):
        return True
    depth = len(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return False
