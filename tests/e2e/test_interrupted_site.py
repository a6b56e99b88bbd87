"""A run of site.yml is interrupted anywhere; running it again finishes the job.

The platform is deployed already, so the configuration is changed, and the run is ended right after it has written
the first file of a stage and before the service was restarted: the next run finds the file as it should be and must
restart the service all the same.
"""

import itertools
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import cloud, inventories
from tests.support.ansible import playbook, running_playbook
from tests.support.hosts import Host

pytestmark = pytest.mark.destructive

# Stage that is interrupted → signal to the whole process group, as from a terminal or from the OOM killer.
INTERRUPTS = {
    "keystone": signal.SIGKILL,
    "nova": signal.SIGINT,
    "neutron": signal.SIGKILL,
    "compute": signal.SIGKILL,
}

# Group of the host, unit, and its configuration; every one of them is changed.
SERVICES = [
    ("controller", "keystone", "/etc/keystone/keystone.conf"),
    ("controller", "nova-scheduler", "/etc/nova/nova.conf"),
    ("controller", "neutron-rpc-server", "/etc/neutron/neutron.conf"),
    ("compute", "nova-compute", "/etc/nova/nova-compute.conf"),
]

_number = itertools.count(1)


def overrides(number: int) -> dict[str, Any]:
    """Options whose values differ for each number."""
    return {
        "keystone_config_overrides": {"token": {"expiration": 7000 + number}},
        "nova_config_overrides": {"DEFAULT": {"max_concurrent_builds": 10 + number}},
        "neutron_config_overrides": {"DEFAULT": {"dhcp_lease_duration": 80000 + number}},
    }


@pytest.fixture(scope="module", autouse=True)
def original_configuration() -> Iterator[None]:
    """Brings the platform back to its own inventory after the last test; nothing is left to do then."""
    yield
    playbook("site.yml").ok()
    assert playbook("site.yml").ok().changed == {}


@pytest.mark.parametrize(("stage", "number"), INTERRUPTS.items(), ids=INTERRUPTS)
def test_a_second_run_finishes_what_an_interrupted_one_began(
    stage: str,
    number: signal.Signals,
    tmp_path: Path,
    endpoints: dict[str, dict[str, Any]],
    controller: Host,
    compute_hosts: list[Host],
) -> None:
    version = next(_number)
    inventory = inventories.copy(tmp_path, variables=overrides(version))
    with running_playbook("site.yml", "-i", inventory) as run:
        run.wait_for_output(rf"(?i:PLAY \[{stage} \|)(?s:.*?)^changed: ", seconds=300)
        run.interrupt(number)
        assert run.finish(60).exit_code != 0

    playbook("site.yml", "-i", inventory).ok()
    for group, unit, file in SERVICES:
        for host in [controller] if group == "controller" else compute_hosts:
            assert_runs_with(host, unit, file)
    # And the service says so itself: a token lives as long as this version of the configuration says.
    connection = cloud.connect(endpoints)
    access = connection.session.auth.get_access(connection.session)
    assert round((access.expires - access.issued).total_seconds()) == 7000 + version


def assert_runs_with(host: Host, unit: str, file: str) -> None:
    """The unit is active and started after its configuration was last written."""
    show = "systemctl show --timestamp=unix --property=ActiveState,InactiveExitTimestamp"
    seen = dict(line.split("=", 1) for line in host.read(f"{show} {unit}; stat -c mtime=%Y {file}").splitlines())
    assert seen["ActiveState"] == "active", f"{host.name}: {unit}"
    started = datetime.fromtimestamp(int(seen["InactiveExitTimestamp"].lstrip("@"))).astimezone()
    written = datetime.fromtimestamp(int(seen["mtime"])).astimezone()
    assert started >= written, f"{host.name}: {unit} started {started}, {file} was written {written}"
