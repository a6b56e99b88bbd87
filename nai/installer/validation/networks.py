"""Rules about addresses and networks. Pure functions on Python's own types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

UNUSABLE = {
    IPv4Network("0.0.0.0/8"): "this network",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("169.254.0.0/16"): "link-local addresses and the metadata service",
    IPv4Network("224.0.0.0/3"): "multicast and reserved addresses",
}
"""Networks that hosts cannot have addresses in (RFC 6890)."""


def overlapping(networks: Mapping[str, IPv4Network]) -> Iterator[tuple[str, str]]:
    """Pairs of names whose networks share an address, in the order of the mapping."""
    for one, other in combinations(networks, 2):
        if networks[one].overlaps(networks[other]):
            yield one, other


def reserved_for(network: IPv4Network) -> str | None:
    """What the addresses of a network are reserved for; None when hosts may have them."""
    return next((use for reserved, use in UNUSABLE.items() if network.overlaps(reserved)), None)


def is_host_address(address: IPv4Address, network: IPv4Network) -> bool:
    """Whether a host can have the address in the network: inside, and neither its first nor its broadcast address."""
    if address not in network:
        return False
    return network.prefixlen >= 31 or address not in (network.network_address, network.broadcast_address)


def repeated(addresses: Iterable[tuple[str, IPv4Address]]) -> Iterator[tuple[str, str, IPv4Address]]:
    """Owners that have an address which an earlier one has: the later, the earlier, the address."""
    first: dict[IPv4Address, str] = {}
    for owner, address in addresses:
        if address in first:
            yield owner, first[address], address
        first.setdefault(address, owner)
