"""What is put into a container before it starts: public keys and user data, as a tar stream."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence

USER_DATA = "/.nai/user-data"

RUN_ONCE = f"[ -f {USER_DATA} ] && mkdir {USER_DATA}.started 2> /dev/null && exec {USER_DATA} > {USER_DATA}.log 2>&1"
"""Shell line that runs the user data. Making the directory succeeds once: it never runs twice."""


def archive(user_data: str, public_keys: Sequence[str]) -> bytes | None:
    """Returns the files of root as a tar stream, or None when there are none.

    Args:
        user_data: Run by the container's own interpreter when it starts with `#!`; anything else is only put there.
        public_keys: Who may log in as root, where the image has an SSH server.
    """
    if not user_data and not public_keys:
        return None
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        if user_data:
            _directory(tar, ".nai", 0o700)
            _file(tar, USER_DATA.lstrip("/"), user_data, 0o700)
        if public_keys:
            _directory(tar, "root/.ssh", 0o700)
            _file(tar, "root/.ssh/authorized_keys", "".join(f"{key.strip()}\n" for key in public_keys), 0o600)
    return stream.getvalue()


def _directory(tar: tarfile.TarFile, path: str, mode: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    tar.addfile(entry)


def _file(tar: tarfile.TarFile, path: str, text: str, mode: int) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(path)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
