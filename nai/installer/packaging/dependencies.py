"""The locked dependencies for one kind of host, fetched once by the control host and kept in its cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nai.installer.packaging.source import digest_of
from nai.installer.packaging.target import Target

KEPT = 3
"""Archives that stay in the cache, the newest ones."""

_LAST_LINES = 12
_FORM = b"2"
"""Changes when the archive is made in another way."""


class PackagingError(Exception):
    """The dependencies cannot be fetched; the text says why and what to do."""


def cache_directory() -> Path:
    """Where archives are kept: NAI_CACHE_DIR, /var/cache/nai, or the user's own cache."""
    shared = Path(os.environ.get("NAI_CACHE_DIR", "/var/cache/nai"))
    try:
        shared.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    else:
        if os.access(shared, os.W_OK):
            return shared
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "nai"


@dataclass(frozen=True)
class Dependencies:
    """What a lock file names, for one kind of host.

    Attributes:
        lock: The lock file: requirements with hashes.
        target: The kind of host.
    """

    lock: Path
    target: Target

    @property
    def digest(self) -> str:
        """Digest of the lock and the kind of host."""
        return digest_of({"lock": self.lock.read_bytes(), "target": str(self.target).encode(), "form": _FORM})

    def archive(self, cache: Path) -> Path:
        """A tar of their files as they lie in `site-packages`, from the cache if it has it.

        Only wheels with the lock's hashes are taken, so it does not matter which index or mirror they come from: pip's
        own configuration of this machine decides. Two runs at once fetch them once.

        Args:
            cache: Directory of the cache.

        Raises:
            PackagingError: pip cannot fetch them.
        """
        directory = cache / "dependencies"
        directory.mkdir(parents=True, exist_ok=True)
        archive = directory / f"{self.digest}.tar.gz"
        with _locked(directory / ".lock"):
            if archive.exists():
                archive.touch()  # the newest are kept
                return archive
            for leftover in directory.glob("new-*"):  # of a run that was killed
                shutil.rmtree(leftover)
            with tempfile.TemporaryDirectory(dir=directory, prefix="new-") as temporary:
                tree = Path(temporary) / "tree"
                self._fetch(tree, cache)
                packed = Path(temporary) / "archive"
                _pack(tree, packed)
                packed.replace(archive)
            _prune(directory)
        return archive

    def _fetch(self, tree: Path, cache: Path) -> None:
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--target", str(tree)]
        done = subprocess.run(  # noqa: S603  # our own arguments
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--cache-dir", str(cache / "pip")),
                *(*options, *self.target.pip_options, "--requirement", str(self.lock)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")][-_LAST_LINES:]
            raise PackagingError(
                f"pip cannot fetch what {self.lock.name} names for {self.target}; correct what it tells:\n  "
                + "\n  ".join(said or [f"it ended with code {done.returncode}"])
            )


def _pack(tree: Path, archive: Path) -> None:
    """Leaves out what no service runs: the packages' own tests, and programs, which name this machine's Python."""
    shutil.rmtree(tree / "bin", ignore_errors=True)
    for tests in tree.glob("*/tests"):
        shutil.rmtree(tests)

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() else 0o644
        return entry

    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        for path in sorted(tree.iterdir()):
            packed.add(path, path.name, filter=plain)


def _prune(directory: Path) -> None:
    archives = sorted(directory.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in archives[KEPT:]:
        old.unlink()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
