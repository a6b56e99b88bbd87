"""Puts an inventory in place in one step: complete or not at all, whatever happens meanwhile."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nai.installer.checkout import displayed
from nai.installer.inventory import InventoryError
from nai.installer.inventory_files.draft import Draft
from nai.installer.inventory_files.reading import HOSTS, MAIN
from nai.installer.inventory_files.rendering import hosts_text, main_text
from nai.installer.own_secrets import OwnSecrets
from nai.installer.secrets import SecretsError, locked, secrets_file, store_secrets
from nai.installer.validation import Finding, validate
from nai.installer.validation.partial import about

_AT_WORKING_DIRECTORY = -100  # AT_FDCWD of fcntl.h
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)


class InventoryWriteError(Exception):
    """An inventory cannot be put in place; nothing has changed. The text says why and what to do."""


def write(
    directory: Path, draft: Draft, secrets: Mapping[str, str] | None = None, *, complete: bool = True
) -> list[Finding]:
    """Writes an inventory, unless it is wrong.

    It is made beside its place, with the other files of an inventory that is there already, checked, and then put into
    place by one rename. A run that is killed leaves the old inventory or the new one, and perhaps a hidden directory
    that the next run removes.

    Args:
        directory: Its place.
        draft: What it says.
        secrets: Values of secrets by name, for the vault-encrypted file; the missing ones are made.
        complete: False for an inventory that still lacks something: only what is there is checked, no secret is made.

    Returns:
        What is wrong, with the paths of the final place; when there is anything, nothing was written.

    Raises:
        InventoryWriteError: The place cannot be written, or its file of secrets not read.
    """
    directory = directory.resolve()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with locked(directory.parent):
            return _write(directory, draft, secrets or {}, complete)
    except OSError as error:
        where = displayed(str(error.filename or directory))
        raise InventoryWriteError(f"{where}: cannot be written ({error.strerror}); name another directory") from error
    except (SecretsError, InventoryError) as error:
        raise InventoryWriteError(str(error)) from error


def _write(directory: Path, draft: Draft, secrets: Mapping[str, str], complete: bool) -> list[Finding]:
    with _beside(directory) as new, _secrets_kept(directory):
        if directory.exists():
            shutil.copytree(directory, new, symlinks=True, dirs_exist_ok=True)
        (new / MAIN).parent.mkdir(parents=True, exist_ok=True)
        (new / HOSTS).write_text(hosts_text(draft), encoding="utf-8")
        (new / MAIN).write_text(main_text(draft), encoding="utf-8")
        own = OwnSecrets.of(new)
        store_secrets(own.path, own.vault, secrets)
        if complete:
            own.ensure()
            findings = list(validate([new]).findings)
        else:
            findings = about({*draft.variables, *(name for host in draft.hosts.values() for name in host)}, [new])
        if findings:
            return [_moved(finding, new, directory) for finding in findings]
        _synchronise(new)
        _put_in_place(new, directory)
        return []


@contextmanager
def _beside(directory: Path) -> Iterator[Path]:
    """A new directory in the same file system, gone at the end. What a killed run left there is removed as well."""
    prefix = f".{directory.name}.new-"
    for left_behind in directory.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_behind)
    new = Path(tempfile.mkdtemp(prefix=prefix, dir=directory.parent))
    try:
        mask = os.umask(0)
        os.umask(mask)
        new.chmod(0o777 & ~mask)  # mkdtemp's own 0700 would stay with the inventory
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _secrets_kept(directory: Path) -> Iterator[None]:
    """Keeps a run from adding secrets to the old inventory while it is copied."""
    folder = secrets_file(directory).parent
    if not folder.is_dir():
        yield
        return
    with locked(folder):
        yield


def _moved(finding: Finding, new: Path, directory: Path) -> Finding:
    return replace(
        finding,
        file=finding.file.replace(str(new), str(directory)),
        wrong=finding.wrong.replace(str(new), str(directory)),
    )


def _synchronise(directory: Path) -> None:
    """Everything below a directory is on the disk before its name is."""
    for folder, _, files in os.walk(directory):
        for name in (folder, *(os.path.join(folder, file) for file in files)):  # noqa: PTH118  # os.walk gives texts
            if Path(name).is_symlink():
                continue
            descriptor = os.open(name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _put_in_place(new: Path, directory: Path) -> None:
    if not directory.exists() or not any(directory.iterdir()):
        new.rename(directory)  # onto nothing or an empty directory: rename(2)
    else:
        _exchange(new, directory)
    descriptor = os.open(directory.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(one: Path, other: Path) -> None:
    """Gives two directories each other's name in one step; Python has no function for it."""
    rename = ctypes.CDLL(None, use_errno=True).renameat2
    places = (_AT_WORKING_DIRECTORY, os.fsencode(one), _AT_WORKING_DIRECTORY, os.fsencode(other))
    if rename(*places, _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise InventoryWriteError(
            f"{displayed(other)}: cannot be replaced in one step ({os.strerror(number)}); name a new directory"
        )
