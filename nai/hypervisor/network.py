"""From Neutron's ports to what the privileged helper sets up: pure functions over Nova's network model."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import names

METADATA_ADDRESS = "169.254.169.254/32"

ROUTE_METRIC = 100
"""Metric of the first NIC's routes; each further NIC's is one higher, so the first NIC wins."""

Vif = Mapping[str, Any]


class PortError(Exception):
    """A port cannot be plugged."""


def interfaces(vifs: Sequence[Vif], bridge: str, offload: str) -> list[dict[str, Any]]:
    """Returns one plan per NIC, as plain data for the helper.

    Args:
        vifs: Nova's network information of an instance, complete (waited for).
        bridge: Bridge of ports whose binding names none.
        offload: Option tx_checksum_offload.

    Raises:
        PortError: A port is not bound to Open vSwitch.
    """
    isolated = not any((subnet.get("gateway") or {}).get("address") for subnet in _subnets(vifs))
    plans = []
    for index, vif in enumerate(vifs):
        if vif["type"] != "ovs":
            raise PortError(
                f"port {vif['id']} is bound as {vif['type']!r}, this driver plugs 'ovs' only; is the Open vSwitch "
                "agent of this host alive (openstack network agent list)?"
            )
        plans.append(_interface(vif, index, isolated, bridge, offload))
    return plans


def _interface(vif: Vif, index: int, isolated: bool, bridge: str, offload: str) -> dict[str, Any]:
    details = vif.get("details") or {}
    network = vif["network"]
    return {
        "name": f"eth{index}",
        "tap": vif.get("devname") or names.tap_name(vif["id"]),
        "port": vif["id"],
        "mac": vif["address"],
        "mtu": int((network.get("meta") or {}).get("mtu") or 0),
        "bridge": details.get("bridge_name") or network.get("bridge") or bridge,
        "addresses": list(_addresses(network["subnets"])),
        "routes": [route for subnet in network["subnets"] for route in _routes(subnet, ROUTE_METRIC + index, isolated)],
        "offload": {"on": True, "off": False}.get(offload, _kernel_datapath(details)),
    }


def taps(vifs: Iterable[Vif]) -> list[str]:
    """Returns the host devices of an instance's NICs."""
    return [vif.get("devname") or names.tap_name(vif["id"]) for vif in vifs]


def resolver(vifs: Iterable[Vif]) -> str | None:
    """Returns resolv.conf: each subnet's name servers, its DHCP server where it has none; None for nothing to say.

    A subnet without name servers of its own has Neutron's dnsmasq forward, which DHCP would tell the instance.
    """
    servers: list[str] = []
    for subnet in _subnets(vifs):
        addresses = [server["address"] for server in subnet.get("dns") or ()]
        if not addresses and (dhcp_server := _meta(subnet, "dhcp_server")):
            addresses = [dhcp_server]
        servers += [address for address in addresses if address not in servers]
    return "".join(f"nameserver {server}\n" for server in servers) or None


def hosts(hostname: str, vifs: Iterable[Vif]) -> str:
    """Returns /etc/hosts: loopback, and the host name at each of the instance's addresses."""
    lines = [
        "127.0.0.1 localhost",
        "::1 localhost ip6-localhost ip6-loopback",
        "ff02::1 ip6-allnodes",
        "ff02::2 ip6-allrouters",
    ]
    addresses = [ip["address"] for subnet in _subnets(vifs) for ip in subnet["ips"]]
    lines += [f"{address} {hostname}" for address in addresses or ["127.0.1.1"]]
    return "\n".join(lines) + "\n"


def _kernel_datapath(details: Mapping[str, Any]) -> bool | None:
    """True and False as the binding tells, None when it does not; the helper then asks Open vSwitch."""
    datapath = details.get("datapath_type")
    return None if datapath is None else datapath != "netdev"


def _subnets(vifs: Iterable[Vif]) -> Iterable[Mapping[str, Any]]:
    for vif in vifs:
        yield from vif["network"]["subnets"]


def _meta(model: Mapping[str, Any], key: str) -> Any:
    return (model.get("meta") or {}).get(key)


def _addresses(subnets: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for subnet in subnets:
        prefix = ipaddress.ip_network(str(subnet["cidr"]), strict=False).prefixlen
        for ip in subnet["ips"]:
            yield f"{ip['address']}/{prefix}"


def _routes(subnet: Mapping[str, Any], metric: int, isolated: bool) -> Iterator[list[Any]]:
    """Yields routes as [destination, gateway, metric].

    An instance whose ports all lack a gateway has no way to the metadata address. Neutron's DHCP server serves it in
    such a network, and would hand out this route.
    """
    for route in subnet.get("routes") or ():
        yield [str(route["cidr"]), route["gateway"]["address"], metric]
    if gateway := (subnet.get("gateway") or {}).get("address"):
        yield ["default", gateway, metric]
    dhcp_server = _meta(subnet, "dhcp_server")
    if isolated and dhcp_server and ":" not in dhcp_server:
        yield [METADATA_ADDRESS, dhcp_server, metric]
