"""Removes what an aborted session of the tests left in the platform."""

from typing import Any

from tests.support.wait import until


def sweep(connection: Any, prefix: str) -> list[str]:
    """Removes everything whose name starts with the prefix, in the order that dependencies allow.

    Args:
        connection: Of the administrator.
        prefix: What the tests' own names start with.

    Returns:
        What was removed, for the log.
    """
    net, compute = connection.network, connection.compute
    removed: list[str] = []

    def ours(things: Any) -> list[Any]:
        found = [thing for thing in things if str(thing.name).startswith(prefix)]
        removed.extend(f"{type(thing).__name__} {thing.name}" for thing in found)
        return found

    servers = ours(compute.servers(all_projects=True))
    for server in servers:
        compute.delete_server(server.id, ignore_missing=True)
    for server in servers:
        until(
            f"{server.name} is deleted",
            lambda gone=server.id: compute.find_server(gone, all_projects=True) is None,  # type: ignore[misc]
            seconds=120,
        )
    networks = ours(net.networks())
    routers = ours(net.routers())
    for ip in net.ips():
        if str(ip.description).startswith(prefix):  # a floating IP has no name of its own
            net.delete_ip(ip, ignore_missing=True)
    for router in routers:
        for port in net.ports(device_id=router.id, device_owner="network:router_interface"):
            net.remove_interface_from_router(router, port_id=port.id)
        net.delete_router(router)
    for network in networks:
        for port in net.ports(network_id=network.id):
            if not str(port.device_owner).startswith("network:"):
                net.delete_port(port, ignore_missing=True)
        net.delete_network(network)
    for group in ours(net.security_groups()):
        net.delete_security_group(group)
    for image in ours(connection.image.images()):
        connection.image.delete_image(image)
    for key in ours(compute.keypairs()):
        compute.delete_keypair(key)
    return removed
