"""What the helper is asked for, checked value by value: nothing else reaches a program that runs as root."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import names

_NETNS = re.compile(r"(/var)?/run/docker/netns/[0-9A-Za-z]{1,64}")
_ENGINE_FILE = re.compile(r"/[\w./+-]*/containers/[0-9a-f]{64}/(resolv\.conf|hosts)")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_NIC = re.compile(r"eth[0-9]{1,3}")
_BRIDGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}")
_OVSDB = re.compile(r"(unix:/[\w./-]+|tcp:[0-9.]+:[0-9]{1,5})?")
_ALLOWED_MTU = range(68, 65536)


class PlanError(ValueError):
    """A value is not of its form."""


@dataclass(frozen=True)
class Nic:
    """One NIC.

    Attributes:
        name: Its name inside, `eth0`.
        tap: The device on the host.
        port: Neutron's id of the port.
        mac: Its address.
        mtu: Its MTU in bytes, 0 for the kernel's own.
        bridge: Bridge it is plugged into.
        addresses: Addresses with prefix lengths.
        routes: Destination (or `default`), gateway, metric.
        offload: Checksum offload; None means that the bridge's datapath decides.
    """

    name: str
    tap: str
    port: str
    mac: str
    mtu: int
    bridge: str
    addresses: tuple[str, ...]
    routes: tuple[tuple[str, str, int], ...]
    offload: bool | None

    @classmethod
    def checked(cls, request: dict[str, Any]) -> Nic:
        """Makes a NIC of plain data.

        Raises:
            PlanError: A value is not of its form.
        """
        mtu = int(request["mtu"])
        if mtu and mtu not in _ALLOWED_MTU:
            raise PlanError(f"mtu: {mtu} is not between 68 and 65535")
        return cls(
            name=_match("name", _NIC, request["name"]),
            tap=tap(request["tap"]),
            port=_match("port", names.UUID, request["port"]),
            mac=_match("mac", _MAC, str(request["mac"]).lower()),
            mtu=mtu,
            bridge=_match("bridge", _BRIDGE, request["bridge"]),
            addresses=tuple(_network("address", ipaddress.ip_interface, value) for value in request["addresses"]),
            routes=tuple(
                (
                    "default" if destination == "default" else _network("route", ipaddress.ip_network, destination),
                    _network("gateway", ipaddress.ip_address, gateway),
                    int(metric),
                )
                for destination, gateway, metric in request["routes"]
            ),
            offload=None if request["offload"] is None else bool(request["offload"]),
        )


@dataclass(frozen=True)
class PlugPlan:
    """All NICs of an instance.

    Attributes:
        instance: UUID of the instance.
        netns: Path of its network namespace.
        interfaces: Its NICs.
        files: Contents of the engine's own resolv.conf and hosts of the container, by path.
        ovsdb: Open vSwitch database, empty for the host's own.
    """

    instance: str
    netns: str
    interfaces: tuple[Nic, ...]
    files: tuple[tuple[Path, str], ...]
    ovsdb: str

    @classmethod
    def checked(cls, request: dict[str, Any]) -> PlugPlan:
        """Makes a plan of plain data.

        Raises:
            PlanError: A value is not of its form.
        """
        return cls(
            instance=_match("instance", names.UUID, request["instance"]),
            netns=_match("netns", _NETNS, request["netns"]),
            interfaces=tuple(Nic.checked(nic) for nic in request["interfaces"]),
            files=tuple((_engine_file(path), str(text)) for path, text in request["files"].items()),
            ovsdb=connection(request["ovsdb"]),
        )


def tap(value: object) -> str:
    """Returns the name of a port's device, checked."""
    return _match("tap", names.TAP, value)


def connection(value: object) -> str:
    """Returns the address of an Open vSwitch database, checked; empty for the host's own."""
    return _match("ovsdb", _OVSDB, value)


def _engine_file(value: object) -> Path:
    path = _match("file", _ENGINE_FILE, value)
    if ".." in Path(path).parts:
        raise PlanError(f"file: {path!r} has .. in it")
    return Path(path)


def _match(what: str, form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise PlanError(f"{what}: {value!r} is not of the form {form.pattern}")
    return value


def _network(what: str, parse: Callable[[str], object], value: object) -> str:
    try:
        return str(parse(str(value)))
    except ValueError as error:
        raise PlanError(f"{what}: {error}") from error
