# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""The files, directories and removals of one component: compared with the host, then brought about."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils import files

LARGEST_DIFF_BYTES = 64 * 1024


class FileSetError(Exception):
    """What is wanted cannot be brought about; the message says which path, why, and what to do."""


@dataclass(frozen=True)
class Validation:
    """One check to run before anything is replaced."""

    dest: str
    command: str
    argv: list[str]


@dataclass
class _Step:
    """One path that differs from what is wanted."""

    path: str
    kind: str  # "directory", "file", "attributes" or "absent"
    attributes: files.Attributes | None = None
    content: bytes = b""
    before: bytes = b""
    have: files.Attributes | None = None
    validate: str | None = None


class FileSet:
    """Compares and applies.

    Args:
        files: options of `config_files.files`.
        directories: options of `config_files.directories`.
        absent: paths that are not to be there.
        contents: content of each file, by its path.
        check_mode: nothing will be applied; what a package brings later may be missing.
    """

    def __init__(
        self,
        *,
        files: list[dict[str, Any]],
        directories: list[dict[str, Any]],
        absent: list[str],
        contents: dict[str, bytes],
        check_mode: bool,
    ) -> None:
        """Keeps what is wanted; looks at nothing yet."""
        self._files = files
        self._directories = directories
        self._absent = absent
        self._contents = contents
        self._check_mode = check_mode
        self._steps: list[_Step] = []
        self.done: list[str] = []

    @property
    def changes(self) -> list[str]:
        """Paths that differ, sorted."""
        return sorted({step.path for step in self._steps})

    def prepare(self) -> None:
        """Compares everything with the host and finds what stands in the way.

        Raises:
            FileSetError: all obstacles at once.
        """
        problems: list[str] = []
        paths = [
            *(entry["dest"] for entry in self._files),
            *(entry["path"] for entry in self._directories),
            *self._absent,
        ]
        problems += [f"{path}: named twice in this task" for path in sorted({p for p in paths if paths.count(p) > 1})]
        problems += [f"{path}: give an absolute path" for path in paths if not Path(path).is_absolute()]
        comparisons = [
            *(partial(self._compare_directory, entry) for entry in self._directories),
            *(partial(self._compare_file, entry) for entry in self._files),
            *(partial(self._compare_absent, path) for path in self._absent),
        ]
        for compare in comparisons:
            try:
                compare()
            except (FileSetError, OSError) as error:
                problems.append(str(error))
        if problems:
            raise FileSetError("Nothing was changed. " + "; ".join(problems))

    def validations(self, scratch: str) -> list[Validation]:
        """Writes the new files aside and returns the commands that check them.

        Args:
            scratch: private folder for the copies.

        Raises:
            FileSetError: a command does not name the file.
        """
        checks = []
        for number, step in enumerate(self._steps):
            if step.kind != "file" or not step.validate:
                continue
            argv = shlex.split(step.validate)
            if not any("%s" in word for word in argv):
                raise FileSetError(f"{step.path}: validate ({step.validate}) does not say %s, the path of the new file")
            if self._check_mode and shutil.which(argv[0]) is None:
                continue
            copy = str(Path(scratch) / f"{number}-{Path(step.path).name}")
            files.replace(copy, step.content, files.Attributes(os.geteuid(), os.getegid(), 0o600))
            checks.append(Validation(step.path, step.validate, [word.replace("%s", copy) for word in argv]))
        return checks

    def apply(self) -> None:
        """Brings everything about.

        Raises:
            FileSetError: the system refused; `done` holds what was changed before.
        """
        for step in self._steps:
            try:
                if step.kind == "directory":
                    files.make_directory(step.path, _known(step))
                elif step.kind == "file":
                    files.replace(step.path, step.content, _known(step))
                elif step.kind == "attributes":
                    _known(step).set_on(step.path)
                else:
                    files.remove(step.path)
            except OSError as error:
                raise FileSetError(f"{step.path}: {error.strerror or error}") from error
            self.done.append(step.path)

    def diff(self) -> list[dict[str, Any]]:
        """Returns one entry per path, in the form that Ansible's callbacks print."""
        return [_entry(step) for step in self._steps]

    def _compare_directory(self, entry: dict[str, Any]) -> None:
        path, wanted = entry["path"], self._attributes(entry, entry["path"])
        have = files.Attributes.of(path, follow=True)
        if have is None:
            self._steps.append(_Step(path, "directory", wanted))
        elif not Path(path).is_dir():
            raise FileSetError(f"{path}: is a file, wanted is a directory; move it away or name another path")
        elif have != wanted:
            self._steps.append(_Step(path, "attributes", wanted, have=have))

    def _compare_file(self, entry: dict[str, Any]) -> None:
        path, wanted = entry["dest"], self._attributes(entry, entry["dest"])
        if path not in self._contents:
            raise FileSetError(f"{path}: has no content; config_files runs through its action plugin only")
        have, content = files.Attributes.of(path, follow=False), self._contents[path]
        if have is None:
            self._require_parent(path)
        elif _is_real_directory(Path(path)):
            raise FileSetError(f"{path}: is a directory, wanted is a file; name the file inside it")
        regular = _is_regular(Path(path))
        before = Path(path).read_bytes() if regular else b""
        if not regular or before != content:
            self._steps.append(_Step(path, "file", wanted, content, before, have=have, validate=entry.get("validate")))
        elif have != wanted:
            self._steps.append(_Step(path, "attributes", wanted, have=have))

    def _compare_absent(self, path: str) -> None:
        entry = Path(path)
        if files.Attributes.of(path, follow=False) is None:
            return
        if _is_real_directory(entry) and any(entry.iterdir()):
            raise FileSetError(f"{path}: is a directory with files in it; name the files to remove")
        self._steps.append(_Step(path, "absent", before=entry.read_bytes() if _is_regular(entry) else b""))

    def _require_parent(self, path: str) -> None:
        parent = Path(path).parent
        made_here = any(parent in (Path(entry["path"]), *Path(entry["path"]).parents) for entry in self._directories)
        if not (self._check_mode or made_here or parent.is_dir()):
            raise FileSetError(
                f"{path}: its folder does not exist; install the package that brings it or list it in directories"
            )

    def _attributes(self, entry: dict[str, Any], path: str) -> files.Attributes | None:
        """Returns owner, group and mode as numbers; None when check mode cannot know them yet."""
        try:
            return files.Attributes.named(entry["owner"], entry["group"], entry["mode"])
        except LookupError as error:
            if self._check_mode:
                return None
            raise FileSetError(f"{path}: {error.args[0]}") from error
        except ValueError as error:
            raise FileSetError(f"{path}: {error}") from error


def _is_real_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _known(step: _Step) -> files.Attributes:
    if step.attributes is None:  # only check mode leaves it open, and that applies nothing
        raise FileSetError(f"{step.path}: owner and mode are not known")
    return step.attributes


def _entry(step: _Step) -> dict[str, Any]:
    header = {"before_header": step.path, "after_header": step.path}
    if step.kind in ("directory", "attributes"):
        shown = str(step.attributes) if step.attributes else "owner or group not there yet"
        return {**header, "before": f"{step.have or 'absent'}\n", "after": f"{shown}\n"}
    if len(step.before) > LARGEST_DIFF_BYTES or len(step.content) > LARGEST_DIFF_BYTES:
        return {**header, "before": "", "after": f"(not shown: larger than {LARGEST_DIFF_BYTES} bytes)\n"}
    try:
        texts = {"before": step.before.decode(), "after": step.content.decode()}
    except UnicodeDecodeError:
        texts = {"before": "\0", "after": "\0"}
    if any("\0" in text for text in texts.values()):
        return {**header, "before": "", "after": "(not shown: binary)\n"}
    return {**header, **texts}
