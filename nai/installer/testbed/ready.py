"""When a host is ready: it lets us in by SSH with the pinned key."""

from __future__ import annotations

import time

from nai.installer.testbed.command import run
from nai.installer.testbed.description import HostDescription
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.keys import ssh_options
from nai.installer.testbed.ownership import Owner

READY_SECONDS = 120
BOOT_SECONDS = 20
"""A fresh host has booted in two; one with a cloud on it takes longer, and nobody has to wait for all of that."""


def wait_until_ready(engine: Engine, owner: Owner, host: HostDescription) -> str:
    """Waits for a login and says how systemd feels.

    Args:
        engine: The engine.
        owner: Whose testbed.
        host: A started host.

    Returns:
        The state of systemd, with the failed units if any.

    Raises:
        TestbedError: No login within two minutes.
    """
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            login = f"nai@{host.addresses['management']}"
            run(["ssh", *ssh_options(owner), login, "sudo -n true"], timeout=20)
            break
        except TestbedError as error:
            if time.monotonic() > deadline:
                raise TestbedError(
                    f"{host.name} lets nobody in after {READY_SECONDS} s: {error}\n"
                    f"  see `docker exec {owner.name(host.name)} journalctl --boot`"
                ) from error
            time.sleep(0.3)
    return system_state(engine, owner.name(host.name), patience=BOOT_SECONDS)


def system_state(engine: Engine, container: str, patience: int = 0) -> str:
    """Returns how systemd feels in a host.

    Args:
        engine: The engine.
        container: The host's container, running.
        patience: Seconds to wait for the end of the boot; after them the state is `starting`.

    Returns:
        What `systemctl is-system-running` says, with the failed units if any.
    """
    script = (
        f"timeout {patience or 5} systemctl is-system-running {'--wait' if patience else ''} || "
        "[ $? != 124 ] || echo starting; "
        "systemctl list-units --failed --plain --no-legend --no-pager | cut -d' ' -f1"
    )
    try:
        state, *failed = engine("exec", container, "sh", "-c", script, timeout=patience + 20).split()
    except (TestbedError, ValueError):
        return "unreachable"
    return f"{state} ({', '.join(failed)})" if failed else state
