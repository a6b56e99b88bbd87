"""SSH connections that Ansible keeps open to a host; after the host is replaced they would hang instead of failing."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nai.installer.testbed.command import run


def connected_processes(listing: str, program: str) -> set[int]:
    """Returns the ids of a program's processes in the output of `ss --processes`."""
    return {int(pid) for pid in re.findall(rf'\("{re.escape(program)}",pid=(\d+),', listing)}


def shared_connections(addresses: Iterable[str]) -> set[int]:
    """Returns the ids of the processes that share a connection (`ControlPersist`) to one of the addresses."""
    wanted = [word for address in addresses for word in ("or", "dst", address)][1:]
    if not wanted:
        return set()
    listing = run(["ss", "--no-header", "--tcp", "--numeric", "--processes", "(", *wanted, ")"])
    return {pid for pid in connected_processes(listing, "ssh") if _is_shared(pid)}


def _is_shared(pid: int) -> bool:
    try:
        return b"[mux]" in Path(f"/proc/{pid}/cmdline").read_bytes()  # the title ssh gives itself then
    except OSError:
        return False


def close_connections(addresses: Iterable[str]) -> int:
    """Ends the shared connections to some addresses.

    Returns:
        How many there were.
    """
    found = shared_connections(addresses)
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    return len(found)
