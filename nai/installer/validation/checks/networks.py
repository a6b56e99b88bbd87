"""Do networks and addresses go together?"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from nai.installer.validation import networks
from nai.installer.validation.context import Context, Missing
from nai.installer.validation.finding import Finding

CIDRS = ("nai_management_cidr", "nai_tunnel_cidr", "nai_external_cidr")
_OF_ADDRESS = dict(zip(("nai_management_address", "nai_tunnel_address", "nai_external_address"), CIDRS, strict=True))


def check(context: Context) -> Iterator[Finding]:
    """Overlaps, addresses outside their networks, double addresses, the pool, name servers."""
    hosts = context.hosts("nai")
    if not hosts:
        return
    yield from _overlaps(context, hosts)
    yield from _host_addresses(context, hosts)
    yield from _duplicates(context, hosts)
    yield from _external(context, hosts)
    yield from _name_servers(context, hosts[0])


def _overlaps(context: Context, hosts: list[str]) -> Iterator[Finding]:
    found = {name: context.parsed(hosts[0], name) for name in CIDRS}
    cidrs: dict[str, IPv4Network] = {name: cidr for name, cidr in found.items() if not isinstance(cidr, Missing)}
    for name, cidr in cidrs.items():
        if use := networks.reserved_for(cidr):
            yield context.finding(
                hosts[0], name, f"is reserved for {use}", "choose a private network, for instance 10.20.0.0/24"
            )
    for one, other in networks.overlapping(cidrs):
        if {one, other} == set(CIDRS[:2]) and _one_network_for_both(context, hosts):
            continue
        yield context.finding(hosts[0], other, f"overlaps {one} {cidrs[one]}", "give each its own network")


def _one_network_for_both(context: Context, hosts: list[str]) -> bool:
    """Tunnels may run over the management network when no NIC has to be moved into a bridge."""
    datapath = context.schema.variables["openvswitch_datapath"]
    moves_nics = datapath.applies_to(*context.inventory.mode_and_release)
    if moves_nics and context.rendered(hosts[0], datapath.name) != "system":
        return False
    if context.parsed(hosts[0], CIDRS[0]) != context.parsed(hosts[0], CIDRS[1]):
        return False
    with_tunnel = [host for host in hosts if context.is_set(host, "nai_tunnel_address")]
    return all(
        context.rendered(host, "nai_tunnel_address") == context.rendered(host, "nai_management_address")
        for host in with_tunnel
    )


def _host_addresses(context: Context, hosts: list[str]) -> Iterator[Finding]:
    for name, cidr_name in _OF_ADDRESS.items():
        for host in hosts:
            address, cidr = context.parsed(host, name), context.parsed(host, cidr_name)
            if isinstance(address, Missing) or isinstance(cidr, Missing):
                continue
            if not networks.is_host_address(address, cidr):
                how = "is the network's own address in" if address in cidr else "is not inside"
                yield context.finding(
                    host, name, f"(host {host}) {how} {cidr_name} {cidr}", "correct the address or the network"
                )


def _duplicates(context: Context, hosts: list[str]) -> Iterator[Finding]:
    one_network = _one_network_for_both(context, hosts)
    owners: dict[str, tuple[str, str]] = {}
    addresses: list[tuple[str, IPv4Address]] = []
    for name in _OF_ADDRESS:
        if one_network and name == "nai_tunnel_address":
            continue
        for host in hosts:
            address = context.parsed(host, name)
            if not isinstance(address, Missing):
                owner = f"{name} of host {host}"
                owners[owner] = (host, name)
                addresses.append((owner, address))
    gateway = context.parsed(hosts[0], "nai_external_gateway")
    if not isinstance(gateway, Missing):
        owners["nai_external_gateway"] = (hosts[0], "nai_external_gateway")
        addresses.append(("nai_external_gateway", gateway))
    for later, earlier, _ in networks.repeated(addresses):
        host, name = owners[later]
        of_host = f"(host {host}) " if name in _OF_ADDRESS else ""
        yield context.finding(host, name, f"{of_host}is also {earlier}", "give each its own address")


def _external(context: Context, hosts: list[str]) -> Iterator[Finding]:
    first = hosts[0]
    cidr = context.parsed(first, "nai_external_cidr")
    start, end = context.parsed(first, "nai_external_pool_start"), context.parsed(first, "nai_external_pool_end")
    gateway = context.parsed(first, "nai_external_gateway")
    if not isinstance(cidr, Missing):
        for name, address in (
            ("nai_external_gateway", gateway),
            ("nai_external_pool_start", start),
            ("nai_external_pool_end", end),
        ):
            if not isinstance(address, Missing) and not networks.is_host_address(address, cidr):
                yield context.finding(
                    first,
                    name,
                    f"is no host's address in nai_external_cidr {cidr}",
                    "choose an address inside the network",
                )
    for host in context.hosts("controller"):
        if not context.is_set(host, "nai_external_address") and not context.rendered(host, "nai_external_interface"):
            yield Finding(
                context.source,
                None,
                f"host {host}",
                "",
                "has neither nai_external_address nor nai_external_interface",
                "set one of them: the controller needs an interface in the external network",
            )
    if isinstance(start, Missing) or isinstance(end, Missing):
        return
    if start > end:
        yield context.finding(
            first, "nai_external_pool_end", f"is before nai_external_pool_start {start}", "exchange the two"
        )
        return
    taken: list[tuple[str, Any]] = [("the gateway", gateway)]
    taken += [(f"host {host}", context.parsed(host, name)) for name in _OF_ADDRESS for host in hosts]
    servers = context.rendered(first, "nai_dns_servers")
    taken += [("a name server", _address(server)) for server in servers] if isinstance(servers, list | tuple) else []
    for owner, address in taken:
        if isinstance(address, IPv4Address) and start <= address <= end:
            yield context.finding(
                first,
                "nai_external_pool_start",
                f"begins a pool up to {end} that contains {owner} {address}",
                "move the pool: its addresses are given to routers and instances",
            )


def _name_servers(context: Context, host: str) -> Iterator[Finding]:
    servers, tunnel = context.rendered(host, "nai_dns_servers"), context.parsed(host, "nai_tunnel_cidr")
    management = context.parsed(host, "nai_management_cidr")
    if not isinstance(servers, list | tuple) or isinstance(tunnel, Missing) or tunnel == management:
        return
    for number, server in enumerate(servers):
        address = _address(server)
        if address is not None and address in tunnel:
            yield context.finding(
                host,
                "nai_dns_servers",
                f"is inside nai_tunnel_cidr {tunnel}, which instances cannot reach",
                "name a server that the external network reaches",
                where=f"[{number}]",
            )


def _address(value: object) -> IPv4Address | None:
    try:
        return IPv4Address(str(value))
    except ValueError:
        return None
