"""The testbed's networks on the engine, and the choice of addresses nobody else uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from nai.installer.testbed.command import run
from nai.installer.testbed.description import PREFIX
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.ownership import Owner

SUFFIXES = {"management": "1-mgmt", "tunnel": "2-tun", "external": "3-ext"}
"""Network role → end of its name. The engine numbers a container's NICs and picks its default route by network name."""

PREFIXES = tuple(f"172.{second}" for second in range(31, 15, -1)) + tuple(
    f"10.{second}" for second in range(254, 230, -1)
)
"""First two octets to try, in this order."""


@dataclass(frozen=True)
class Network:
    """One network of the testbed.

    Attributes:
        role: `management`, `tunnel` or `external`.
        name: The engine's name for it.
        bridge: The kernel's name for it, at most 15 bytes (IFNAMSIZ).
        subnet: Its addresses; the machine has the first one.
    """

    role: str
    name: str
    bridge: str
    subnet: IPv4Network

    @property
    def gateway(self) -> str:
        """The machine's own address there."""
        return str(self.subnet.network_address + 1)


def plan_networks(owner: Owner, subnets: Mapping[str, IPv4Network]) -> dict[str, Network]:
    """Returns network role → network for the subnets of an inventory."""
    return {
        role: Network(role, owner.name(SUFFIXES[role]), owner.name(SUFFIXES[role][2]), subnet)
        for role, subnet in subnets.items()
    }


def choose_prefix(preferred: str, thirds: Iterable[int], taken: Iterable[IPv4Network]) -> str:
    """Picks the first two octets of the testbed's networks.

    Args:
        preferred: The inventory's own choice.
        thirds: Third octets of the networks (each a /24).
        taken: Subnets that something else on this machine uses.

    Returns:
        The preferred prefix when all of its networks are free, else the first free one.

    Raises:
        TestbedError: All are taken.
    """
    wanted, used = tuple(thirds), tuple(taken)
    for prefix in (preferred, *PREFIXES):
        subnets = [IPv4Network(f"{prefix}.{third}.0/24") for third in wanted]
        if not any(subnet.overlaps(other) for subnet in subnets for other in used):
            return prefix
    raise TestbedError(f"no free addresses for the testbed: {preferred} and all of {', '.join(PREFIXES)} are in use")


def routed_subnets(routes: Iterable[Mapping[str, str]], own_bridges: Iterable[str]) -> list[IPv4Network]:
    """Returns the subnets of a routing table that belong to others.

    Args:
        routes: The form of `ip -json route show`.
        own_bridges: Devices whose routes are the testbed's own.
    """
    own = set(own_bridges)
    return [
        IPv4Network(route["dst"], strict=False)
        for route in routes
        if route.get("dst", "default") != "default" and route.get("dev") not in own
    ]


def taken_subnets(engine: Engine, owner: Owner, own_bridges: Iterable[str]) -> list[IPv4Network]:
    """Returns every subnet of this machine that is not the testbed's: routes and networks of the engine."""
    taken = routed_subnets(json.loads(run(["ip", "-json", "-4", "route", "show"])), own_bridges)
    own = set(engine.names("network", owner.label))
    names = [name for name in engine("network", "ls", "--format", "{{.Name}}").split() if name not in own]
    for network in json.loads(engine("network", "inspect", *names)) if names else []:
        for config in network["IPAM"]["Config"] or []:
            subnet = config.get("Subnet", "")
            if subnet and ":" not in subnet:
                taken.append(IPv4Network(subnet))
    return taken


def write_prefix(path: Path, prefix: str) -> None:
    """Writes the variables file that moves the testbed to another prefix."""
    text = (
        "# Written by `nai testbed up`, as the usual addresses are taken here; `nai testbed down` removes it.\n"
        f'{PREFIX}: "{prefix}"\n'
    )
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def ensure_network(engine: Engine, owner: Owner, network: Network) -> bool:
    """Makes a network unless it is there as wanted.

    Returns:
        Whether it was made.

    Raises:
        TestbedError: One of that name has other addresses and is in use.
    """
    existing = engine.inspect("network", network.name)
    if existing is not None:
        configs = existing["IPAM"]["Config"] or [{}]
        same = configs[0].get("Subnet") == str(network.subnet) and _bridge_of(existing) == network.bridge
        if same:
            return False
        if existing["Containers"]:
            raise TestbedError(
                f"network {network.name} has subnet {configs[0].get('Subnet')}, the inventory says {network.subnet}; "
                "`nai testbed down` removes the hosts that use it"
            )
        engine("network", "rm", network.name)
    arguments = ["--driver", "bridge", "--subnet", str(network.subnet), "--gateway", network.gateway]
    arguments += ["--label", owner.label, "--opt", f"com.docker.network.bridge.name={network.bridge}"]
    engine("network", "create", *arguments, network.name)
    return True


def _bridge_of(description: Mapping[str, Mapping[str, str]]) -> str:
    return (description.get("Options") or {}).get("com.docker.network.bridge.name", "")


def switch_off_checksum_offload(bridge: str) -> None:
    """Lets TCP from this machine reach addresses behind a userspace switch on that bridge.

    Packets that leave the bridge carry no checksum yet (the NIC would add it), and Open vSwitch's userspace datapath
    drops them. The setting is lost with the bridge, so it is made on every start.
    """
    run(["ethtool", "-K", bridge, "tx", "off"])
