# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Files on a host: read, replaced in one step, removed; owner and mode as numbers."""

from __future__ import annotations

import contextlib
import errno
import grp
import os
import pwd
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

_TEMPORARY = ".nai-new-"


@dataclass(frozen=True)
class Attributes:
    """Owner, group and permissions.

    Attributes:
        uid: number of the owner.
        gid: number of the group.
        mode: permission bits, e.g. 0o640.
    """

    uid: int
    gid: int
    mode: int

    @classmethod
    def named(cls, owner: str | None, group: str | None, mode: str | int) -> Attributes:
        """Looks the names up.

        Args:
            owner: name or number; None for the user of this process.
            group: name or number; None for the group of this process.
            mode: octal digits, or the number itself (YAML reads an unquoted 0640 as one).

        Raises:
            LookupError: the host has no such user or group.
            ValueError: the mode is not octal.
        """
        return cls(
            os.geteuid() if owner is None else _user(owner),
            os.getegid() if group is None else _group(group),
            _mode(mode),
        )

    @classmethod
    def of(cls, path: str, *, follow: bool) -> Attributes | None:
        """Returns those of a path; None when nothing is there.

        Args:
            path: what to look at.
            follow: look at what a symbolic link points to.
        """
        try:
            found = Path(path).stat() if follow else Path(path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode))

    def set_on(self, path: str) -> None:
        """Gives them to a path. The owner first: changing it clears set-user-id bits."""
        os.chown(path, self.uid, self.gid)
        Path(path).chmod(self.mode)

    def __str__(self) -> str:
        """As `ls` would tell it, with numbers."""
        return f"owner {self.uid}, group {self.gid}, mode {self.mode:04o}"


def replace(path: str, content: bytes, attributes: Attributes) -> None:
    """Puts a file in place of another one in one step: a reader sees the old or the new one, whatever happens.

    `AnsibleModule.atomic_move` is not used: between its rename and the setting of the mode, a new file with
    secrets can be read by everyone.

    Raises:
        OSError: the folder is missing, or the disk is full.
    """
    target = Path(path)
    _remove_leftovers(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}{_TEMPORARY}", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchown(file.fileno(), attributes.uid, attributes.gid)
            os.fchmod(file.fileno(), attributes.mode)
            os.fsync(file.fileno())
        os.utime(temporary)  # the moment of the replacement, not of the writing: services compares it with its start
        try:
            Path(temporary).rename(target)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            _write_in_place(target, content, attributes)  # a mount point of its own
    finally:
        Path(temporary).unlink(missing_ok=True)


def make_directory(path: str, attributes: Attributes) -> None:
    """Makes a directory and its missing parents; the parents get 0755."""
    folder = Path(path)
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(0o700)  # closed until it has its owner
    attributes.set_on(path)


def remove(path: str) -> None:
    """Removes a file, a link or an empty directory."""
    entry = Path(path)
    if entry.is_dir() and not entry.is_symlink():
        entry.rmdir()
    else:
        entry.unlink()


def _remove_leftovers(target: Path) -> None:
    """Removes what a run that was killed before its rename left behind."""
    prefix = f".{target.name}{_TEMPORARY}"
    for path in target.parent.iterdir():
        if path.name.startswith(prefix):
            path.unlink(missing_ok=True)


def _write_in_place(target: Path, content: bytes, attributes: Attributes) -> None:
    with target.open("r+b") as file:
        file.write(content)
        file.truncate()
    attributes.set_on(str(target))


def _user(name: str) -> int:
    try:
        return int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    except KeyError:
        raise LookupError(f"the host has no user {name!r}; install the package that makes it first") from None


def _group(name: str) -> int:
    try:
        return int(name) if name.isdigit() else grp.getgrnam(name).gr_gid
    except KeyError:
        raise LookupError(f"the host has no group {name!r}; install the package that makes it first") from None


def _mode(value: str | int) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not re.fullmatch(r"[0-7]{3,4}", str(value)):
        raise ValueError(f"mode {value!r} is not octal; write it as a string such as '0640'")
    return int(str(value), 8)
