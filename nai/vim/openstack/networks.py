"""Networks that the media plane makes for itself: with a subnet, and a router for floating IPs. Blocking."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import Any

from nai.catalogue import Network
from nai.vim.errors import VimError, VimNotFoundError
from nai.vim.openstack import inventory
from nai.vim.openstack.connection import Cloud
from nai.vim.options import DriverOptions

SUBNET_PREFIX = 24


def find_network(cloud: Cloud, wanted: str) -> Network | None:
    """Finds a network by id or name; the project's own before others', and of several the oldest."""
    return next((item for item in inventory.networks(cloud) if wanted in (item.ext_id, item.name)), None)


def network_of(cloud: Cloud, wanted: str) -> Network:
    """Finds a network by id or name.

    Raises:
        VimNotFoundError: There is none.
    """
    found = find_network(cloud, wanted)
    if found is None:
        names = ", ".join(sorted(str(item.name) for item in inventory.networks(cloud))) or "none"
        raise VimNotFoundError(f"VIM {cloud.name}: network {wanted} is not there; there are {names}")
    return found


def ensure_network(cloud: Cloud, name: str, options: DriverOptions) -> Network:
    """Finds a network or makes it, each missing piece by itself; see `VimDriver.ensure_network`.

    A network that somebody else made is used as it is: they decided how it is reached. One of this function's own may
    lack its last piece, when an earlier run was killed.
    """
    found = find_network(cloud, name)
    if found is not None and (found.subnets or found.external):
        own = next((str(subnet.ext_id) for subnet in found.subnets if subnet.name == _subnet_name(name)), None)
        if own is not None and not _routers_at(cloud, str(found.ext_id)):
            _connect(cloud, name, own)
        return found
    if found is None:
        cloud.ask(f"network {name}", lambda api: api.network.create_network(name=name))
        found = network_of(cloud, name)
    cidr = _free_range(cloud, options.network_range)
    subnet = cloud.ask(
        f"subnet of network {name}",
        lambda api: api.network.create_subnet(
            network_id=found.ext_id,
            name=_subnet_name(name),
            ip_version=4,
            cidr=str(cidr),
            dns_nameservers=list(options.name_servers),
        ),
    )
    _connect(cloud, name, subnet.id)
    return network_of(cloud, str(found.ext_id))


def external_network_of(cloud: Cloud, network_id: str) -> str:
    """Returns the external network whose floating IPs reach a network's servers.

    Raises:
        VimError: No router joins the network with an external one.
    """
    for router_id in _routers_at(cloud, network_id):
        gateway = _router(cloud, router_id).external_gateway_info or {}
        if gateway.get("network_id"):
            return str(gateway["network_id"])
    raise VimError(
        f"VIM {cloud.name}: no router joins network {network_id} with an external network, so no floating IP reaches it"
    )


def _subnet_name(name: str) -> str:
    return f"{name}-subnet"


def _router(cloud: Cloud, router_id: str) -> Any:
    return cloud.read(f"router {router_id}", lambda api: api.network.get_router(router_id))


def _routers_at(cloud: Cloud, network_id: str) -> list[str]:
    """Ids of the routers that have an interface in a network."""
    ports = cloud.read("router ports", lambda api: list(api.network.ports(network_id=network_id)))
    # An interface's owner is `network:router_interface`, with an ending for distributed and replicated routers.
    return [
        str(port.device_id) for port in ports if "router" in port.device_owner and "gateway" not in port.device_owner
    ]


def _connect(cloud: Cloud, name: str, subnet_id: str) -> None:
    """Joins a subnet with the outside by a router of its own; without an external network there is no way out."""
    external = next((item for item in inventory.networks(cloud) if item.external), None)
    if external is None:
        return
    router_name = f"{name}-router"
    router = cloud.read("routers", lambda api: next(iter(api.network.routers(name=router_name)), None))
    if router is None:
        router = cloud.ask(
            f"router {router_name}",
            lambda api: api.network.create_router(
                name=router_name, external_gateway_info={"network_id": external.ext_id}
            ),
        )
    cloud.ask(f"router {router_name}", lambda api: api.network.add_interface_to_router(router, subnet_id=subnet_id))


def _free_range(cloud: Cloud, within: IPv4Network) -> IPv4Network:
    """Picks the first /24 that no subnet that the project sees uses."""
    used: list[Any] = [
        ip_network(subnet.cidr) for network in inventory.networks(cloud) for subnet in network.subnets if subnet.cidr
    ]
    for candidate in within.subnets(new_prefix=max(SUBNET_PREFIX, within.prefixlen)):
        if not any(candidate.version == other.version and candidate.overlaps(other) for other in used):
            return candidate
    raise VimError(f"VIM {cloud.name}: no /{SUBNET_PREFIX} of {within} is free for a network")
