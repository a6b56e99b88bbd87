# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Directories of Python files that are to be the same as on the control host: compared, then brought about."""

from __future__ import annotations

import compileall
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.nubomedia.nai.plugins.module_utils import files

_CACHE = "__pycache__"
_FILE = files.Attributes(0, 0, 0o644)
_DIRECTORY = files.Attributes(0, 0, 0o755)


@dataclass(frozen=True)
class Step:
    """One file that differs.

    Attributes:
        path: Where it is.
        before: What it holds; None when it is missing.
        after: What it is to hold; None when it is to go.
    """

    path: Path
    before: bytes | None
    after: bytes | None


def differences(trees: Mapping[str, Mapping[str, bytes]]) -> list[Step]:
    """Returns what differs, sorted by path.

    Args:
        trees: Content of files by their path below a directory, by the directory. A single file has the empty path;
            then nothing else beside it is looked at. In a directory everything else is to go.
    """
    steps = []
    for dest, wanted in trees.items():
        for name, content in wanted.items():
            path = Path(dest) / name if name else Path(dest)
            before = path.read_bytes() if path.is_file() else None
            if before != content:
                steps.append(Step(path, before, content))
        if "" not in wanted:
            stale = (path for path in _below(Path(dest)) if str(path.relative_to(dest)) not in wanted)
            steps += [Step(path, path.read_bytes(), None) for path in stale]
    return sorted(steps, key=lambda step: step.path)


def apply(steps: list[Step]) -> None:
    """Brings the differences about; every file is replaced in one step.

    Compiles what is new at once: otherwise the first process that imports it as root would, and the change of the
    directory would look like a change of the program.

    Raises:
        OSError: The system refused.
    """
    for step in steps:
        if step.after is None:
            step.path.unlink(missing_ok=True)
            _remove_compiled(step.path)
            continue
        if not step.path.parent.is_dir():
            files.make_directory(str(step.path.parent), _DIRECTORY)
        files.replace(str(step.path), step.after, _FILE)
        if step.path.suffix == ".py":
            compileall.compile_file(str(step.path), quiet=2)


def remove_empty(dest: Path) -> None:
    """Removes directories below a tree in which no file is left."""
    for path in sorted((path for path in dest.rglob("*") if path.is_dir()), reverse=True):
        if path.name != _CACHE and not any(entry for entry in path.iterdir() if entry.name != _CACHE):
            for compiled in (path / _CACHE).glob("*"):
                compiled.unlink()
            if (path / _CACHE).is_dir():
                (path / _CACHE).rmdir()
            path.rmdir()


def _below(dest: Path) -> Iterator[Path]:
    if dest.is_dir():
        for path in dest.rglob("*"):
            if not path.is_dir() and _CACHE not in path.relative_to(dest).parts:
                yield path


def _remove_compiled(path: Path) -> None:
    for compiled in (path.parent / _CACHE).glob(f"{path.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
