# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A Python application on a host: versions side by side, one of them current.

<root>/dependencies/<digest>/      what `site-packages` of all versions with these dependencies holds
<root>/<digest>/                   one version: a virtual environment with the package and a link to its dependencies
<root>/current -> <digest>         the version that runs; replaced in one step
"""

from __future__ import annotations

import compileall
import os
import platform
import re
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CURRENT = "current"
DEPENDENCIES = "dependencies"

_DIGEST = re.compile(r"[0-9a-f]{12}")
_NEW = ".new-"


def interpreter() -> dict[str, str]:
    """What decides which wheels run here: version, machine, C library."""
    library, version = platform.libc_ver()
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "machine": platform.machine(),
        "glibc": version if library == "glibc" else "",
    }


@dataclass(frozen=True)
class Application:
    """An application's directory.

    Attributes:
        root: The directory.
    """

    root: Path

    @property
    def release(self) -> str:
        """Digest of the version that runs; empty when none does."""
        link = self.root / CURRENT
        name = os.readlink(link) if link.is_symlink() else ""  # noqa: PTH115  # the text, not a path
        return name if _DIGEST.fullmatch(name) and (self.root / name / "bin").is_dir() else ""

    def has_dependencies(self, digest: str) -> bool:
        """Whether the dependencies are there, whole."""
        return (self.root / DEPENDENCIES / digest).is_dir()

    def add_dependencies(self, digest: str, archive: str) -> None:
        """Unpacks and compiles them; they appear in one step.

        Raises:
            OSError, tarfile.TarError: They cannot be unpacked.
        """
        with _Directory(self.root / DEPENDENCIES) as new:
            _unpack(archive, new)
            compileall.compile_dir(str(new), quiet=2, workers=0)
            new.rename(self.root / DEPENDENCIES / digest)

    def add_release(self, digest: str, archive: str, dependencies: str, program: str, entry: str) -> None:
        """Makes a version: an environment of its own, without pip.

        Args:
            digest: Of the version.
            archive: Of the package's directory.
            dependencies: Digest of its dependencies, which are there.
            program: Name of the program to make.
            entry: What it calls, as `module:function`.

        Raises:
            OSError, tarfile.TarError: It cannot be unpacked.
        """
        final = self.root / digest
        module, _, function = entry.partition(":")
        base = Path(sys.executable).resolve()
        with _Directory(self.root) as new:
            packages = new / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
            packages.mkdir(parents=True)
            _unpack(archive, packages)
            (packages / "dependencies.pth").write_text(f"{self.root / DEPENDENCIES / dependencies}\n")
            (new / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
            (new / "bin").mkdir()
            (new / "bin" / "python").symlink_to(base)
            script = new / "bin" / program
            script.write_text(
                f"#!{final}/bin/python -I\nimport sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n"
            )
            script.chmod(0o755)
            compileall.compile_dir(str(packages), quiet=2, workers=0)
            if final.exists():  # one that lost its link
                shutil.rmtree(final)
            new.rename(final)

    def switch(self, digest: str) -> None:
        """Makes a version the current one."""
        new = self.root / f"{_NEW}{CURRENT}"
        new.unlink(missing_ok=True)
        new.symlink_to(digest)
        new.replace(self.root / CURRENT)

    def prune(self, keep: set[str]) -> list[str]:
        """Removes other versions, dependencies that none of the kept ones has, and what killed runs left.

        Returns:
            Digests of the versions that went.
        """
        removed = []
        for path in self.root.iterdir():
            if path.name.startswith(_NEW) or (_DIGEST.fullmatch(path.name) and path.name not in keep):
                removed += [path.name] if _DIGEST.fullmatch(path.name) else []
                _remove(path)
        needed = {Path(text.read_text().strip()).name for text in self.root.glob("*/lib/*/*/dependencies.pth")}
        for path in (self.root / DEPENDENCIES).iterdir():
            if path.name not in needed:
                _remove(path)
        return sorted(removed)


class _Directory:
    """A directory that is made beside its final place; what is left of it when the block ends is removed."""

    def __init__(self, parent: Path) -> None:
        self.parent = parent

    def __enter__(self) -> Path:
        self.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.parent))
        self.path.chmod(0o755)
        return self.path

    def __exit__(self, *_exception: object) -> None:
        if self.path.exists():
            shutil.rmtree(self.path)


def _unpack(archive: str, directory: Path) -> None:
    # The filter, where this Python has it, refuses paths that lead out of the directory; the default from 3.14 on.
    options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive) as opened:
        opened.extractall(directory, **options)  # noqa: S202  # made by our own action


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
