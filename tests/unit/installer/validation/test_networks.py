"""The rules about networks hold for all networks."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from nai.installer.validation.networks import is_host_address, overlapping, repeated, reserved_for

ADDRESSES = st.integers(0, 2**32 - 1).map(IPv4Address)


@st.composite
def some_network(draw: st.DrawFn) -> IPv4Network:
    return IPv4Network((draw(ADDRESSES), draw(st.integers(0, 32))), strict=False)


NETWORKS = st.lists(some_network(), min_size=2, max_size=5).map(
    lambda found: {f"n{number}": network for number, network in enumerate(found)}
)


@given(NETWORKS)
def test_networks_overlap_when_one_holds_an_end_of_the_other(networks: dict[str, IPv4Network]) -> None:
    found = set(overlapping(networks))
    for one, first in networks.items():
        for other, second in networks.items():
            if one < other:
                shared = first[0] in second or first[-1] in second or second[0] in first
                assert ((one, other) in found) == shared


@given(NETWORKS)
def test_the_order_of_networks_does_not_matter(networks: dict[str, IPv4Network]) -> None:
    backwards = dict(reversed(networks.items()))
    assert {frozenset(pair) for pair in overlapping(networks)} == {frozenset(pair) for pair in overlapping(backwards)}


@given(some_network(), st.integers(1, 3))
def test_the_parts_of_a_network_do_not_overlap_each_other(network: IPv4Network, bits: int) -> None:
    parts = list(network.subnets(prefixlen_diff=min(bits, 32 - network.prefixlen)))
    named = {str(part): part for part in parts}
    assert list(overlapping(named)) == []
    assert len(list(overlapping({**named, "whole": network}))) == len(parts)


@given(some_network(), ADDRESSES)
def test_a_host_address_is_inside_and_not_at_an_end(network: IPv4Network, address: IPv4Address) -> None:
    inside = address in network
    assert not is_host_address(address, network) or inside
    if network.prefixlen < 31:
        assert not is_host_address(network.network_address, network)
        assert not is_host_address(network.broadcast_address, network)
        assert is_host_address(network.network_address + 1, network)


@given(st.lists(ADDRESSES, max_size=8))
def test_every_later_owner_of_an_address_is_told(addresses: list[IPv4Address]) -> None:
    found = list(repeated((str(number), address) for number, address in enumerate(addresses)))
    assert len(found) == len(addresses) - len(set(addresses))
    for later, earlier, address in found:
        assert int(earlier) < int(later)
        assert addresses[int(later)] == addresses[int(earlier)] == address


def test_reserved_networks() -> None:
    assert reserved_for(IPv4Network("127.0.0.0/24")) == "loopback"
    assert reserved_for(IPv4Network("169.0.0.0/8")) is not None
    assert reserved_for(IPv4Network("240.0.0.0/24")) is not None
    assert reserved_for(IPv4Network("172.31.90.0/24")) is None
