# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Interfaces, default route, listening ports and the kernel's Open vSwitch, read from the kernel itself."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.nubomedia.nai.plugins.module_utils import netlink

_LISTEN = "0A"
_ROUTE_GATEWAY = 0x2
_SYS_MODULE = 16  # bit of CAP_SYS_MODULE
_OVS_FAMILY = "ovs_datapath"


def interfaces(root: Path = Path("/")) -> list[dict[str, Any]]:
    """Returns every interface: name, hardware address, MTU in bytes, whether it is up, addresses with prefix length."""
    try:
        by_index = netlink.addresses()
    except OSError:
        by_index = {}
    found = []
    for folder in sorted((root / "sys/class/net").iterdir()):
        index = _read(folder / "ifindex")
        if not index:  # bonding_masters is a file among them
            continue
        found.append(
            {
                "name": folder.name,
                "mac": _read(folder / "address"),
                "mtu": int(_read(folder / "mtu") or 0),
                "up": _read(folder / "operstate") in ("up", "unknown"),
                "addresses": by_index.get(int(index), []),
            }
        )
    return found


def default_route(root: Path = Path("/")) -> tuple[str, str]:
    """Returns gateway and interface of the IPv4 default route with the least metric; empty texts without one."""
    routes = []
    for line in _read(root / "proc/net/route").splitlines()[1:]:
        name, target, gateway, flags, _refs, _use, metric, mask = line.split()[:8]
        if target == mask == "00000000" and int(flags, 16) & _ROUTE_GATEWAY:
            routes.append((int(metric), _ipv4(gateway), name))
    return min(routes)[1:] if routes else ("", "")


def listening_ports(root: Path = Path("/")) -> list[dict[str, Any]]:
    """Returns every TCP port that somebody listens on, with address and process name, sorted.

    The name is empty for a process of another user when this one is not root, and for the kernel's own sockets.
    """
    listening: dict[str, tuple[int, str]] = {}
    for name, convert in (("tcp", _ipv4), ("tcp6", _ipv6)):
        for line in _read(root / "proc/net" / name).splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN:
                address, port = fields[1].split(":")
                listening[fields[9]] = (int(port, 16), convert(address))
    names = dict(_socket_owners(root, set(listening)))
    found = {(port, address, names.get(inode, "")) for inode, (port, address) in listening.items()}
    return [{"port": port, "address": address, "process": process} for port, address, process in sorted(found)]


def openvswitch_in_kernel(*, may_load: bool, root: Path = Path("/")) -> bool:
    """Tells whether the kernel's Open vSwitch datapath can be used.

    It can when its netlink family is there, or when the module can be loaded.

    Args:
        may_load: try to load it, which alone is sure. Otherwise it is looked up whether modprobe would know how to, and
            whether this host may load modules at all.
        root: where proc is.
    """
    if _has_ovs_family():
        return True
    if may_load:
        _modprobe("--quiet")
        return _has_ovs_family()
    return _may_load_modules(root) and _modprobe("--dry-run", "--quiet")


def _has_ovs_family() -> bool:
    try:
        return _OVS_FAMILY in netlink.generic_families()
    except OSError:
        return False


def _modprobe(*options: str) -> bool:
    for folder in ("/usr/sbin", "/sbin"):
        program = os.path.join(folder, "modprobe")  # noqa: PTH118
        if os.access(program, os.X_OK):
            done = subprocess.run(  # noqa: S603  # fixed arguments
                [program, *options, "openvswitch"], capture_output=True, check=False
            )
            return done.returncode == 0
    return False


def _may_load_modules(root: Path) -> bool:
    found = re.search(r"^CapEff:\s*([0-9a-f]+)", _read(root / "proc/self/status"), re.MULTILINE)
    locked = _read(root / "proc/sys/kernel/modules_disabled") == "1"
    return bool(found) and not locked and bool(int(found.group(1), 16) >> _SYS_MODULE & 1)  # type: ignore[union-attr]


def _socket_owners(root: Path, inodes: set[str]) -> Iterator[tuple[str, str]]:
    """Yields socket number and process name for the sockets asked for."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    for process in os.listdir(root / "proc"):  # noqa: PTH208
        if not process.isdigit():
            continue
        folder = f"{root}/proc/{process}/fd"
        try:
            handles = os.listdir(folder)  # noqa: PTH208
        except OSError:  # ended meanwhile, or not ours
            continue
        for handle in handles:
            try:
                inode = wanted.get(os.readlink(f"{folder}/{handle}"))  # noqa: PTH115
            except OSError:
                continue
            if inode:
                yield inode, _read(root / "proc" / process / "comm")


def _ipv4(text: str) -> str:
    return socket.inet_ntop(socket.AF_INET, struct.pack("=I", int(text, 16)))


def _ipv6(text: str) -> str:
    words = struct.pack("=4I", *(int(text[at : at + 8], 16) for at in range(0, 32, 8)))
    return socket.inet_ntop(socket.AF_INET6, words)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
