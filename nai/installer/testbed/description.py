"""The hosts and networks as the inventory describes them: the testbed adds no list of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, TypeVar

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from nai.installer.testbed.checkout import Checkout
from nai.installer.testbed.command import run
from nai.installer.testbed.errors import TestbedError

Parsed = TypeVar("Parsed", IPv4Address, IPv4Network)
_TEMPLATES = SandboxedEnvironment(undefined=StrictUndefined)

PREFIX = "nai_testbed_prefix"
ROLES = ("management", "tunnel", "external")
"""A network's role → variables `nai_<role>_cidr` and, on a host, `nai_<role>_address`."""


@dataclass(frozen=True)
class HostDescription:
    """One host of the inventory.

    Attributes:
        name: Its inventory name.
        group: `controller`, `compute` or `operations`.
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
        hosts: All hosts, by name.
    """

    prefix: str
    release: str
    networks: Mapping[str, IPv4Network]
    hosts: tuple[HostDescription, ...] = field(default=())


def read_inventory(checkout: Checkout) -> dict[str, Any]:
    """Returns what `ansible-inventory --list` prints about the testbed's inventory."""
    program = Path(sys.executable).with_name("ansible-inventory")
    env = {**os.environ, "ANSIBLE_CONFIG": str(checkout.root / "ansible.cfg")}
    text = run([str(program), "-i", str(checkout.inventory), "--list"], env=env)
    inventory: dict[str, Any] = json.loads(text)
    return inventory


def describe(inventory: Mapping[str, Any], prefix: str | None = None) -> Description:
    """Reads hosts and networks out of an inventory.

    Args:
        inventory: The form of `ansible-inventory --list`.
        prefix: Other first two octets than the inventory's own.

    Returns:
        The description.

    Raises:
        TestbedError: A variable is missing or no address.
    """
    hostvars: Mapping[str, Mapping[str, Any]] = inventory["_meta"]["hostvars"]
    if not hostvars:
        raise TestbedError("the testbed's inventory has no hosts")
    shared = next(iter(hostvars.values()))
    prefix = prefix or str(shared.get(PREFIX, ""))
    if not prefix:
        raise TestbedError(f"the testbed's inventory does not set {PREFIX}")
    networks = {}
    for role in ROLES:
        networks[role] = _parse(IPv4Network, shared, f"nai_{role}_cidr", prefix, "the testbed's inventory")
    hosts = [
        HostDescription(
            name,
            group,
            {
                role: _parse(IPv4Address, hostvars[name], f"nai_{role}_address", prefix, name)
                for role in ROLES
                if f"nai_{role}_address" in hostvars[name]
            },
        )
        for group in ("controller", "compute", "operations")
        for name in inventory.get(group, {}).get("hosts", [])
    ]
    for host in hosts:
        for role, address in host.addresses.items():
            if address not in networks[role]:
                raise TestbedError(f"{host.name}: nai_{role}_address {address} is outside of {networks[role]}")
    return Description(prefix, str(shared.get("nai_release", "epoxy")), networks, tuple(hosts))


def _parse(kind: Callable[[str], Parsed], variables: Mapping[str, Any], name: str, prefix: str, where: str) -> Parsed:
    """Returns a variable as an address or subnet; its value may refer to other variables of the host."""
    if name not in variables:
        raise TestbedError(f"{where} does not set {name}")
    try:
        text = _TEMPLATES.from_string(str(variables[name])).render({**variables, PREFIX: prefix})
        return kind(text)
    except (TemplateError, ValueError) as error:
        raise TestbedError(f"{where}: {name} is {variables[name]!r}: {error}") from error


def release_packages(checkout: Checkout, release: str) -> dict[str, tuple[str, ...]]:
    """Returns group → packages that a release installs on each of its hosts.

    Raises:
        TestbedError: There is no such release.
    """
    path = checkout.root / "playbooks" / "releases" / f"{release}.yml"
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.yml")))
        raise TestbedError(f"nai_release: there is no release {release!r}; known: {known}")
    packages = yaml.safe_load(path.read_text())["nai_release_facts"]["packages"]
    return {group: tuple(sorted(set(names))) for group, names in packages.items()}
