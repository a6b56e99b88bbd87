"""One testbed command at a time on a machine: checkouts share the engine, the images and the choice of addresses."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND_LOCK = Path("/run/lock/nai-testbed.lock")
ARCHIVE_LOCK = Path("/run/lock/nai-testbed-archive.lock")


@contextmanager
def machine_lock(on_wait: Callable[[str], None], path: Path = COMMAND_LOCK) -> Iterator[None]:
    """Holds the lock; the kernel releases it however the process ends.

    Args:
        on_wait: Called with a line for the user when another process holds the lock.
        path: The lock file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait("waiting for another testbed command on this machine to finish")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Holds a lock if nobody else does.

    Yields:
        Whether it is held.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
