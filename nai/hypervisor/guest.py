"""Files the driver puts into an instance before it starts."""

from __future__ import annotations

import base64
import binascii
import io
import posixpath
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import names

_BOOT = Path(__file__).with_name("boot.sh")


@dataclass(frozen=True)
class GuestFile:
    """One file or directory inside the instance, of root.

    Attributes:
        path: Absolute path.
        content: What is in it; None makes it a directory.
        mode: Permissions.
    """

    path: str
    content: bytes | None
    mode: int


@dataclass(frozen=True)
class BootSettings:
    """What the boot script is told.

    Attributes:
        instance_uuid: Which instance it is; what is done once is done once for this one.
        wait_seconds: How long it waits for the network.
        start_sshd: It starts the image's SSH server.
        new_ssh_host_keys: It gives the SSH server keys of its own.
        run_user_data: It runs user data.
    """

    instance_uuid: str
    wait_seconds: int
    start_sshd: bool
    new_ssh_host_keys: bool
    run_user_data: bool

    def as_shell(self) -> str:
        """Returns the settings as shell assignments; all values are numbers, words or UUIDs."""
        return (
            f"instance={self.instance_uuid}\n"
            f"wait_seconds={self.wait_seconds}\n"
            f"start_sshd={_word(self.start_sshd)}\n"
            f"new_ssh_host_keys={_word(self.new_ssh_host_keys)}\n"
            f"run_user_data={_word(self.run_user_data)}\n"
        )


def boot_files(settings: BootSettings) -> list[GuestFile]:
    """Returns the boot script and its settings."""
    return [
        GuestFile(names.IN_GUEST, None, 0o755),
        GuestFile(f"{names.IN_GUEST}/boot", _BOOT.read_bytes(), 0o755),
        GuestFile(f"{names.IN_GUEST}/settings", settings.as_shell().encode(), 0o644),
    ]


def key_files(public_key: str | None) -> list[GuestFile]:
    """Returns what lets the owner of a key pair log in as root; nothing without a key pair."""
    if not public_key or not public_key.strip():
        return []
    return [
        GuestFile("/root/.ssh", None, 0o700),
        GuestFile("/root/.ssh/authorized_keys", public_key.strip().encode() + b"\n", 0o600),
    ]


def user_data_script(encoded: str | None) -> bytes | None:
    """Returns user data that can be run: that starts with `#!`.

    Other forms (`#cloud-config`, multi-part) are for cloud-init, which reads them from the metadata service.

    Args:
        encoded: User data in Base64, as Nova stores it.

    Raises:
        ValueError: It is not Base64.
    """
    if not encoded:
        return None
    try:
        content = base64.b64decode(encoded)
    except binascii.Error as error:
        raise ValueError(f"user data is not Base64: {error}") from error
    return content if content.startswith(b"#!") else None


def user_data_files(script: bytes | None) -> list[GuestFile]:
    """Returns the script of the user data, readable by root alone; nothing without one."""
    return [GuestFile(f"{names.IN_GUEST}/user-data", script, 0o700)] if script else []


def injected_files(files: Iterable[tuple[str, bytes | str]] | None) -> list[GuestFile]:
    """Returns the files of a request's `personality`.

    Raises:
        ValueError: A path is not absolute, or leaves the instance's tree or enters the driver's own files.
    """
    wanted = []
    for path, content in files or ():
        clean = "/" + posixpath.normpath(path).lstrip("/")
        if (
            not path.startswith("/")
            or ".." in path.split("/")
            or clean == "/"
            or clean.startswith(f"{names.IN_GUEST}/")
        ):
            raise ValueError(
                f"injected file {path!r}: the path has to be absolute, without .., and not below {names.IN_GUEST}"
            )
        wanted.append(GuestFile(clean, content.encode() if isinstance(content, str) else content, 0o600))
    return wanted


def archive(files: Iterable[GuestFile], modified: int = 0) -> bytes:
    """Packs files for the engine, to be unpacked at the instance's root.

    Args:
        files: What to pack; a path may come up again, the last one counts.
        modified: Time stamp of all files, seconds since 1970.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for file in files:
            entry = tarfile.TarInfo(file.path.lstrip("/"))
            entry.mode, entry.mtime = file.mode, modified
            if file.content is None:
                entry.type = tarfile.DIRTYPE
                tar.addfile(entry)
            else:
                entry.size = len(file.content)
                tar.addfile(entry, io.BytesIO(file.content))
    return packed.getvalue()


def _word(value: bool) -> str:
    return "yes" if value else "no"
