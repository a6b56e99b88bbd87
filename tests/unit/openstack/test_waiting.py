"""nova_hosts and neutron_agents: waiting without a clock, and what they say when time is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError, CloudNotReadyError
from ansible_collections.nubomedia.nai.plugins.modules import neutron_agents, nova_hosts

from tests.unit.openstack.conftest import FakeService


class Clock:
    """Time that passes only by waiting; `then` is done at each pause."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        """Starts at zero."""
        self.now = 0.0
        self.then = then

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Passes time."""
        self.now += seconds
        self.then()


def nova(services: list[dict[str, Any]], mapped: list[str]) -> FakeService:
    """Nova with compute services and mapped hosts."""
    service = FakeService()
    service.on("GET", r"/os-services\?binary=nova-compute", lambda _body: {"services": services})
    service.on(
        "GET", "/os-hypervisors/detail", lambda _b: {"hypervisors": [{"service": {"host": host}} for host in mapped]}
    )
    return service


def test_a_host_that_is_up_is_mapped() -> None:
    mapped: list[str] = ["c1"]
    client = nova([{"host": "c1", "state": "up"}, {"host": "c2", "state": "up"}], mapped)
    clock = Clock()
    assert nova_hosts.wait(client, ["c1", "c2"], 60, lambda: mapped.append("c2"), clock, clock.pause) == ["c2"]
    assert clock.now == 0


def test_a_host_that_comes_up_later_is_waited_for() -> None:
    services = [{"host": "c1", "state": "down", "updated_at": "2026-01-01"}]
    clock = Clock(lambda: services[0].update(state="up"))
    assert nova_hosts.wait(nova(services, ["c1"]), ["c1"], 60, lambda: None, clock, clock.pause) == []
    assert clock.now == 1


def test_missing_hosts_are_named_with_their_state() -> None:
    services: list[dict[str, Any]] = [
        {"host": "c1", "state": "down", "updated_at": "2026-01-01"},
        {"host": "c3", "state": "up"},
        {"host": "c4", "state": "up", "forced_down": True},
    ]
    clock = Clock()
    with pytest.raises(CloudError) as error:
        nova_hosts.wait(nova(services, []), ["c1", "c2", "c3", "c4"], 5, lambda: None, clock, clock.pause)
    text = str(error.value)
    assert "after 5 s" in text
    assert "c1: nova-compute is down, last heard of at 2026-01-01 UTC" in text
    assert "c2: nova-compute has never reported itself" in text
    assert "c3: nova-compute is up, but no hypervisor is listed" in text
    assert "c4: nova-compute is forced down by an operator" in text


def test_an_api_that_is_not_ready_is_asked_again() -> None:
    client = nova([{"host": "c1", "state": "up"}], ["c1"])
    failing = FakeService()

    def refuse(_body: dict[str, Any]) -> dict[str, Any]:
        raise CloudNotReadyError("no answer")

    failing.on("GET", ".*", refuse)
    clock = Clock(lambda: failing.handlers.__setitem__(slice(None), client.handlers))
    assert nova_hosts.wait(failing, ["c1"], 60, lambda: None, clock, clock.pause) == []


def test_agents_are_waited_for_and_named() -> None:
    agents = [{"host": "n1", "binary": "neutron-l3-agent", "alive": False, "heartbeat_timestamp": "2026-01-01"}]
    client = FakeService(agents=[{"id": "1", **agents[0]}])
    clock = Clock()
    with pytest.raises(CloudError) as error:
        neutron_agents.wait(client, {"n1": ["neutron-l3-agent", "neutron-dhcp-agent"]}, 3, clock, clock.pause)
    assert "neutron-l3-agent on n1 was last heard of at 2026-01-01 UTC" in str(error.value)
    assert "neutron-dhcp-agent on n1 has never reported itself" in str(error.value)
    clock = Clock(lambda: client.collections["agents"]["1"].update(alive=True))
    neutron_agents.wait(client, {"n1": ["neutron-l3-agent"]}, 60, clock, clock.pause)
    assert clock.now == 1
