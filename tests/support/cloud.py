"""The platform as a user of its APIs sees it."""

import base64
import itertools
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openstack
from openstack.config import OpenStackConfig

from tests.support.repository import BIN, ROOT
from tests.support.wait import until

PREFIX = "e2e"
"""Everything the tests make carries this prefix, so that what an aborted session left can be told from a user's."""


def endpoints(inventory: Path) -> dict[str, dict[str, Any]]:
    """What `nai endpoints --json` says about an inventory."""
    done = subprocess.run(
        [BIN / "nai", "endpoints", "--json", "-i", inventory], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def connect(said: dict[str, dict[str, Any]]) -> Any:
    """Returns an openstacksdk connection as the administrator.

    Args:
        said: What `nai endpoints --json` said; clouds.yaml lies beside the password files.
    """
    clouds_file = Path(said["keystone"]["password_file"]).with_name("clouds.yaml")
    region = OpenStackConfig(config_files=[str(clouds_file)], load_envvars=False).get_one("nai")
    return openstack.connection.Connection(config=region)


@dataclass
class KeyPair:
    """A key pair made for the session.

    Attributes:
        name: Its name in Nova.
        private_key: File of the private key.
    """

    name: str
    private_key: Path


@dataclass
class Network:
    """A tenant network behind a router of its own.

    Attributes:
        id: Of the network.
        subnet_id: Of its subnet.
        router_id: Of the router that joins it with the external network.
        security_group_id: A group that lets SSH and ICMP in.
    """

    id: str
    subnet_id: str
    router_id: str
    security_group_id: str


@dataclass
class Server:
    """A server that has been asked for.

    Attributes:
        connection: Of the administrator.
        id: Its UUID.
        key: The key pair it was made with.
        known_hosts: File that pins its host key from the first login on.
        login: Account that the key pair logs in to.
        addresses: Floating IPs that were given to it.
    """

    connection: Any
    id: str
    key: KeyPair
    known_hosts: Path
    login: str
    addresses: list[str] = field(default_factory=list)

    def read(self) -> Any:
        """What Nova says about it now."""
        return self.connection.compute.get_server(self.id)

    @property
    def host(self) -> str:
        """Name of its compute host."""
        return str(self.read().compute_host)

    @property
    def fixed_ip(self) -> str:
        """Its address in the tenant network."""
        return next(
            str(address["addr"])
            for address in itertools.chain(*self.read().addresses.values())
            if address["OS-EXT-IPS:type"] == "fixed"
        )

    def wait(self, *statuses: str, seconds: float = 60) -> Any:
        """Waits until it has one of the statuses and no task runs.

        Returns:
            What Nova says about it then.
        """
        seen: Any = until(
            f"server {self.id} is {' or '.join(statuses)}",
            self.read,
            seconds=seconds,
            holds=lambda server: server.status in (*statuses, "ERROR") and server.task_state is None,
            every_seconds=0.3,
        )
        assert seen.status in statuses, f"server {self.id} is {seen.status}: {seen.fault}"
        return seen

    def active(self, seconds: float = 60) -> "Server":
        """Waits until it is ACTIVE; returns itself."""
        self.wait("ACTIVE", seconds=seconds)
        return self

    def floating_ip(self) -> str:
        """Gives it a floating IP, the first time; returns it."""
        if not self.addresses:
            port = next(iter(self.connection.network.ports(device_id=self.id)))
            external = self.connection.network.find_network("external", ignore_missing=False)
            ip = self.connection.network.create_ip(
                floating_network_id=external.id, port_id=port.id, description=f"{PREFIX}-server"
            )
            self.addresses.append(str(ip.floating_ip_address))
        return self.addresses[0]

    def banner(self, seconds: float = 30) -> str:
        """Waits for SSH's banner at the floating IP; returns it."""
        address = self.floating_ip()
        return until(f"SSH's banner at {address}", lambda: ssh_banner(address), seconds=seconds, every_seconds=0.2)

    def ssh(self, script: str, *, check: bool = True, seconds: float = 30) -> str:
        """Runs a shell script in the instance, logged in with the key; returns what it printed.

        The host key is pinned from the first login on: an instance that comes back with another one fails here.
        """
        address = self.floating_ip()
        self.banner(seconds)
        settings = {
            "BatchMode": "yes",
            "ConnectTimeout": "10",
            "GlobalKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "IdentityFile": str(self.key.private_key),
            "StrictHostKeyChecking": "accept-new",
            "UserKnownHostsFile": str(self.known_hosts),
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        done = subprocess.run(
            ["ssh", *options, f"{self.login}@{address}", "sh", "-s"],
            input=script,
            capture_output=True,
            text=True,
            timeout=seconds + 30,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"ssh {address}: {script!r}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def delete(self, seconds: float = 60) -> None:
        """Deletes it with its floating IPs and waits until Nova has forgotten it."""
        for address in self.addresses:
            for ip in self.connection.network.ips(floating_ip_address=address):
                self.connection.network.delete_ip(ip, ignore_missing=True)
        self.addresses.clear()
        self.connection.compute.delete_server(self.id, ignore_missing=True)
        until(
            f"server {self.id} is deleted",
            lambda: self.connection.compute.find_server(self.id, all_projects=True) is None,
            seconds=seconds,
        )


def encoded(text: str) -> str:
    """User data as Nova's API takes it."""
    return base64.b64encode(text.encode()).decode()


def ssh_banner(address: str, port: int = 22, seconds: float = 2) -> str:
    """Returns the first line an SSH server says.

    Raises:
        OSError: Nothing answers there in time.
    """
    with closing(socket.create_connection((address, port), timeout=seconds)) as connection:
        connection.settimeout(seconds)
        line = connection.recv(256)
    if not line.startswith(b"SSH-"):
        raise ConnectionError(f"{address} says {line!r}")
    return line.decode(errors="replace").strip()


def answers(address: str, port: int = 22, seconds: float = 2) -> bool:
    """Whether a TCP connection is accepted in time."""
    try:
        socket.create_connection((address, port), timeout=seconds).close()
    except OSError:
        return False
    return True


@contextmanager
def tenant_network(connection: Any, name: str, cidr: str) -> Iterator[Network]:
    """A network, subnet, router to the external network and security group, removed at the end."""
    net = connection.network
    external = net.find_network("external", ignore_missing=False)
    undo: list[Callable[[], object]] = []
    try:
        group = net.create_security_group(name=name)
        undo.append(lambda: net.delete_security_group(group))
        for rule in ({"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}, {"protocol": "icmp"}):
            net.create_security_group_rule(security_group_id=group.id, direction="ingress", ethertype="IPv4", **rule)
        network = net.create_network(name=name)
        undo.append(lambda: net.delete_network(network))
        subnet = net.create_subnet(network_id=network.id, name=name, ip_version=4, cidr=cidr)
        router = net.create_router(name=name, external_gateway_info={"network_id": external.id})
        undo.append(lambda: net.delete_router(router))
        net.add_interface_to_router(router, subnet_id=subnet.id)
        undo.append(lambda: net.remove_interface_from_router(router, subnet_id=subnet.id))
        yield Network(network.id, subnet.id, router.id, group.id)
    finally:
        for step in reversed(undo):
            step()
