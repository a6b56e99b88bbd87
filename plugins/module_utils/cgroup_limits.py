# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Limits that the kernel enforces on a process, from the files of its control groups (versions 1 and 2)."""

from __future__ import annotations

from pathlib import Path

# Version 1 shows "no limit" as the largest multiple of the page size that fits.
NO_LIMIT_BYTES = 1 << 60


def limits_of(pid: int, root: Path = Path("/")) -> tuple[int | None, float | None]:
    """Returns the limits of a process.

    Args:
        pid: its id.
        root: directory that holds `proc` and `sys`.

    Returns:
        Memory in bytes and number of processors; None stands for no limit.
    """
    try:
        lines = (root / f"proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None, None
    groups: dict[str, str] = {}
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path.lstrip("/")
    base = root / "sys/fs/cgroup"
    if "memory" in groups:
        memory = _number_in(base / "memory" / groups["memory"] / "memory.limit_in_bytes")
        # Most systems mount both controllers in one directory and link to it from `cpu`.
        folder = next(path for path in (base / "cpu", base / "cpu,cpuacct") if path.exists() or path.name != "cpu")
        quota = _number_in(folder / groups.get("cpu", "") / "cpu.cfs_quota_us")
        period = _number_in(folder / groups.get("cpu", "") / "cpu.cfs_period_us")
    else:
        group = base / groups.get("", "")
        memory = _number_in(group / "memory.max")
        quota, period = _quota(group / "cpu.max")
    if memory is not None and memory >= NO_LIMIT_BYTES:
        memory = None
    return memory, quota / period if quota and period and quota > 0 else None


def _number_in(path: Path) -> int | None:
    """The number that a file holds; None when it is not there or says `max`."""
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.lstrip("-").isdigit() else None


def _quota(path: Path) -> tuple[int | None, int | None]:
    """Quota and period out of `cpu.max` of version 2."""
    try:
        quota, _, period = path.read_text().strip().partition(" ")
    except OSError:
        return None, None
    return (None if quota == "max" else int(quota)), int(period or 0)
