"""What exists on the compute hosts and in the platform, to be compared before and after."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.hosts import Host

_ON_A_COMPUTE_HOST = r"""
docker ps -aq --no-trunc | sed 's/^/container /'
ip -o link show | sed -E 's/^[0-9]+: ([^:@]+).*/link \1/'
ovs-vsctl --no-headings --columns=name list Port | sed 's/^/port /'
ip netns list 2>/dev/null | sed -E 's/^(\S+).*/netns \1/'
awk '{print $2}' /proc/mounts | grep -v -e '^/proc' -e '^/sys' -e '^/run/user' | sed 's/^/mount /'
find /var/lib/nova/instances -mindepth 1 -maxdepth 1 -name '*-*-*-*-*' -printf 'instance %f\n' 2>/dev/null || true
"""


def on_compute_hosts(hosts: Iterable[Host]) -> dict[str, set[str]]:
    """Containers, links, Open vSwitch ports, network namespaces, mounts and instance directories of each host."""
    return {host.name: set(host.read(_ON_A_COMPUTE_HOST).splitlines()) for host in hosts}


def in_the_platform(connection: Any) -> set[str]:
    """Servers of all projects and the ports of servers."""
    servers = {f"server {server.id}" for server in connection.compute.servers(all_projects=True)}
    ports = {
        f"port {port.id}"
        for port in connection.network.ports()
        if str(port.device_owner).startswith("compute:") or not port.device_owner
    }
    return servers | ports


def new(before: Mapping[str, set[str]], after: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What each host has now and had not before."""
    return {name: after[name] - before[name] for name in after if after[name] - before[name]}
