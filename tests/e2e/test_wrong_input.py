"""Wrong input stops before any host is changed, with one line that says what is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import inventories
from tests.support.ansible import Run, playbook, run
from tests.support.hosts import TESTBED, Host
from tests.support.wait import until

# Selected with the fresh hosts and with the deployed ones: neither state may hide the error.
pytestmark = [pytest.mark.fresh, pytest.mark.destructive]

MEMCACHED = 11211


State = Callable[[], dict[str, set[str]]]


@pytest.fixture
def state(hosts: dict[str, Host]) -> State:
    """Looks at packages, configuration and start times of services on each host."""
    script = """
    dpkg-query -W -f '${Package} ${Version}\\n'
    find /etc /var/lib/nai -xdev -type f -printf '%p %T@\\n' 2>/dev/null
    systemctl show --property=InactiveExitTimestamp 'nova-*.service' 'neutron-*.service' keystone.service
    """
    return lambda: {name: set(host.read(script).splitlines()) for name, host in hosts.items()}


def lines_with(run: Run, *words: str) -> list[str]:
    """Lines of the output that hold all of the words."""
    return [line for line in run.output.splitlines() if all(word in line for word in words)]


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown variable": ({"nova_proccesses": 3}, ("zz_changed.yml", "nova_proccesses")),
    "CIDR overlap": ({"nai_tunnel_cidr": "{{ nai_testbed_prefix }}.90.0/23"}, ("nai_tunnel_cidr", "overlaps")),
    "release that does not exist": ({"nai_release": "yoga"}, ("nai_release", "yoga")),
}


@pytest.mark.parametrize(("variables", "words"), WRONG.values(), ids=WRONG)
def test_validate_names_it_in_one_line(variables: dict[str, Any], words: tuple[str, ...], tmp_path: Path) -> None:
    inventory = inventories.copy(tmp_path, variables=variables)
    done = run("nai", "validate", "-i", inventory)
    assert done.exit_code == 2, done.output
    assert len(lines_with(done, *words)) == 1, done.output
    assert len(lines_with(done, str(tmp_path))) == 2, f"one error and the summary: {done.output}"


@pytest.mark.parametrize(("variables", "words"), WRONG.values(), ids=WRONG)
def test_site_stops_before_a_host_is_contacted(
    variables: dict[str, Any], words: tuple[str, ...], tmp_path: Path
) -> None:
    done = playbook("site.yml", "-i", inventories.copy(tmp_path, variables=variables))
    assert done.exit_code != 0
    assert lines_with(done, *words), done.output
    assert set(done.recap) <= {"localhost"}, "a host was contacted"


def test_a_missing_group_is_named(tmp_path: Path) -> None:
    inventory = inventories.copy(tmp_path)
    hosts_file = inventory / "hosts.yml"
    text = hosts_file.read_text()
    start, end = text.index("        compute:"), text.index("        operations:")
    hosts_file.write_text(text[:start] + text[end:])
    done = run("nai", "validate", "-i", inventory)
    assert done.exit_code == 2
    assert len(lines_with(done, "compute")) == 1, done.output
    done = playbook("site.yml", "-i", inventory)
    assert done.exit_code != 0
    assert set(done.recap) <= {"localhost"}, "a host was contacted"


def test_too_little_memory_is_named(tmp_path: Path, state: State) -> None:
    wanted = {"controller": 900_000, "compute": 1024, "operations": 256}
    inventory = inventories.copy(tmp_path, variables={"precheck_memory_mb": wanted})
    assert run("nai", "secrets", "-i", inventory).exit_code == 0  # made on the control host, counted for the first host
    before = state()
    done = playbook("site.yml", "-i", inventory)
    assert done.exit_code != 0
    assert lines_with(done, "controller1", "memory", "900000 MB"), done.output
    assert done.changed == {}
    assert state() == before


@pytest.fixture
def intruder(controller: Host) -> Iterator[str]:
    """A program on the controller that listens on memcached's port; memcached itself has stopped, if it is there."""
    controller.run("systemctl stop memcached 2>/dev/null || true")
    unit = "e2e-intruder"
    controller.run(
        f"systemd-run --collect --unit={unit} /usr/bin/python3 -m http.server {MEMCACHED} --bind {controller.address}"
    )
    until(
        "the intruder listens",
        lambda: controller.read(f"ss -Hltn 'sport = :{MEMCACHED}'"),
        seconds=15,
        holds=lambda seen: controller.address in seen,
    )
    yield unit
    controller.run(f"systemctl stop {unit}; systemctl start memcached 2>/dev/null || true")


def test_a_used_port_is_named(intruder: str, state: State) -> None:
    assert run("nai", "secrets", "-i", TESTBED).exit_code == 0
    before = state()
    done = playbook("site.yml", "-i", TESTBED)
    assert done.exit_code != 0
    assert lines_with(done, "controller1", str(MEMCACHED), "memcached", "python3"), done.output
    assert done.changed == {}, f"{intruder} should have stopped it"
    assert state() == before
