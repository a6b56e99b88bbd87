"""Seconds from the request to ACTIVE and to SSH's banner, beside a plain `docker run` of the same image."""

import itertools
import re
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import cloud, hosts
from tests.support.images import glance_image
from tests.support.servers import NewServer, server_factory
from tests.support.sweep import sweep

COUNT = 10

POLL_SECONDS = 0.05
"""Between two looks at a server: asking without a pause would take the processors from what is measured."""

# On the compute host, with the engine and the image that the instances use. Both times are from before `docker run`.
_DOCKER_RUN = r"""
image=$(docker image ls --format '{{.Repository}}:{{.Tag}}' | grep -m1 "IMAGE")
for _ in $(seq COUNT); do
    start=${EPOCHREALTIME/./}
    id=$(docker run --detach --network none "$image")
    running=${EPOCHREALTIME/./}
    pid=$(docker inspect --format '{{.State.Pid}}' "$id")
    until nsenter --target "$pid" --net bash -c 'head -c 4 < /dev/tcp/127.0.0.1/22' 2>/dev/null | grep -q SSH-; do
        [ $((${EPOCHREALTIME/./} - start)) -lt 20000000 ] || break
    done
    banner=${EPOCHREALTIME/./}
    docker rm --force "$id" > /dev/null
    echo "$((running - start)) $((banner - start))"
done
"""


@dataclass
class Bench:
    """What a series of boots needs.

    Attributes:
        connection: Of the administrator.
        image: Glance image of the servers.
        network: Their network.
        key: Their key pair.
        folder: Temporary directory.
    """

    connection: Any
    image: Any
    network: cloud.Network
    key: cloud.KeyPair
    folder: Path

    @contextmanager
    def servers(self) -> Iterator[NewServer]:
        """A function that asks for servers; they are deleted when the block ends."""
        factory = server_factory(self.connection, self.image, self.key, self.network, self.folder)
        try:
            yield next(factory)
        finally:
            next(factory, None)


@contextmanager
def prepared() -> Iterator[Bench]:
    """Image, network and key pair, removed at the end."""
    connection = cloud.connect(cloud.endpoints(hosts.TESTBED))
    sweep(connection, "bench-")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        key = folder / "id_ed25519"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        connection.compute.delete_keypair("bench-key", ignore_missing=True)
        connection.compute.create_keypair(name="bench-key", public_key=key.with_suffix(".pub").read_text())
        stack.callback(connection.compute.delete_keypair, "bench-key")
        image = stack.enter_context(glance_image(connection, "bench-image", folder))
        network = stack.enter_context(cloud.tenant_network(connection, "bench-network", "10.79.0.0/24"))
        yield Bench(connection, image, network, cloud.KeyPair("bench-key", key), folder)


def measure() -> dict[str, Any]:
    """Boots one after the other, then ten at once, then plain containers."""
    with prepared() as bench:
        _one(bench)  # the image is on the host, the network has its DHCP and router
        singles, failed = [], []
        for _ in range(COUNT):
            try:
                singles.append(_one(bench))
            except AssertionError as error:
                failed.append(str(error))
        result: dict[str, Any] = {
            "count": COUNT,
            "failed": failed,
            "active_seconds": _median(active for active, _ in singles),
            "ssh_seconds": _median(ssh for _, ssh in singles),
            **_spawn(),
            **_at_once(bench),
            **_plain(bench),
        }
    result["active_each_seconds"] = [round(active, 2) for active, _ in singles]
    result["ssh_each_seconds"] = [round(ssh, 2) for _, ssh in singles]
    return result


def _median(values: Iterable[float]) -> float:
    return round(float(statistics.median(values)), 2)


def _one(bench: Bench) -> tuple[float, float]:
    """Boots one server on a port whose floating IP is there before; returns seconds to ACTIVE and to SSH's banner."""
    net = bench.connection.network
    port = net.create_port(network_id=bench.network.id, security_group_ids=[bench.network.security_group_id])
    external = net.find_network("external", ignore_missing=False)
    ip = net.create_ip(floating_network_id=external.id, port_id=port.id, description="bench-server")
    try:
        with bench.servers() as new:
            start = time.monotonic()
            server = new(networks=[{"port": port.id}])
            _until_active(server)
            active = time.monotonic() - start
            _until_banner(str(ip.floating_ip_address))
            return active, time.monotonic() - start
    finally:
        net.delete_ip(ip)
        net.delete_port(port, ignore_missing=True)


def _until_active(server: cloud.Server, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while (status := server.read().status) != "ACTIVE":
        assert status != "ERROR", server.read().fault
        assert time.monotonic() < deadline, f"still {status} after {seconds} s"
        time.sleep(POLL_SECONDS)


def _until_banner(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    for _ in itertools.count():
        try:
            with socket.create_connection((address, 22), timeout=0.25) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            assert time.monotonic() < deadline, f"no SSH at {address} after {seconds} s"


def _spawn() -> dict[str, float]:
    """Medians of what the driver logged for the last boots: all of its spawn, and without waiting for Neutron."""
    found: list[tuple[str, str, str]] = []
    for name in hosts.group("compute"):
        log = hosts.hosts()[name].read("tail -n 3000 /var/log/nova/nova-compute.log")
        found += re.findall(r"^(\S+ \S+) .*spawned in ([\d.]+) s, ([\d.]+) s of it the driver's own", log, re.MULTILINE)
    last = sorted(found)[-COUNT:]
    assert len(last) == COUNT, f"{len(last)} boots in the compute hosts' logs"
    return {
        "spawn_seconds": _median(float(spawn) for _, spawn, _ in last),
        "driver_seconds": _median(float(own) for _, _, own in last),
    }


def _at_once(bench: Bench) -> dict[str, float]:
    """Ten servers asked for at once: seconds until the last is ACTIVE."""
    with bench.servers() as new:
        start = time.monotonic()
        servers = [new() for _ in range(COUNT)]
        requested = time.monotonic() - start
        for server in servers:
            _until_active(server)
        return {
            "ten_requested_seconds": round(requested, 2),
            "ten_active_seconds": round(time.monotonic() - start, 2),
        }


def _plain(bench: Bench) -> dict[str, float]:
    """Medians of a plain `docker run` on a compute host: until it returns, and until SSH's banner inside."""
    host = hosts.hosts()[hosts.group("compute")[0]]
    script = _DOCKER_RUN.replace("IMAGE", str(bench.image.id)).replace("COUNT", str(COUNT))
    lines = [tuple(map(int, line.split())) for line in host.read(script, seconds=300).splitlines()]
    assert len(lines) == COUNT, lines
    return {
        "docker_run_seconds": _median(running / 1e6 for running, _ in lines),
        "docker_run_ssh_seconds": _median(banner / 1e6 for _, banner in lines),
    }
