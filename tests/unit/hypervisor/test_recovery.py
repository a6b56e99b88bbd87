"""What belongs to no instance."""

import pytest

from nai.hypervisor import privileged
from nai.hypervisor.recovery import Known, Recovery

HALF, FINE, UNKNOWN, MOVED = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "1234")
TAP = "tap{}-44"


class Host:
    """Containers and ports of a host, in memory; also the engine's client."""

    def __init__(self, *uuids: str) -> None:
        """Keeps what it is told."""
        self.bodies = set(uuids)
        self.ports = {TAP.format(uuid[:8]): uuid for uuid in uuids}
        self.client = self

    def containers(self, **_: object) -> list[dict[str, object]]:
        """Stands in for the real one."""
        return [{"Id": f"id-{uuid}", "Labels": {"nai.instance": uuid}} for uuid in sorted(self.bodies)]

    def remove_container(self, container: str, **_: object) -> None:
        """Stands in for the real one."""
        self.bodies.remove(container.removeprefix("id-"))

    def unplug(self, taps: list[str], _ovsdb: str) -> None:
        """Stands in for the real one."""
        for tap in taps:
            del self.ports[tap]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host with one instance of each kind."""
    host = Host(HALF, FINE, UNKNOWN, MOVED)
    monkeypatch.setattr(privileged, "ports", lambda _ovsdb: [list(port) for port in host.ports.items()])
    monkeypatch.setattr(privileged, "unplug", host.unplug)
    return host


KNOWN = {
    HALF: Known("compute1", "building", "spawning"),
    FINE: Known("compute1", "active", ""),
    MOVED: Known("compute2", "active", ""),
}


def cleaner(host: Host, known: dict[str, Known] = KNOWN, busy: str = "") -> Recovery:
    return Recovery(host, "compute1", lambda _uuids: known, lambda uuid: uuid == busy, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vm_state", "task_state", "half_made"),
    [
        ("building", "", True),
        ("building", "spawning", True),
        ("active", "rebuild_spawning", True),
        ("stopped", "rebuilding", True),
        ("active", "", False),
        ("active", "rebooting", False),
        ("error", "", False),
        ("stopped", "powering-on", False),
    ],
)
def test_half_made_is_what_nova_was_making(vm_state: str, task_state: str, half_made: bool) -> None:
    assert Known("compute1", vm_state, task_state).is_half_made is half_made


def test_at_start_only_the_half_made_goes_with_its_ports(host: Host) -> None:
    assert set(cleaner(host).at_start()) == {HALF}
    assert host.bodies == {FINE, UNKNOWN, MOVED}
    assert HALF not in host.ports.values()


def test_at_start_ports_without_a_body_go(host: Host) -> None:
    host.bodies.remove(FINE)
    assert FINE in cleaner(host).at_start()
    assert FINE not in host.ports.values()


def test_a_body_that_nova_does_not_know_goes_the_second_time_it_is_found(host: Host) -> None:
    sweeper = cleaner(host)
    assert sweeper.sweep() == []
    assert set(sweeper.sweep()) == {UNKNOWN, MOVED}
    assert host.bodies == {HALF, FINE}
    assert set(host.ports.values()) == {HALF, FINE}


def test_a_database_that_was_empty_for_a_moment_harms_nobody(host: Host) -> None:
    known: dict[str, Known] = {}
    sweeper = cleaner(host, known)
    assert sweeper.sweep() == []
    known.update(KNOWN)
    assert set(sweeper.sweep()) == {UNKNOWN, MOVED}
    assert host.bodies == {HALF, FINE}


def test_what_this_process_is_working_on_is_left_alone(host: Host) -> None:
    host.bodies.remove(UNKNOWN)
    sweeper = cleaner(host, busy=UNKNOWN)
    sweeper.sweep()
    assert set(sweeper.sweep()) == {MOVED}
    assert UNKNOWN in host.ports.values()
