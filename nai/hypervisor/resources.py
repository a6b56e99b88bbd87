"""What this host has to offer, as Nova and Placement count it.

The host may itself be a container or a slice of a machine: the kernel shows it the whole machine's memory and CPUs, its
control groups say what it really has. The smaller number counts.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MIB = 1024 * 1024
_GIB = 1024 * _MIB
_CGROUPS = Path("/sys/fs/cgroup")
_UNLIMITED_BYTES = 1 << 60
"""Version 1 of the control groups writes "no limit" as a number near 2^63."""


@dataclass(frozen=True)
class Host:
    """Capacity of a host.

    Attributes:
        vcpus: CPUs.
        memory_mb: Memory in MB.
        disk_gb: File system of the engine's images and containers, in GB.
        disk_free_gb: What is free of it, in GB.
    """

    vcpus: int
    memory_mb: int
    disk_gb: int
    disk_free_gb: int


def host(engine_info: Mapping[str, Any], cgroups: Path = _CGROUPS) -> Host:
    """Returns the capacity of this host.

    Args:
        engine_info: The engine's description of itself and the host.
        cgroups: Where the control groups are mounted.
    """
    disk = os.statvfs(str(engine_info["DockerRootDir"]))
    memory_limit = memory_limit_bytes(cgroups)
    cpus = cpu_limit(cgroups)
    memory_bytes = int(engine_info["MemTotal"])
    return Host(
        vcpus=max(1, min(int(engine_info["NCPU"]), math.floor(cpus) if cpus else int(engine_info["NCPU"]))),
        memory_mb=min(memory_bytes, memory_limit or memory_bytes) // _MIB,
        disk_gb=disk.f_blocks * disk.f_frsize // _GIB,
        disk_free_gb=disk.f_bavail * disk.f_frsize // _GIB,
    )


def memory_limit_bytes(cgroups: Path = _CGROUPS) -> int | None:
    """Returns the memory limit of the control group this host's services run in, None without one.

    Looks at both versions of the control groups, at the root of what is mounted: that is where a container sees its own
    limit.
    """
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        value = _read(cgroups / name)
        if value.isdigit() and int(value) < _UNLIMITED_BYTES:
            return int(value)
    return None


def cpu_limit(cgroups: Path = _CGROUPS) -> float | None:
    """Returns the CPUs that the quota of this host's control group amounts to, None without a quota."""
    quota, _, period = _read(cgroups / "cpu.max").partition(" ")
    if not quota:
        quota, period = _read(cgroups / "cpu/cpu.cfs_quota_us"), _read(cgroups / "cpu/cpu.cfs_period_us")
    if quota.isdigit() and period.isdigit() and int(period):
        return int(quota) / int(period)
    return None


def available(
    host: Host,
    limits: Iterable[Mapping[str, Any]],
    hostname: str,
    engine_version: str,
    supported: list[tuple[str, str, str]],
    reserved_memory_mb: int,
) -> dict[str, Any]:
    """Returns what Nova's resource tracker asks for.

    What is used is the sum of the limits of all instances, running or not: that is what Nova has promised them.

    Args:
        host: Capacity.
        limits: HostConfig of each instance's container.
        hostname: Name of the node.
        engine_version: Version of the engine, `26.1.5`.
        supported: Architecture, kind of hypervisor and mode of what runs here.
        reserved_memory_mb: Memory kept for the host's own services.
    """
    limits = list(limits)
    return {
        "vcpus": host.vcpus,
        "memory_mb": host.memory_mb,
        "local_gb": host.disk_gb,
        "vcpus_used": sum(one["CpuQuota"] // one["CpuPeriod"] for one in limits if one.get("CpuPeriod")),
        "memory_mb_used": reserved_memory_mb + sum(one.get("Memory", 0) // _MIB for one in limits),
        "local_gb_used": host.disk_gb - host.disk_free_gb,
        "disk_available_least": host.disk_free_gb,
        "hypervisor_type": "docker",
        "hypervisor_version": version_number(engine_version),
        "hypervisor_hostname": hostname,
        "cpu_info": "{}",
        "numa_topology": None,
        "supported_instances": supported,
    }


def inventory(host: Host, ratios: Mapping[str, float], reserved: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Returns the inventory of the host for Placement; a class the host has nothing of is left out.

    Args:
        host: Capacity.
        ratios: Allocation ratio by resource class.
        reserved: What the host's own services keep, by resource class.
    """
    totals = {"VCPU": host.vcpus, "MEMORY_MB": host.memory_mb, "DISK_GB": host.disk_gb}
    return {
        resource: {
            "total": total,
            "reserved": min(reserved[resource], total),
            "min_unit": 1,
            "max_unit": total,
            "step_size": 1,
            "allocation_ratio": ratios[resource],
        }
        for resource, total in totals.items()
        if total > 0
    }


def version_number(version: str) -> int:
    """Returns a version as the integer Nova stores: `26.1.5` is 26001005.

    Parts that are no numbers (`+dfsg1`, `~rc1`) end it.
    """
    number, parts = 0, version.split(".")
    for position in range(3):
        text = parts[position] if position < len(parts) else ""
        digits = text[: next((i for i, letter in enumerate(text) if not letter.isdigit()), len(text))]
        number = number * 1000 + int(digits or 0)
    return number


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
