"""`nai testbed status`: what is there and how it is."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nai.installer.testbed.command import CommandError
from nai.installer.testbed.description import describe
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.network import plan_networks
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.ready import system_state

CACHED = ("images", "apt", "debootstrap")
"""Directories of the shared cache: packed images, packages, downloads for the base image."""


def collect(engine: Engine, owner: Owner) -> dict[str, Any]:
    """Returns the state of the testbed as plain data; sizes in bytes.

    Args:
        engine: The engine; it is not started.
        owner: Whose testbed.
    """
    description = describe(owner.inventory)
    answers = engine.answers()
    hosts = {
        host.name: {"group": host.group, "address": str(host.addresses["management"])} for host in description.hosts
    }
    status: dict[str, Any] = {
        "id": owner.id,
        "engine": engine.version() if answers else None,
        "hosts": {name: {**known, "state": "unknown"} for name, known in hosts.items()},
        "networks": {},
        "images": {},
        "cache": {str(owner.cache / name): _size(owner.cache / name) for name in CACHED},
    }
    if not answers:
        return status
    containers = {name: owner.name(name) for name in hosts}
    with ThreadPoolExecutor() as pool:
        states = pool.map(lambda name: _host(engine, name), containers.values())
    for name, state in zip(containers, states, strict=True):
        status["hosts"][name].update(state)
    for role, network in plan_networks(owner, description.networks).items():
        there = engine.inspect("network", network.name) is not None
        status["networks"][role] = {"name": network.name, "subnet": str(network.subnet), "exists": there}
    listing = engine("image", "ls", "nai-host/*", "--format", "{{.Repository}}:{{.Tag}} {{.Size}}")
    status["images"] = dict(line.split(" ", 1) for line in listing.splitlines())
    return status


def _host(engine: Engine, container: str) -> dict[str, Any]:
    """Returns the state of a host: the container's, systemd's, and its memory and limit in bytes."""
    existing = engine.inspect("container", container)
    if existing is None:
        return {"state": "absent"}
    state = existing["State"]["Status"]
    if state != "running":
        return {"state": state}
    limit: int = existing["HostConfig"]["Memory"]
    return {
        "state": state,
        "system": system_state(engine, container),
        "memory": _memory(engine, container),
        "memory_limit": limit,
    }


def _memory(engine: Engine, container: str) -> int | None:
    """Returns the bytes a host uses without the page cache it could give back, the figure of `docker stats`."""
    script = (
        "cd /sys/fs/cgroup; if [ -d memory ]; then cat memory/memory.usage_in_bytes memory/memory.stat; "
        "else cat memory.current memory.stat; fi"
    )
    try:
        used, *lines = engine("exec", container, "sh", "-c", script, timeout=20).splitlines()
    except (CommandError, ValueError):
        return None
    figures = dict(line.split() for line in lines)
    return int(used) - int(figures.get("total_inactive_file", figures.get("inactive_file", 0)))


def _size(directory: Path) -> int:
    return sum(path.lstat().st_size for path in directory.rglob("*") if path.is_file())


def show(status: Mapping[str, Any], console: Console) -> None:
    """Prints the state as tables."""
    engine = (
        f"Docker {status['engine']}" if status["engine"] else "[red]does not answer[/] (`nai testbed up` starts it)"
    )
    console.print(f"testbed {status['id']}, engine: {engine}", highlight=False)
    hosts = Table("host", "group", "address", "state", "systemd", "memory")
    for name, host in status["hosts"].items():
        memory = f"{host['memory'] / 2**30:.1f} of {host['memory_limit'] / 2**30:.0f} GiB" if host.get("memory") else ""
        hosts.add_row(name, host["group"], host["address"], host["state"], host.get("system", ""), memory)
    networks = Table("network", "name", "subnet", "state")
    for role, network in status["networks"].items():
        networks.add_row(role, network["name"], network["subnet"], "there" if network["exists"] else "absent")
    cache = Table("image or cache", "size")
    for tag, size in status["images"].items():
        cache.add_row(tag, size)
    for path, size in status["cache"].items():
        cache.add_row(path, f"{size / 1e6:.0f} MB")
    for table in (hosts, networks, cache):
        if table.row_count:
            console.print(table)
