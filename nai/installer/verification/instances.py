"""The instances: one on each compute host, active, with a floating IP."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from nai.installer.verification.cloud import wait_for
from nai.installer.verification.errors import CheckFailedError


@dataclass
class Instance:
    """One instance of a verification.

    Attributes:
        id: Nova's id.
        name: its name, which is also its host name.
        host: compute host it was asked to run on.
        requested: when it was asked for, seconds of `time.monotonic`.
        active_seconds: from the request until it was active.
        banner_seconds: from the request until its SSH server answered through the floating IP.
        fixed_ip: address in the verification's network.
        floating_ip: address outside.
        port: Neutron's id of its port.
    """

    id: str
    name: str
    host: str
    requested: float
    active_seconds: float = 0.0
    banner_seconds: float = 0.0
    fixed_ip: str = ""
    floating_ip: str = ""
    port: str = ""


def request(
    connection: Any, name: str, host: str, *, image: str, flavor: str, network: str, group: str, key: str
) -> Instance:
    """Asks for an instance on one compute host.

    Args:
        connection: the cloud.
        name: name of the instance.
        host: compute host, as Nova knows it.
        image: id of the image.
        flavor: id of the flavor.
        network: id of the network.
        group: name of the security group.
        key: name of the key pair.
    """
    began = time.monotonic()
    server = connection.compute.create_server(
        name=name,
        image_id=image,
        flavor_id=flavor,
        networks=[{"uuid": network}],
        security_groups=[{"name": group}],
        key_name=key,
        # The administrator's way to name a host; the scheduler still checks that it fits.
        availability_zone=f"nova:{host}",
    )
    return Instance(server.id, name, host, began)


def wait_until_active(connection: Any, instances: list[Instance], timeout_seconds: float) -> None:
    """Waits until all instances are active on the hosts they were asked for.

    Raises:
        CheckFailedError: one is in error (with Nova's own text), on another host, or not active in time.
    """
    seen: dict[str, Any] = {}

    def look() -> bool | None:
        for instance in instances:
            if instance.active_seconds:
                continue
            server = seen[instance.id] = connection.compute.get_server(instance.id)
            if server.status == "ERROR":
                expected = f"instance {instance.name} on {instance.host} to be active"
                raise CheckFailedError(expected, fault(server, instance.host))
            if server.status == "ACTIVE":
                instance.active_seconds = round(time.monotonic() - instance.requested, 2)
                if server.compute_host != instance.host:
                    seen_on = f"it is on {server.compute_host}"
                    raise CheckFailedError(f"instance {instance.name} on {instance.host}", seen_on)
        return True if all(instance.active_seconds for instance in instances) else None

    wait_for(
        look,
        "all instances to be active",
        lambda: "; ".join(_state(seen.get(item.id), item) for item in instances if not item.active_seconds),
        timeout_seconds,
        poll_seconds=0.1,
    )


def fault(server: Any, host: str) -> str:
    """Nova's text about a failed instance, and where to read on."""
    text = (server.fault or {}).get("message", "no text")
    where = "nova-scheduler.log on the controller" if "No valid host" in text else f"nova-compute.log on {host}"
    return f"Nova says: {text}; see {where}"


def _state(server: Any, instance: Instance) -> str:
    if server is None:
        return f"{instance.name}: not looked at"
    state = f"{server.status}, task {server.task_state}"
    return f"{instance.name} on {instance.host} is {state}; see nova-compute.log there"


def give_addresses(connection: Any, instances: list[Instance], external: str, network: str, label: str) -> None:
    """Gives each instance a floating IP; notes port and addresses.

    Args:
        connection: the cloud.
        instances: the instances.
        external: id of the external network.
        network: id of the instances' network.
        label: description of the floating IPs; they have no name.

    Raises:
        CheckFailedError: an instance has no port.
    """
    ports = {port.device_id: port for port in connection.network.ports(network_id=network)}
    for instance in instances:
        port = ports.get(instance.id)
        if port is None:
            raise CheckFailedError(f"a port of {instance.name} in the network", "none; see neutron-api.log")
        address = connection.network.create_ip(floating_network_id=external, port_id=port.id, description=label)
        instance.port = port.id
        instance.fixed_ip = port.fixed_ips[0]["ip_address"]
        instance.floating_ip = address.floating_ip_address


def console_of(connection: Any, instance: Instance) -> str:
    """What the instance has written to its console."""
    answer = connection.compute.get_server_console_output(instance.id)
    return str((answer.get("output") if isinstance(answer, dict) else answer) or "")
