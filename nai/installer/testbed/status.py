"""`nai testbed status`: what is there and how it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nai.installer.testbed.checkout import Checkout
from nai.installer.testbed.description import describe, read_inventory
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.network import plan_networks
from nai.installer.testbed.ready import system_state


def collect(engine: Engine, checkout: Checkout) -> dict[str, Any]:
    """Returns the state of the testbed as plain data; sizes in bytes.

    Args:
        engine: The engine; it is not started.
        checkout: Whose testbed.
    """
    description = describe(read_inventory(checkout))
    answers = engine.answers()
    hosts = {
        host.name: {"group": host.group, "address": str(host.addresses["management"])} for host in description.hosts
    }
    status: dict[str, Any] = {
        "id": checkout.id,
        "engine": engine.version() if answers else None,
        "hosts": {name: {**known, "state": "unknown", "system": ""} for name, known in hosts.items()},
        "networks": {},
        "images": {},
        "cache": {str(path): _size(path) for path in sorted(checkout.cache.glob("*")) if path.is_dir()},
    }
    if not answers:
        return status
    containers = {name: checkout.name(name) for name in hosts}
    with ThreadPoolExecutor() as pool:
        states = pool.map(lambda name: _host(engine, name), containers.values())
    for name, state in zip(containers, states, strict=True):
        status["hosts"][name].update(state)
    memory = _memory(engine, [containers[name] for name in hosts if status["hosts"][name]["state"] == "running"])
    for name, container in containers.items():
        status["hosts"][name]["memory"] = memory.get(container, "")
    for role, network in plan_networks(checkout, description.networks).items():
        there = engine.inspect("network", network.name) is not None
        status["networks"][role] = {"name": network.name, "subnet": str(network.subnet), "exists": there}
    listing = engine("image", "ls", "nai-host/*", "--format", "{{.Repository}}:{{.Tag}} {{.Size}}")
    status["images"] = dict(line.split(" ", 1) for line in listing.splitlines())
    return status


def _host(engine: Engine, container: str) -> dict[str, str]:
    existing = engine.inspect("container", container)
    if existing is None:
        return {"state": "absent"}
    state = existing["State"]["Status"]
    return {"state": state, "system": system_state(engine, container) if state == "running" else ""}


def _memory(engine: Engine, containers: list[str]) -> dict[str, str]:
    if not containers:
        return {}
    lines = engine("stats", "--no-stream", "--format", "{{json .}}", *containers).splitlines()
    return {row["Name"]: row["MemUsage"] for row in map(json.loads, lines)}


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
        hosts.add_row(name, host["group"], host["address"], host["state"], host["system"], host.get("memory", ""))
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
