"""When a host is ready: it lets us in by SSH with the pinned key."""

from __future__ import annotations

import time

from nai.installer.testbed.command import CommandError, run
from nai.installer.testbed.description import HostDescription
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.keys import ssh_options
from nai.installer.testbed.ownership import Owner

READY_SECONDS = 120


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
    return system_state(engine, owner.name(host.name))


def system_state(engine: Engine, container: str) -> str:
    """Returns what `systemctl is-system-running` says in a host, with the failed units if any."""
    try:
        script = (
            "systemctl is-system-running; systemctl list-units --failed --plain --no-legend --no-pager | cut -d' ' -f1"
        )
        state, *failed = engine("exec", container, "sh", "-c", script, timeout=20).split()
    except (CommandError, ValueError):
        return "unreachable"
    return f"{state} ({', '.join(failed)})" if failed else state
