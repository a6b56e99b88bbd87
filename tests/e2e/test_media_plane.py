"""The media plane's services are killed in the middle of something: it ends as if nothing had happened.

That the media plane works at all is proven by playbooks/verify.yml, which test_site runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.descriptor import Wanted, network_service
from nai.installer.verification.media_plane.kurento import Kurento
from nai.installer.verification.media_plane.load import Load
from nai.installer.verification.media_plane.manager import Manager, MediaServer
from nai.installer.verification.media_plane.nfvo import Nfvo
from tests.support import hosts as machines
from tests.support import leftovers
from tests.support.cloud import PREFIX
from tests.support.hosts import Host
from tests.support.wait import until

pytestmark = pytest.mark.destructive

UNITS = ("nai-nfvo", "nai-vnfm-media-server", "rabbitmq-server", "mariadb")
ACTIVE_SECONDS = 240.0


@dataclass
class Service:
    """A network service of media servers that a test has deployed.

    Attributes:
        name: Its name; the instances' names start with it.
        record: Id of its record.
    """

    name: str
    record: str


class Deployment:
    """Deploys network services, and looks at them as an operator does."""

    def __init__(self, nfvo: Nfvo, manager_url: str, connection: Any) -> None:
        self.nfvo = nfvo
        self._manager_url = manager_url
        self._connection = connection
        self._made: list[tuple[str, str]] = []

    def start(self) -> Service:
        """Asks for a network service; it is not up yet."""
        name = f"{PREFIX}-{secrets.token_hex(3)}"
        wanted = Wanted(name, "nubomedia", "nai-kurento-stand-in", "d1.small", 1, "internal_nubomedia")
        descriptor = self.nfvo.onboard(network_service(wanted))
        record = self.nfvo.instantiate(descriptor)
        self._made.append((descriptor, record))
        return Service(name, record)

    def active(self, service: Service) -> Manager:
        """Waits until it is up; returns the VNFM's view of it."""
        record = until(
            f"{service.name} is ACTIVE",
            lambda: self._record(service),
            seconds=ACTIVE_SECONDS,
            holds=lambda seen: seen.get("status") == "ACTIVE",
            every_seconds=1,
        )
        return Manager(self._manager_url, record["vnfr"][0]["id"])

    def instances(self, service: Service) -> list[str]:
        """Names of its instances in Nova."""
        listed = self._connection.compute.servers(details=False, all_projects=True, name=f"^{service.name}")
        return sorted(server.name for server in listed)

    def end(self) -> None:
        """Removes everything and waits until it is gone."""
        for descriptor, record in self._made:
            self.nfvo.terminate(record)
            self._wait_until_gone(record)
            self.nfvo.forget(descriptor)
        self._made.clear()

    def _wait_until_gone(self, record: str) -> None:
        until(f"{record} is gone", lambda: self.nfvo.record(record) is None, seconds=ACTIVE_SECONDS)

    def _record(self, service: Service) -> dict[str, Any]:
        try:
            seen = self.nfvo.record(service.record) or {}
        except CheckFailedError as error:
            # The orchestrator itself may be the one that was killed.
            raise ConnectionError(str(error)) from error
        assert seen.get("status") != "ERROR", seen.get("task")
        return seen


@pytest.fixture(scope="module")
def operations(hosts: dict[str, Host]) -> Host:
    """The host that the media plane runs on."""
    return hosts[machines.group("operations")[0]]


@pytest.fixture
def deployment(endpoints: dict[str, dict[str, Any]], connection: Any) -> Iterator[Deployment]:
    """Network services of one test; nothing of them is left in the cloud afterwards."""
    before = leftovers.in_the_platform(connection)
    nfvo = Nfvo(endpoints["nfvo"]["url"], Path(endpoints["nfvo"]["password_file"]).read_text().strip())
    nfvo.log_in()
    made = Deployment(nfvo, endpoints["media_server_vnfm"]["url"], connection)
    yield made
    made.end()
    until(
        "nothing is left in the cloud",
        lambda: leftovers.in_the_platform(connection) - before,
        seconds=60,
        holds=lambda seen: not seen,
    )


def kill(host: Host, unit: str) -> None:
    """Ends a service as a crash would; systemd starts it again."""
    host.run(f"systemctl kill --signal=KILL {unit}")
    # Debian's own units are not all started again after a crash.
    host.run(f"sleep 1; systemctl is-active --quiet {unit} || systemctl start {unit}", seconds=120)


def servers_of(manager: Manager, number: int, load: Load | None = None) -> list[MediaServer]:
    """Waits until there are so many media servers, all with an address; the sessions beat meanwhile."""

    def look() -> list[MediaServer]:
        try:
            if load is not None:
                load.beat()
            return [server for server in manager.servers() if server.address]
        except CheckFailedError as error:
            raise ConnectionError(str(error)) from error

    return until(
        f"{number} media servers",
        look,
        seconds=ACTIVE_SECONDS,
        holds=lambda seen: len(seen) == number,
        every_seconds=1,
    )


@pytest.mark.parametrize("unit", UNITS)
def test_killed_while_a_service_is_deployed(unit: str, deployment: Deployment, operations: Host) -> None:
    service = deployment.start()
    until("an instance is asked for", lambda: deployment.instances(service), seconds=60, every_seconds=0.2)
    kill(operations, unit)
    manager = deployment.active(service)
    (server,) = servers_of(manager, 1)
    assert deployment.instances(service) == [server.hostname], "one instance, made once"
    with Kurento(server.address) as media:
        media.ping()


@pytest.mark.parametrize("unit", UNITS)
def test_killed_while_it_scales_out(unit: str, deployment: Deployment, operations: Host) -> None:
    service = deployment.start()
    manager = deployment.active(service)
    load = Load(manager, service.name, ACTIVE_SECONDS)
    load.fill()
    kept = [session.id for session in load.sessions]
    until("a second instance is asked for", lambda: len(deployment.instances(service)) > 1, seconds=90)
    kill(operations, unit)
    # Two full ones would be 100 % again; without more load, half of each is enough: it stays at two.
    servers_of(manager, 2, load)
    assert len(deployment.instances(service)) == 2
    assert all(manager.session(session) for session in kept), "sessions are not lost"
    for session in list(load.sessions):
        load.end(session)
    servers_of(manager, 1)
    until("one instance is left", lambda: len(deployment.instances(service)) == 1, seconds=60)


def test_killed_while_a_service_is_removed(deployment: Deployment, operations: Host) -> None:
    service = deployment.start()
    deployment.active(service)
    deployment.nfvo.terminate(service.record)
    kill(operations, "nai-vnfm-media-server")
    kill(operations, "nai-nfvo")
    until("all instances are gone", lambda: not deployment.instances(service), seconds=ACTIVE_SECONDS)


def test_sessions_outlive_every_restart(deployment: Deployment, operations: Host) -> None:
    service = deployment.start()
    manager = deployment.active(service)
    session = manager.register(50, "kept")
    assert session is not None
    operations.run(f"systemctl restart {' '.join(UNITS)}", seconds=180)
    (server,) = servers_of(manager, 1)
    assert server.used == 50
    assert manager.register(50, "kept") == session, "the application's own name finds it"
    manager.beat(session.id)
    manager.end(session.id)
    assert manager.servers()[0].used == 0
