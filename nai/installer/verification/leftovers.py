"""Whether the hosts look as they did before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

KINDS = {
    "containers": "container",
    "links": "link",
    "ovs_ports": "port of Open vSwitch",
    "namespaces": "network namespace",
    "instance_directories": "directory below /var/lib/nova/instances",
    "images": "image of Docker",
    "mounts": "mount",
}


def added(
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    ours: Iterable[str],
) -> tuple[list[str], list[str]]:
    """Finds what is on the hosts now and was not there before.

    Args:
        before: what `compute_host_state` returned before, by host.
        after: the same, now.
        ours: ids of everything that the verification made (instances, ports, networks, routers, image).

    Returns:
        What belongs to the verification, and what else is new (somebody else uses the cloud), one line each.
    """
    fragments = tuple(fragment for identifier in ours for fragment in names_of(identifier))
    left: list[str] = []
    foreign: list[str] = []
    for host, state in sorted(after.items()):
        for kind, label in KINDS.items():
            known = set(map(_name, before.get(host, {}).get(kind, [])))
            for name in sorted(set(map(_name, state.get(kind, []))) - known):
                line = f"{host}: {label} {name}"
                (left if any(fragment in name for fragment in fragments) else foreign).append(line)
    return left, foreign


def names_of(identifier: str) -> list[str]:
    """How an id shows in names on a host: whole, or its first eleven characters after a device's prefix.

    Neutron and Nova name a device by three letters and eleven characters of the port's id, because Linux allows 15.
    """
    return [identifier, identifier[:11]]


def _name(item: Any) -> str:
    return f"{item['name']} of {item['instance']}" if isinstance(item, Mapping) else str(item)
