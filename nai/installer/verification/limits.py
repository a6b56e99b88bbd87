"""Whether the cgroup limits of the instances' containers are those of the flavor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEBIBYTE = 1024 * 1024


def differences(
    servers: Mapping[str, str], states: Mapping[str, Mapping[str, Any]], ram_mb: int, vcpus: int
) -> list[str]:
    """Compares what the compute hosts show with the flavor.

    Args:
        servers: compute host of each instance, by the instance's id.
        states: what `compute_host_state` returned, by host.
        ram_mb: memory of the flavor, MiB.
        vcpus: processors of the flavor.

    Returns:
        One line per difference.
    """
    found: list[str] = []
    for server, host in sorted(servers.items()):
        containers = [item for item in states.get(host, {}).get("containers", []) if item["instance"] == server]
        if len(containers) != 1:
            found.append(f"{host}: {len(containers)} containers with label nai.instance={server}, one expected")
            continue
        container = containers[0]
        if not container["running"]:
            found.append(f"{host}: container {container['name']} is not running")
            continue
        if container["memory_limit_bytes"] != ram_mb * MEBIBYTE:
            found.append(
                f"{host}: {container['name']} may use {_mebibytes(container['memory_limit_bytes'])} of memory,"
                f" flavor: {ram_mb} MiB"
            )
        if container["cpu_limit"] is None or abs(container["cpu_limit"] - vcpus) > 0.01:
            found.append(
                f"{host}: {container['name']} may use {container['cpu_limit'] or 'all'} processors, flavor: {vcpus}"
            )
    return found


def _mebibytes(size: int | None) -> str:
    return "any amount" if size is None else f"{size / MEBIBYTE:g} MiB"
