"""Reading archives that somebody sent: nothing is written anywhere, and neither size nor names are trusted.

Both functions block, so they belong into a thread.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from nai.core.errors import InvalidError

MEMBERS = 4096
"""The most files an archive may have."""

Files = dict[str, bytes]
"""Contents by path, without a leading `./`."""


class ArchiveError(InvalidError):
    """An archive cannot be read, or is not one that is taken."""


def read_tar(content: bytes, limit: int) -> Files:
    """Return the files of a tar archive, packed or not.

    Args:
        content: the archive.
        limit: the most bytes it may have unpacked.

    Raises:
        ArchiveError: it is no tar archive, too large, or has links, devices or paths that lead out of it.
    """
    reading = _Reading(limit)
    try:
        # As a stream: members are met one after the other, before the next one is unpacked.
        with tarfile.open(fileobj=io.BytesIO(content), mode="r|*") as archive:
            for member in archive:
                if member.isdir():
                    continue
                if not member.isreg():
                    message = f"the package has something that is neither a file nor a folder: {member.name[:80]}"
                    raise ArchiveError(message)
                reading.announce(member.size)
                file = archive.extractfile(member)
                if file is not None:
                    reading.take(member.name, file)
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        message = f"the package is no tar archive that can be read: {error}"
        raise ArchiveError(message) from None
    return reading.files


def read_zip(content: bytes, limit: int) -> Files:
    """Return the files of a zip archive.

    Args:
        content: the archive.
        limit: the most bytes it may have unpacked.

    Raises:
        ArchiveError: it is no zip archive, too large, or has paths that lead out of it.
    """
    reading = _Reading(limit)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                reading.announce(member.file_size)
                with archive.open(member) as file:
                    reading.take(member.filename, file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError) as error:
        message = f"the CSAR is no zip archive that can be read: {error}"
        raise ArchiveError(message) from None
    return reading.files


class _Reading:
    """Files taken so far, and the bytes that may still come."""

    def __init__(self, limit: int) -> None:
        self.files: Files = {}
        self._limit = limit
        self._left = limit

    def announce(self, size: int) -> None:
        """Refuse a file that says it is too large before any of it is unpacked."""
        if size > self._left or len(self.files) >= MEMBERS:
            message = f"the archive may have {self._limit} bytes unpacked, in {MEMBERS} files"
            raise ArchiveError(message)

    def take(self, name: str, file: IO[bytes]) -> None:
        # One byte more than it may have: what it says of its size need not be true.
        content = file.read(self._left + 1)
        self.announce(len(content))
        self._left -= len(content)
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or not path.parts:
            message = f"the archive has a path that leads out of it: {name[:80]}"
            raise ArchiveError(message)
        if str(path) in self.files:
            message = f"the archive has {str(path)[:80]} twice"
            raise ArchiveError(message)
        self.files[str(path)] = content
