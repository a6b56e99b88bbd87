"""Ports on the Open vSwitch bridge that Neutron's agent watches. Runs in the privileged helper."""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .run import TIMEOUT_SECONDS, CommandError, run

if TYPE_CHECKING:
    from .plan import Nic, PlugPlan

_OWNER = "nai-owner=nova-docker"
"""Distinguishes this driver's ports from those of DHCP and routers, which Neutron's agents made."""


@contextlib.contextmanager
def adding(plan: PlugPlan) -> Iterator[None]:
    """Puts the NICs on their bridges while the body of the `with` runs: Open vSwitch takes its time to answer.

    Adding what is there changes nothing. Ports of an earlier life of the same device are replaced.

    Raises:
        CommandError: Open vSwitch refused.
    """
    if not plan.interfaces:
        yield
        return
    argv = [*_vsctl(plan.ovsdb), *_words(plan)]
    try:
        program = subprocess.Popen(  # noqa: S603  # every argument has passed the plan's checks
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    except OSError as error:
        raise CommandError(f"{argv[0]}: {error}") from error
    try:
        yield
    except BaseException:
        program.kill()
        program.communicate()
        raise
    _, complaint = program.communicate()
    if program.returncode:
        raise CommandError(f"{' '.join(argv)} ended with {program.returncode}: {complaint.strip()}")


def remove(taps: Sequence[str], ovsdb: str) -> None:
    """Takes ports off whatever bridge they are on; missing ones are no failure.

    Raises:
        CommandError: Open vSwitch does not answer.
    """
    if taps:
        run([*_vsctl(ovsdb), *(word for tap in taps for word in ("--", "--if-exists", "del-port", tap))])


def ports(ovsdb: str) -> list[list[str]]:
    """Returns [tap, UUID of the instance] of each port of this driver.

    Raises:
        CommandError: Open vSwitch does not answer.
    """
    argv = [
        *_vsctl(ovsdb),
        "--format=json",
        "--columns=name,external_ids",
        "find",
        "Interface",
        f"external_ids:{_OWNER}",
    ]
    found = []
    for name, (_, pairs) in json.loads(run(argv) or '{"data": []}')["data"]:
        found.append([str(name), str(dict(pairs).get("vm-uuid", ""))])
    return found


def offload(nic: Nic, ovsdb: str) -> bool:
    """Whether the NIC may leave checksums to the device: not on the userspace datapath.

    Raises:
        CommandError: Open vSwitch does not know the bridge.
    """
    return nic.offload if nic.offload is not None else not _is_userspace(nic.bridge, ovsdb)


@functools.lru_cache(maxsize=16)
def _is_userspace(bridge: str, ovsdb: str) -> bool:
    return "netdev" in run([*_vsctl(ovsdb), "get", "Bridge", bridge, "datapath_type"])


def _vsctl(ovsdb: str) -> list[str]:
    return ["ovs-vsctl", f"--timeout={TIMEOUT_SECONDS}", *([f"--db={ovsdb}"] if ovsdb else [])]


def _words(plan: PlugPlan) -> list[str]:
    words: list[str] = []
    for nic in plan.interfaces:
        words += ["--", "--may-exist", "add-port", nic.bridge, nic.tap, "--", "set", "Interface", nic.tap]
        words += [
            f"external_ids:iface-id={nic.port}",
            "external_ids:iface-status=active",
            f'external_ids:attached-mac="{nic.mac}"',
            f"external_ids:vm-uuid={plan.instance}",
            f"external_ids:{_OWNER}",
        ]
    return words
