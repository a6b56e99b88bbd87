"""The hosts and networks as the inventory describes them: the testbed adds no list of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TypeVar

import yaml

from nai.installer.inventory import Inventory, InventoryError, NotRenderableError
from nai.installer.testbed.errors import TestbedError

Parsed = TypeVar("Parsed", IPv4Address, IPv4Network)

PREFIX = "nai_testbed_prefix"
"""The variable with the first two octets of all addresses."""

ROLES = ("management", "tunnel", "external")
"""A network's role → variables `nai_<role>_cidr` and, on a host that joins it, `nai_<role>_address`."""

GROUPS = ("controller", "compute", "operations")


@dataclass(frozen=True)
class HostDescription:
    """One host of the inventory.

    Attributes:
        name: Its inventory name.
        group: One of the testbed's groups.
        addresses: Network role → address there.
    """

    name: str
    group: str
    addresses: Mapping[str, IPv4Address]


@dataclass(frozen=True)
class Description:
    """What the inventory says about the testbed.

    Attributes:
        prefix: First two octets of all addresses.
        release: Name of the release that will be deployed.
        networks: Network role → subnet.
        hosts: All hosts.
    """

    prefix: str
    release: str
    networks: Mapping[str, IPv4Network]
    hosts: tuple[HostDescription, ...]


def describe(directory: Path, prefix: str | None = None) -> Description:
    """Reads hosts and networks out of an inventory.

    Args:
        directory: The inventory.
        prefix: Other first two octets than the inventory's own.

    Returns:
        The description.

    Raises:
        TestbedError: The inventory cannot be read, or an address in it is missing or wrong.
    """
    try:
        inventory = Inventory([directory], [f"{PREFIX}={prefix}"] if prefix else [])
        first = next((host for group in GROUPS for host in inventory.groups.get(group, ())), None)
        if first is None:
            raise TestbedError(f"{directory}: no host in any of the groups {', '.join(GROUPS)}")
        networks = {role: _parse(IPv4Network, inventory, first, f"nai_{role}_cidr") for role in ROLES}
        hosts = [
            HostDescription(name, group, _addresses(inventory, name, networks))
            for group in GROUPS
            for name in inventory.groups.get(group, ())
        ]
        found = inventory.value(first, PREFIX)
        if found is None:
            raise TestbedError(f"{directory}: {PREFIX} is not set; it holds the first two octets, such as 172.31")
        return Description(str(found), str(inventory.value(first, "nai_release")), networks, tuple(hosts))
    except (InventoryError, NotRenderableError) as error:
        raise TestbedError(f"{directory}: {error}") from error


def _addresses(inventory: Inventory, host: str, networks: Mapping[str, IPv4Network]) -> dict[str, IPv4Address]:
    """Returns network role → address of a host."""
    addresses = {}
    for role, subnet in networks.items():
        name = f"nai_{role}_address"
        if name not in inventory.set_variables(host):
            continue
        addresses[role] = _parse(IPv4Address, inventory, host, name)
        if addresses[role] not in subnet:
            raise TestbedError(f"{host}: {name} {addresses[role]} lies outside of nai_{role}_cidr {subnet}")
    if "management" not in addresses:
        raise TestbedError(f"{host}: nai_management_address is not set")
    return addresses


def _parse(kind: Callable[[str], Parsed], inventory: Inventory, host: str, name: str) -> Parsed:
    """Returns a variable as an address or subnet."""
    value = inventory.value(host, name)
    try:
        return kind(str(value))
    except ValueError as error:
        raise TestbedError(f"{host}: {name} is {value!r}: {error}") from error


def release_packages(root: Path, release: str) -> dict[str, tuple[str, ...]]:
    """Returns group → packages that a release installs on each of its hosts.

    Args:
        root: The checkout.
        release: Name of the release.

    Raises:
        TestbedError: There is no such release.
    """
    path = root / "playbooks" / "releases" / f"{release}.yml"
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.yml")))
        raise TestbedError(f"nai_release: there is no release {release!r}; known: {known}")
    packages = yaml.safe_load(path.read_text())["nai_release_facts"]["packages"]
    return {group: tuple(sorted(set(names))) for group, names in packages.items()}
