"""Makes an inventory's missing secrets, once, in a vault-encrypted file."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import yaml
from ansible.errors import AnsibleError

RANDOM_BYTES = 24
"""Bytes of randomness in each secret (192 bits, 32 characters)."""

_HEADER = "# Secrets of this inventory, made by the installer. Change one with `ansible-vault edit`.\n"


class Vault(Protocol):
    """What encrypts and decrypts; `ansible.parsing.vault.VaultLib` does."""

    def encrypt(self, plaintext: str) -> bytes:
        """Encrypts with the run's vault secret."""

    def decrypt(self, vaulttext: bytes) -> bytes:
        """Decrypts; raises an AnsibleError when no vault secret fits."""


class SecretsError(Exception):
    """The file of secrets cannot be used; the text says why and what to do."""


def secrets_file(inventory_directory: str | Path) -> Path:
    """The file that holds an inventory's secrets."""
    return Path(inventory_directory) / "group_vars" / "all" / "secrets.yml"


def new_secret() -> str:
    """A random secret of letters, digits, `_` and `-`; a leading hyphen would make programs take it for an option."""
    while not (value := secrets.token_urlsafe(RANDOM_BYTES))[0].isalnum():
        pass
    return value


def ensure_secrets(path: str | Path, vault: Vault, names: Iterable[str], write: bool = True) -> dict[str, str]:
    """The value of each secret; those that the file lacks are made and added to it.

    Safe when two runs do it at once (the second one waits, then finds the first one's) and when a run is killed (the
    file is complete, either as it was or as it shall be). Other keys and comments in the file stay.

    Args:
        path: The file, `group_vars/all/secrets.yml` of the inventory.
        vault: Encrypts and decrypts it.
        names: Names of the secrets that have to exist.
        write: False in check mode: new values are made in memory only.

    Returns:
        Name and value of every secret of `names`.

    Raises:
        SecretsError: The file is not encrypted, the vault password does not fit, or it is not a YAML dictionary.
    """
    path, names = Path(path), sorted(set(names))
    text, known = _read(path, vault)
    if not write or not _lacking(known, names):
        if write and path.exists():
            _tighten(path)
        return _values(known, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        text, known = _read(path, vault)  # another run may have written it meanwhile
        made = {name: new_secret() for name in _lacking(known, names)}
        if made:
            _replace(path, vault.encrypt(_with(text, known, made)))
    return _values({**known, **made}, names)


def store_secrets(path: str | Path, vault: Vault, values: Mapping[str, str]) -> None:
    """Puts secrets that somebody chose into the file, in place of what it has; other keys and comments stay.

    Args:
        path: The file, `group_vars/all/secrets.yml` of the inventory.
        vault: Encrypts and decrypts it.
        values: Name and value of each.

    Raises:
        SecretsError: See `ensure_secrets`.
    """
    path = Path(path)
    if not values:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        text, known = _read(path, vault)
        changed = {name: value for name, value in values.items() if known.get(name) != value}
        if changed:
            _replace(path, vault.encrypt(_with(_without(text, changed), _rest(known, changed), changed)))


def missing_secrets(path: str | Path, vault: Vault, names: Iterable[str]) -> list[str]:
    """Names of the secrets that the file lacks.

    Raises:
        SecretsError: See `ensure_secrets`.
    """
    return _lacking(_read(Path(path), vault)[1], sorted(set(names)))


def _lacking(known: Mapping[str, Any], names: list[str]) -> list[str]:
    return [name for name in names if known.get(name) in (None, "")]


def _values(known: Mapping[str, Any], names: list[str]) -> dict[str, str]:
    return {name: new_secret() if known.get(name) in (None, "") else str(known[name]) for name in names}


def _read(path: Path, vault: Vault) -> tuple[str, dict[str, Any]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        raise SecretsError(f"{path}: cannot be read: {error.strerror}; check its owner and mode") from error
    if not data.strip():
        return "", {}
    if not data.startswith(b"$ANSIBLE_VAULT;"):
        raise SecretsError(f"{path}: is not encrypted; run `ansible-vault encrypt {path}`")
    try:
        text = vault.decrypt(data).decode()
    except AnsibleError as error:
        raise SecretsError(
            f"{path}: the vault password does not fit; give the one it was encrypted with"
            " (NAI_VAULT_PASSWORD_FILE or --vault-password-file), or restore .nai/vault_password"
        ) from error
    try:
        known = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        # The parser's own message quotes the text around the error, which here is secret.
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise SecretsError(f"{path}: is not valid YAML{where}; correct it with `ansible-vault edit {path}`") from None
    if not isinstance(known, dict):
        raise SecretsError(f"{path}: holds no names and values; correct it with `ansible-vault edit {path}`")
    return text, known


def _with(text: str, known: Mapping[str, Any], made: Mapping[str, str]) -> str:
    """The file's text with new secrets behind it; comments and order stay."""
    lines = "".join(f'{name}: "{value}"\n' for name, value in made.items())
    if not text:
        return _HEADER + lines
    if not made.keys() & known.keys():
        appended = text if text.endswith("\n") else f"{text}\n"
        try:
            if yaml.safe_load(appended + lines) == {**known, **made}:
                return appended + lines
        except yaml.YAMLError:
            pass  # a flow mapping or an end marker: write it anew
    return _HEADER + yaml.safe_dump({**known, **made}, sort_keys=False, default_flow_style=False)


def _without(text: str, names: Iterable[str]) -> str:
    """The file's text without the lines of some secrets, which are one line each."""
    setting = re.compile(rf"^(?:{'|'.join(map(re.escape, names))})[ \t]*:.*\n?", re.MULTILINE)
    return setting.sub("", text)


def _rest(known: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name not in set(names)}


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Holds the directory's lock; the kernel lets go of it when the process ends in any way."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, data: bytes) -> None:
    """Puts a file in place in one step. Call it with the lock held."""
    prefix = f".{path.name}."  # Ansible passes over hidden files in group_vars
    for left_behind in path.parent.glob(f"{prefix}*"):
        left_behind.unlink(missing_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=prefix, dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _tighten(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
