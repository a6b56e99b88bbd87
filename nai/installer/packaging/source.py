"""The package itself: its files, their digest, and an archive of them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LENGTH = 12
"""Hex digits of a digest: names a directory, so it is short."""

_LEFT_OUT = frozenset({"__pycache__"})


def digest_of(parts: Mapping[str, bytes]) -> str:
    """Hex digits that change when a part's name or content changes."""
    total = hashlib.sha256()
    for name in sorted(parts):
        for text in (name.encode(), parts[name]):
            total.update(len(text).to_bytes(8, "big"))
            total.update(text)
    return total.hexdigest()[:LENGTH]


@dataclass(frozen=True)
class Source:
    """The files of a package.

    Attributes:
        name: Its name, which its directory has on the host.
        files: Content by path below its directory.
    """

    name: str
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, directory: Path, left_out: Iterable[str] = ()) -> Source:
        """Reads a directory.

        Args:
            directory: That of the package.
            left_out: Names of its direct subdirectories that stay behind.

        Raises:
            FileNotFoundError: There is no package.
        """
        if not (directory / "__init__.py").is_file():
            raise FileNotFoundError(f"{directory}: is no Python package; name a directory with an __init__.py")
        unwanted = set(left_out)
        files = {
            str(path.relative_to(directory)): path.read_bytes()
            for path in sorted(directory.rglob("*"))
            if path.is_file()
            and not _LEFT_OUT.intersection(path.parts)
            and path.relative_to(directory).parts[0] not in unwanted
        }
        return cls(directory.name, files)

    @property
    def digest(self) -> str:
        """Digest of all files."""
        return digest_of(self.files)

    def archive(self) -> bytes:
        """A tar of the package's directory, the same bytes for the same files."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
            for path, content in self.files.items():
                entry = tarfile.TarInfo(f"{self.name}/{path}")
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()
