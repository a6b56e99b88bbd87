"""From Neutron's ports to what the privileged helper sets up: pure functions over Nova's network model."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from . import names

METADATA_ADDRESS = "169.254.169.254/32"

ROUTE_METRIC = 100
"""Metric of the first NIC's default route; each further NIC's is one higher, so the first NIC wins."""

Vif = Mapping[str, Any]


class PortError(Exception):
    """A port cannot be plugged."""


def interfaces(vifs: Iterable[Vif], bridge: str, offload: str) -> list[dict[str, Any]]:
    """Returns one plan per NIC, as plain data for the helper.

    Args:
        vifs: Nova's network information of an instance, complete (waited for).
        bridge: Bridge of ports whose binding names none.
        offload: Option tx_checksum_offload.

    Raises:
        PortError: A port is not bound to Open vSwitch.
    """
    return [interface(vif, f"eth{index}", index, bridge, offload) for index, vif in enumerate(vifs)]


def interface(vif: Vif, name: str, index: int, bridge: str, offload: str) -> dict[str, Any]:
    """Returns the plan of one NIC; see `interfaces`.

    Args:
        vif: The port, as Nova describes it.
        name: Name of the NIC inside.
        index: Position of the NIC, for the metric of its default route.
        bridge: Bridge of ports whose binding names none.
        offload: Option tx_checksum_offload.
    """
    if vif["type"] != "ovs":
        raise PortError(
            f"port {vif['id']} is bound as {vif['type']!r}, this driver plugs 'ovs' only; is the Open vSwitch agent of this host alive "
            "(openstack network agent list)?"
        )
    details = vif.get("details") or {}
    network = vif["network"]
    routes: list[list[Any]] = []
    for subnet in network["subnets"]:
        routes += _routes_of(subnet, ROUTE_METRIC + index)
    return {
        "name": name,
        "tap": vif.get("devname") or names.tap_name(vif["id"]),
        "port": vif["id"],
        "mac": vif["address"],
        "mtu": int((network.get("meta") or {}).get("mtu") or 0),
        "bridge": details.get("bridge_name") or network.get("bridge") or bridge,
        "addresses": list(_addresses(network["subnets"])),
        "routes": routes,
        "offload": {"on": True, "off": False}.get(offload, _kernel_datapath(details)),
    }


def taps(vifs: Iterable[Vif]) -> list[str]:
    """Returns the host devices of an instance's NICs."""
    return [vif.get("devname") or names.tap_name(vif["id"]) for vif in vifs]


def resolver(vifs: Iterable[Vif]) -> str | None:
    """Returns resolv.conf: each subnet's name servers, its DHCP server where it has none; None when there is nothing to say.

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


def _routes_of(subnet: Mapping[str, Any], metric: int) -> list[list[Any]]:
    """Routes as [destination, gateway, metric]; metric 0 leaves it to the kernel.

    Without a gateway nothing leads to the metadata address: Neutron's DHCP server then serves it, and would hand out this route.
    """
    routes: list[list[Any]] = []
    gateway = (subnet.get("gateway") or {}).get("address")
    for route in subnet.get("routes") or ():
        routes.append([str(route["cidr"]), route["gateway"]["address"], 0])
    if gateway:
        routes.append(["default", gateway, metric])
    elif (dhcp_server := _meta(subnet, "dhcp_server")) and ":" not in dhcp_server:
        if METADATA_ADDRESS not in [route[0] for route in routes]:
            routes.append([METADATA_ADDRESS, dhcp_server, 0])
    return routes
