"""The pair of devices that is an instance's NIC: one end on the bridge, one inside. Runs in the privileged helper."""

from __future__ import annotations

import array
import fcntl
import itertools
import json
import socket
import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import names
from .run import CommandError, run

if TYPE_CHECKING:
    from .plan import Nic, PlugPlan

_DEVICES = Path("/sys/class/net")
_SIOCETHTOOL = 0x8946
_ETHTOOL_STXCSUM = 0x17


def is_plugged(nic: Nic) -> bool:
    """Whether the NIC was set up to its end.

    The mark is on the host end, which dies with the namespace of the other end.
    """
    try:
        return (_DEVICES / nic.tap / "ifalias").read_text().strip() == _mark(nic)
    except OSError:
        return False


def create(nic: Nic) -> None:
    """Makes the pair on the host, in place of what a broken run left, and brings the host end up.

    Up before Open vSwitch gets to know it: it sets flags of a device by reading and writing all of them, and would take
    a device that comes up in between down again.

    Raises:
        CommandError: `ip` failed.
    """
    delete([nic.tap])
    mtu = f"mtu {nic.mtu} " if nic.mtu else ""
    _batch(
        f"link add {nic.tap} {mtu}type veth peer name {_inner(nic)} address {nic.mac} {mtu}",
        f"link set {nic.tap} up",
    )


def renamed(nics: Iterable[Nic], netns: str) -> list[Nic]:
    """Returns NICs under names that are free in a network namespace: eth0 and so on.

    Raises:
        CommandError: `ip` failed.
    """
    taken = {link["ifname"] for link in json.loads(run(["nsenter", f"--net={netns}", "ip", "-j", "link", "show"]))}
    free = (name for number in itertools.count() if (name := f"eth{number}") not in taken)
    return [replace(nic, name=next(free)) for nic in nics]


def move(nic: Nic, netns: str, offload: bool) -> None:
    """Puts the inner end into the instance.

    Args:
        nic: The NIC.
        netns: Path of the instance's network namespace.
        offload: Checksum offload stays on.

    Raises:
        CommandError: `ip` failed.
    """
    if not offload:
        switch_off_checksum_offload(_inner(nic))
    _batch(f"link set {_inner(nic)} netns {netns} name {nic.name}")


def configure(plan: PlugPlan, nics: Iterable[Nic]) -> None:
    """Gives addresses and routes to NICs inside, writes resolv.conf and hosts, and marks all of it as complete.

    Raises:
        CommandError: `ip` failed.
    """
    nics = list(nics)
    enter = ["nsenter", f"--net={plan.netns}"]
    for nic in nics:
        if any(":" in address for address in nic.addresses):
            # The engine switches IPv6 off in a namespace it gave no IPv6 address.
            run([*enter, "sysctl", "-qw", f"net.ipv6.conf.{nic.name}.disable_ipv6=0"])
    for path, text in plan.files:
        # Written in place: the container has this very file mounted.
        with path.open("r+") as file:
            file.truncate()
            file.write(text)
    lines = ["link set lo up"]
    for nic in nics:
        lines += _lines(nic)
    lines.append(f"link set lo alias {names.READY}")
    run([*enter, "ip", "-batch", "-"], "\n".join(lines) + "\n")
    if nics:
        _batch(*(f"link set {nic.tap} alias {_mark(nic)}" for nic in nics))


def delete(taps: Iterable[str]) -> None:
    """Removes host ends, and with them the inner ends; what is gone already is no failure.

    Raises:
        CommandError: A device is there and cannot be removed.
    """
    for tap in taps:
        if not (_DEVICES / tap).exists():
            continue
        try:
            _batch(f"link del {tap}")
        except CommandError:
            # A container that ends takes its devices along, maybe just now.
            if (_DEVICES / tap).exists():
                raise


def switch_off_checksum_offload(device: str) -> None:
    """Makes a device compute checksums itself, as `ethtool -K DEVICE tx off` does.

    Raises:
        OSError: The device is not there, or does not know the feature.
    """
    value = array.array("B", struct.pack("II", _ETHTOOL_STXCSUM, 0))
    address, _ = value.buffer_info()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP", device.encode(), address))


def _lines(nic: Nic) -> list[str]:
    lines = [f"address add {address} {_family_words(address)}dev {nic.name}" for address in nic.addresses]
    lines.append(f"link set {nic.name} up")
    for destination, gateway, metric in nic.routes:
        order = f" metric {metric}" if metric else ""
        lines.append(f"route replace {destination} via {gateway} dev {nic.name} onlink{order}")
    return lines


def _family_words(address: str) -> str:
    # Neutron hands out an address once; waiting for its duplicate check would delay the start by a second.
    return "nodad " if ":" in address else "brd + "


def _inner(nic: Nic) -> str:
    return f"nai{nic.port[:11]}"


def _mark(nic: Nic) -> str:
    return f"nai:{nic.port}"


def _batch(*lines: str) -> None:
    run(["ip", "-batch", "-"], "\n".join(lines) + "\n")
