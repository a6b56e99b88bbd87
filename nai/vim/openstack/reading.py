"""The SDK's resources as documents of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nai.catalogue import DeploymentFlavour, Network, NFVImage, Server, Subnet

UNLIMITED = 2**31 - 1
"""The largest number that the wire's Java clients read."""


def image(resource: Any) -> NFVImage:
    """An image of Glance."""
    return NFVImage(
        ext_id=resource.id,
        name=resource.name,
        min_ram=resource.min_ram or 0,
        min_disk_space=resource.min_disk or 0,
        is_public=resource.visibility == "public",
        disk_format=resource.disk_format,
        container_format=resource.container_format,
    )


def flavour(resource: Any) -> DeploymentFlavour:
    """A flavour of Nova; memory in MiB, disk in GiB."""
    return DeploymentFlavour(
        ext_id=resource.id,
        flavour_key=resource.name,
        ram=resource.ram or 0,
        disk=resource.disk or 0,
        vcpus=resource.vcpus or 0,
    )


def network(resource: Any, subnets: Iterable[Any]) -> Network:
    """A network of Neutron with its subnets."""
    return Network(
        ext_id=resource.id,
        name=resource.name,
        external=bool(resource.is_router_external),
        shared=bool(resource.is_shared),
        subnets=[
            Subnet(
                ext_id=subnet.id,
                name=subnet.name,
                network_id=resource.id,
                cidr=subnet.cidr,
                gateway_ip=subnet.gateway_ip,
            )
            for subnet in subnets
        ],
    )


def server(
    resource: Any,
    *,
    ports: Iterable[Any],
    floating_ips: Iterable[Any],
    network_names: Mapping[str, str],
    flavours: Mapping[str, DeploymentFlavour],
) -> Server:
    """A server of Nova with its addresses.

    Neutron is asked for the addresses: Nova's own list of them follows seconds later.

    Args:
        resource: The server.
        ports: Ports of it.
        floating_ips: Floating IPs at these ports, and others.
        network_names: Networks' ids → names.
        flavours: Flavours by id and by name: newer Novas embed the flavour without its id.
    """
    public = {ip.port_id: ip.floating_ip_address for ip in floating_ips}
    ips: dict[str, list[str]] = {}
    floating: dict[str, str] = {}
    for port in ports:
        name = network_names.get(port.network_id, port.network_id)
        ips.setdefault(name, []).extend(fixed["ip_address"] for fixed in port.fixed_ips)
        if port.id in public:
            floating[name] = public[port.id]
    size = resource.flavor or {}
    known = flavours.get(size.get("id") or "") or flavours.get(size.get("original_name") or "")
    return Server(
        ext_id=resource.id,
        name=resource.name,
        status=resource.status,
        extended_status=fault(resource) or resource.vm_state,
        host_name=resource.hostname or resource.name,
        hypervisor_host_name=resource.hypervisor_hostname,
        instance_name=resource.instance_name,
        image=NFVImage(ext_id=(resource.image or {}).get("id")),
        flavor=known or DeploymentFlavour(flavour_key=size.get("original_name"), ext_id=size.get("id")),
        ips=ips,
        floating_ips=floating,
    )


def fault(resource: Any) -> str:
    """Nova's own words for why a server is in ERROR; empty when there are none."""
    said = resource.fault or {}
    return " ".join(str(said.get("message") or said.get("details") or "").split())


def left(limit: int | None, used: int | None) -> int:
    """What is left of a limit; -1 and none mean without a limit."""
    if limit is None or limit < 0:
        return UNLIMITED
    return max(limit - (used or 0), 0)
