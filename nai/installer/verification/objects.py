"""What a verification makes in the cloud, and taking it away again; both can be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from openstack import exceptions

from nai.installer.verification.cloud import PREFIX, wait_for
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.image import Image

OPEN_PORT = 22
CLOSED_PORT = 2222
"""An SSH server listens on both; the security group lets only the first one through."""


def upload_image(connection: Any, name: str, image: Image) -> Any:
    """Uploads the image as Docker instances take it."""
    return connection.image.create_image(
        name,
        filename=str(image.file),
        container_format="docker",
        disk_format="raw",
        visibility="private",
        allow_duplicates=True,
        wait=True,
        os_command_line=image.command,
    )


def make_network(connection: Any, name: str, cidr: str, external: str) -> dict[str, Any]:
    """Makes network, subnet and router, and connects the router to the external network.

    Returns:
        Ids of `network`, `subnet` and `router`, and `mtu` and `network_type` of the network.

    Raises:
        CheckFailedError: there is no such external network.
    """
    outside = connection.network.find_network(external, ignore_missing=True)
    if outside is None or not outside.is_router_external:
        raise CheckFailedError(
            f"an external network named {external}",
            "none; stage `cloud` of site.yml makes it, cloud_external_network_name names it",
        )
    network = connection.network.create_network(name=name)
    subnet = connection.network.create_subnet(name=name, network_id=network.id, ip_version=4, cidr=cidr)
    router = connection.network.create_router(name=name, external_gateway_info={"network_id": outside.id})
    connection.network.add_interface_to_router(router, subnet_id=subnet.id)
    return {
        "network": network.id,
        "subnet": subnet.id,
        "router": router.id,
        "external": outside.id,
        "mtu": network.mtu,
        "network_type": network.provider_network_type,
    }


def make_security_group(connection: Any, name: str) -> str:
    """Makes a security group that lets in ping and SSH; returns its id."""
    group = connection.network.create_security_group(name=name, description="verification")
    for protocol, port in (("icmp", None), ("tcp", OPEN_PORT)):
        connection.network.create_security_group_rule(
            security_group_id=group.id,
            direction="ingress",
            ether_type="IPv4",
            protocol=protocol,
            port_range_min=port,
            port_range_max=port,
        )
    return str(group.id)


def remove_all(connection: Any, timeout_seconds: float, poll_seconds: float = 0.25) -> list[str]:
    """Removes everything whose name says that a verification made it, of this run or an earlier one.

    Args:
        connection: the cloud.
        timeout_seconds: longest wait for the instances to be gone.
        poll_seconds: pause between two looks at them.

    Returns:
        What was removed, one line each.

    Raises:
        CheckFailedError: an instance does not go away, or something is still in use.
    """
    removed: list[str] = []
    servers = _servers(connection)
    for server in servers:
        _gone(connection.compute.delete_server, server.id)
        removed.append(f"instance {server.name}")
    if servers:
        ids = {server.id for server in servers}

        def left() -> list[Any]:
            return [server for server in _servers(connection) if server.id in ids]

        wait_for(
            lambda: None if left() else True,
            "the instances to be deleted",
            lambda: (
                "; ".join(f"{item.name} on {item.hypervisor_hostname} is {item.status}" for item in left())
                + "; see nova-compute.log there"
            ),
            timeout_seconds,
            poll_seconds,
        )
    for kind, name, remove in _parts(connection):
        try:
            _retry_in_use(remove)
        except exceptions.SDKException as error:
            raise CheckFailedError(f"{kind} {name} to be removed", str(error)) from error
        removed.append(f"{kind} {name}")
    return removed


def find_all(connection: Any) -> list[str]:
    """Lists what is there of any verification, one line each."""
    found = [f"instance {server.name}" for server in _servers(connection)]
    return found + [f"{kind} {name}" for kind, name, _remove in _parts(connection)]


def _servers(connection: Any) -> list[Any]:
    listed = connection.compute.servers(details=True, all_projects=True, name=f"^{PREFIX}")
    return [server for server in listed if server.name.startswith(PREFIX)]


def _parts(connection: Any) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Yields everything but instances in the order of removal: kind, name, how to remove it."""
    network, compute, image = connection.network, connection.compute, connection.image
    for address in network.ips():
        if (address.description or "").startswith(PREFIX):
            yield "floating IP", address.floating_ip_address, _call(network.delete_ip, address)
    for router in _named(network.routers()):
        yield "router", router.name, _call(_remove_router, network, router)
    networks = _named(network.networks())
    for found in networks:
        for port in network.ports(network_id=found.id):
            # Those of DHCP and router go with their owners.
            if not (port.device_owner or "").startswith("network:"):
                yield "port", port.id, _call(network.delete_port, port)
        yield "network", found.name, _call(network.delete_network, found)
    for group in _named(network.security_groups()):
        yield "security group", group.name, _call(network.delete_security_group, group)
    for key in _named(compute.keypairs()):
        yield "key pair", key.name, _call(compute.delete_keypair, key)
    for stored in image.images():
        if (stored.name or "").startswith(PREFIX):
            yield "image", stored.name, _call(image.delete_image, stored)


def _call(function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: function(*arguments)


def _named(items: Any) -> list[Any]:
    return [item for item in items if (item.name or "").startswith(PREFIX)]


def _remove_router(network: Any, router: Any) -> None:
    for port in network.ports(device_id=router.id):
        if port.device_owner == "network:router_interface":
            for fixed in port.fixed_ips:
                _gone(network.remove_interface_from_router, router, subnet_id=fixed["subnet_id"])
    network.delete_router(router)


def _gone(remove: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Removes something that may be gone already."""
    with suppress(exceptions.NotFoundException):
        remove(*arguments, **options)


def _retry_in_use(remove: Callable[[], Any], attempts: int = 20, pause_seconds: float = 0.5) -> None:
    """Removes something; one that is still in use may be freed a moment later (ports of a deleted instance)."""
    for attempt in range(attempts):
        try:
            remove()
        except exceptions.NotFoundException:
            return
        except exceptions.ConflictException:
            if attempt == attempts - 1:
                raise
            time.sleep(pause_seconds)
        else:
            return


def image_size_mb(file: Path) -> float:
    """Size of a file, MB."""
    return round(file.stat().st_size / 1e6, 1)
