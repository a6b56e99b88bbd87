"""The part that runs as root: a small helper with two capabilities, started by oslo.privsep through nova-rootwrap.

It takes plain data, checks all of it before anything is run, and makes argument lists and `ip -batch` lines of it; no
shell is involved. A network namespace is entered by its path, so the helper needs no right to look into other
processes.
"""

from __future__ import annotations

import contextlib
from typing import Any

from oslo_privsep import capabilities, priv_context

from . import openvswitch, plan, veth
from .run import CommandError

context = priv_context.PrivContext(
    __name__.rpartition(".")[0],
    cfg_section="nai_privileged",
    pypath=f"{__name__}.context",
    # NET_ADMIN makes devices, addresses and routes; SYS_ADMIN enters a network namespace.
    capabilities=[capabilities.CAP_NET_ADMIN, capabilities.CAP_SYS_ADMIN],
)


@context.entrypoint  # type: ignore[untyped-decorator]  # oslo.privsep's own
def plug(request: dict[str, Any]) -> list[str]:
    """Gives an instance its NICs and says so inside; what is plugged already stays as it is.

    Args:
        request: See `plan.PlugPlan`.

    Returns:
        The taps that were made.

    Raises:
        plan.PlanError: A value of the request is not of its form.
        run.CommandError: A program failed; what was half made is gone then.
    """
    wanted = plan.PlugPlan.checked(request)
    new = [nic for nic in wanted.interfaces if not veth.is_plugged(nic)]
    if new and len(new) < len(wanted.interfaces):
        # One more NIC for a running instance: positions say nothing about free names after an earlier NIC has gone.
        new = veth.renamed(new, wanted.netns)
    try:
        for nic in new:
            veth.create(nic)
        with openvswitch.adding(wanted):
            for nic in new:
                veth.move(nic, wanted.netns, offload=openvswitch.offload(nic, wanted.ovsdb))
            veth.configure(wanted, new)
    except BaseException:
        taps = [nic.tap for nic in new]
        # The first failure is the one to report.
        with contextlib.suppress(CommandError):
            veth.delete(taps)
        with contextlib.suppress(CommandError):
            openvswitch.remove(taps, wanted.ovsdb)
        raise
    return [nic.tap for nic in new]


@context.entrypoint  # type: ignore[untyped-decorator]  # oslo.privsep's own
def unplug(taps: list[str], ovsdb: str = "") -> None:
    """Takes ports away from the bridge and their devices from the host; what is gone already is no failure.

    Args:
        taps: Names of host devices.
        ovsdb: Open vSwitch database, empty for the host's own.

    Raises:
        plan.PlanError: A name is not that of a port's device.
        run.CommandError: Open vSwitch refused.
    """
    checked = [plan.tap(name) for name in taps]
    veth.delete(checked)
    openvswitch.remove(checked, plan.connection(ovsdb))


@context.entrypoint  # type: ignore[untyped-decorator]  # oslo.privsep's own
def ports(ovsdb: str = "") -> list[list[str]]:
    """Returns [tap, UUID of the instance] of each port that this driver put on a bridge.

    Raises:
        run.CommandError: Open vSwitch does not answer.
    """
    return openvswitch.ports(plan.connection(ovsdb))
