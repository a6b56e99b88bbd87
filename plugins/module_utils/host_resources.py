# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Memory, processors and disks that a host may really use, bounded by the control groups it lives in."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

# File systems on which Docker's overlay2 cannot keep its layers: an overlay itself, the network's, FUSE.
_NO_DOCKER_STORAGE = ("overlay", "aufs", "nfs", "nfs4", "cifs", "9p", "vfat", "fuse", "fuse.", "ecryptfs")


def cgroup_version(root: Path = Path("/")) -> int:
    """Returns 2 where the unified hierarchy holds the controllers, else 1."""
    return 2 if (root / "sys/fs/cgroup/cgroup.controllers").exists() else 1


def memory_mb(root: Path = Path("/")) -> int:
    """Returns the memory in MiB: the machine's, or the least limit of a control group above this process."""
    total_kb = next(
        int(line.split()[1])
        for line in (root / "proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal:")
    )
    limits = [total_kb * 1024]
    name = "memory.max" if cgroup_version(root) == 2 else "memory.limit_in_bytes"
    for folder in _groups("memory", root):
        value = _read(folder / name)
        if value.isdigit():  # "max" of version 2 is none; version 1 tells "none" as a huge number
            limits.append(int(value))
    return min(limits) // (1024 * 1024)


def cpu_count(root: Path = Path("/")) -> int:
    """Returns the number of processors: those it may run on, or what the quotas of its control groups come to."""
    counts = [len(os.sched_getaffinity(0))]
    for folder in _groups("cpu", root):
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        if not quota:
            quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():
            counts.append(math.ceil(int(quota) / int(period)))
    return max(1, min(counts))


def disk_free_gb(path: str) -> float:
    """Returns the free space in GiB of the file system that holds a path, or will hold it."""
    found = os.statvfs(_nearest(path))
    return round(found.f_bavail * found.f_frsize / 1024**3, 1)


def filesystem(path: str, root: Path = Path("/")) -> str:
    """Returns the type of the file system that holds a path, or will hold it, such as `ext4` or `overlay`."""
    device = os.stat(_nearest(path)).st_dev  # noqa: PTH116
    kind, longest, exact = "", 0, ""
    for line in (root / "proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        number, mountpoint = fields.split()[2], fields.split()[4]
        if number == f"{os.major(device)}:{os.minor(device)}":
            exact = rest.split()[0]
        inside = path == mountpoint or path.startswith(mountpoint.rstrip("/") + "/")
        if inside and len(mountpoint) >= longest:  # a later line covers an earlier one
            kind, longest = rest.split()[0], len(mountpoint)
    return exact or kind


def holds_docker_storage(kind: str) -> bool:
    """Tells whether Docker's overlay2 works on a type of file system."""
    return bool(kind) and not kind.startswith("fuse.") and kind not in _NO_DOCKER_STORAGE


def _groups(controller: str, root: Path) -> Iterator[Path]:
    """Yields the folders of this process's control group and of those above it, as far as they can be seen."""
    base = root / "sys/fs/cgroup"
    if cgroup_version(root) == 1:
        base = base / controller
    own = "/"
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        if (number == "0" and cgroup_version(root) == 2) or controller in controllers.split(","):
            own = path
    # In a container the path may be the one outside; then only the mounted root is there, which is the container's.
    parts = [part for part in own.split("/") if part not in ("", "..")]
    for depth in range(len(parts), -1, -1):
        folder = base.joinpath(*parts[:depth])
        if folder.is_dir():
            yield folder


def _nearest(path: str) -> str:
    while not os.path.exists(path) and path != "/":  # noqa: PTH110
        path = os.path.dirname(path)  # noqa: PTH120
    return path


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
