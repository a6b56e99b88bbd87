"""Checks that compare hosts with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from nai.installer.precheck.host_checks import in_network
from nai.installer.precheck.mirrors import mirrors
from nai.installer.precheck.model import Finding, Host, Needs, Severity


def clocks(hosts: list[Host], needs: Needs) -> Iterator[Finding]:
    """Tokens and agents' heartbeats carry times; hosts whose clocks differ refuse each other."""
    offsets = {
        host.name: float(host.fact("clock_offset_seconds"))
        for host in hosts
        if host.fact("clock_offset_seconds") is not None
    }
    if len(offsets) < 2:
        return
    # The host in the middle is taken as right: one wrong clock is then named, not all the others.
    middle = sorted(offsets.values())[(len(offsets) - 1) // 2]
    for name, offset in offsets.items():
        if abs(offset - middle) > needs.clock_skew_seconds:
            direction = "ahead of" if offset > middle else "behind"
            yield Finding(
                name,
                "clocks",
                f"its clock is {abs(offset - middle):.0f} s {direction} the other hosts'",
                f"synchronise it (chrony, systemd-timesyncd); up to {needs.clock_skew_seconds:g} s are tolerated",
            )


def hostnames(hosts: list[Host], _needs: Needs) -> Iterator[Finding]:
    """Services tell hosts apart by their names."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for host in hosts:
        if host.fact("hostname"):
            by_name[str(host.fact("hostname"))].append(host.name)
    for hostname, names in by_name.items():
        for name in names[1:]:
            yield Finding(
                name,
                "hostnames",
                f"its host name is {hostname}, as that of {names[0]}",
                "give each host a name of its own (`hostnamectl set-hostname`)",
            )


def tunnel_network(hosts: list[Host], _needs: Needs) -> Iterator[Finding]:
    """Tunnel ends reach each other, and with packets of the same size."""
    ends = {
        host.name: (host.addresses["nai_tunnel_address"], _interface_of(host, host.addresses["nai_tunnel_address"]))
        for host in hosts
        if host.addresses.get("nai_tunnel_address")
    }
    known = {name: (address, interface) for name, (address, interface) in ends.items() if interface}
    gateways = {host.name: host.fact("default_gateway") for host in hosts}
    for name, (_address, interface) in known.items():
        far = [
            other
            for other, (address, _interface) in known.items()
            if other != name and not in_network(address, interface["addresses"])
        ]
        if far and not gateways[name]:
            yield Finding(
                name,
                "tunnel_network",
                f"no route from {interface['name']} to the tunnel addresses of {', '.join(far)}",
                "put them into one network or add routes",
            )
    sizes = {name: int(interface["mtu"]) for name, (_address, interface) in known.items() if interface.get("mtu")}
    if sizes and len(set(sizes.values())) > 1:
        smallest = min(sizes.values())
        for name, size in sizes.items():
            if size != smallest:
                yield Finding(
                    name,
                    "tunnel_network",
                    f"MTU of its tunnel interface is {size}, another host's is {smallest}",
                    "set the same MTU on all; large packets get lost otherwise",
                    Severity.WARNING,
                )


def _interface_of(host: Host, address: str) -> dict[str, Any] | None:
    for interface in host.fact("interfaces", []):
        if address in {item.split("/")[0] for item in interface["addresses"]}:
            return dict(interface)
    return None


PLATFORM_CHECKS: tuple[Callable[[list[Host], Needs], Iterator[Finding]], ...] = (
    clocks,
    hostnames,
    tunnel_network,
    mirrors,
)
