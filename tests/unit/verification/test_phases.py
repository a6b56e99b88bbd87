"""What the phases make of what the hosts report, and the removal of everything a verification made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openstack import exceptions

from nai.installer.verification import objects, phases
from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.report import Report

IMAGE = "11111111-2222-4333-8444-555555555555"
SERVER = "7b0c0ac2-1111-4222-8333-444455556666"


@pytest.fixture
def settings(tmp_path: Path) -> phases.Settings:
    """Settings of a cloud with two compute hosts."""
    return phases.Settings(
        clouds_file=tmp_path / "clouds.yaml",
        state_directory=tmp_path,
        compute_hosts=("c1", "c2"),
        image="",
        flavor="d1.small",
        network_cidr="10.0.0.0/24",
        external_network="external",
        timeout_seconds=5,
        keep=False,
    )


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """A report of a run that has made an image and an instance."""
    made = Report.begin(tmp_path / "reports", "abc123")
    made.handover = {
        "ids": {"image": IMAGE},
        "flavor": {"ram": 512, "vcpus": 1},
        "instances": [{"id": SERVER, "host": "c1", "port": ""}],
    }
    return made


def test_a_cloud_without_credentials_is_named(settings: phases.Settings) -> None:
    with pytest.raises(CheckFailedError, match=r"clouds.yaml is not there; `ansible-playbook site.yml` writes it"):
        phases.begin(settings, lambda _line: None)


def test_every_compute_host_must_have_the_image(settings: phases.Settings, report: Report) -> None:
    phases.check_synchronised(settings, report, {"c1": {"loaded": [IMAGE]}, "c2": {"present": [IMAGE]}})
    assert report.passed
    with pytest.raises(CheckFailedError) as error:
        phases.check_synchronised(settings, report, {"c1": {"loaded": [IMAGE]}, "c2": {"msg": "no engine"}})
    assert error.value.seen.startswith("c2: no engine")


def test_limits_that_differ_fail(settings: phases.Settings, report: Report) -> None:
    with pytest.raises(CheckFailedError, match="0 containers"):
        phases.check_limits(settings, report, {"c1": {"containers": []}})


def test_a_host_that_could_not_be_looked_at_is_no_clean_host(report: Report) -> None:
    with pytest.raises(CheckFailedError, match="c2 could not be looked at"):
        phases.compare_hosts(report, ["c1", "c2"], {"c1": {}, "c2": {}}, {"c1": {}})


def test_what_is_left_of_the_run_fails_and_what_others_made_is_only_told(report: Report) -> None:
    phases.compare_hosts(report, ["c1"], {"c1": {}}, {"c1": {"links": ["tapffffffff-ff"]}})
    assert "1 things are new and not of this run" in report.steps[-1].seen
    with pytest.raises(CheckFailedError, match=f"image of Docker glance:{IMAGE}"):
        phases.compare_hosts(report, ["c1"], {"c1": {}}, {"c1": {"images": [f"glance:{IMAGE}"]}})
    assert "FAILED" in phases.summary(report)


class FakeCloud:
    """Objects by kind; those named `other` belong to somebody else."""

    def __init__(self) -> None:
        """Starts with one of each kind of ours, and of somebody else's."""
        self.removed: list[str] = []
        self.busy = 1
        self.servers = [self._named("nai-verify-1-1", status="ACTIVE", hypervisor_hostname="c1"), self._named("other")]
        network = SimpleNamespace(
            ips=lambda: [
                SimpleNamespace(id="f", description="nai-verify-1", floating_ip_address="192.0.2.9"),
                SimpleNamespace(id="g", description="", floating_ip_address="192.0.2.10"),
            ],
            routers=lambda: [self._named("nai-verify-1"), self._named("other")],
            networks=lambda: [self._named("nai-verify-1"), self._named("external")],
            ports=self._ports,
            security_groups=lambda: [self._named("nai-verify-1"), self._named("default")],
            delete_ip=lambda item: self.removed.append(f"ip {item.floating_ip_address}"),
            delete_router=lambda item: self.removed.append(f"router {item.name}"),
            delete_port=lambda item: self.removed.append(f"port {item.id}"),
            delete_network=self._delete_network,
            delete_security_group=lambda item: self.removed.append(f"group {item.name}"),
            remove_interface_from_router=lambda _item, subnet_id: self.removed.append(f"interface {subnet_id}"),
        )
        compute = SimpleNamespace(
            servers=lambda **_filters: list(self.servers),
            delete_server=self._delete_server,
            keypairs=lambda: [self._named("nai-verify-1")],
            delete_keypair=lambda item: self.removed.append(f"key {item.name}"),
        )
        image = SimpleNamespace(
            images=lambda: [self._named("nai-verify-1"), self._named("ubuntu")],
            delete_image=lambda item: self.removed.append(f"image {item.name}"),
        )
        self.connection = SimpleNamespace(network=network, compute=compute, image=image)

    def _named(self, name: str, **values: Any) -> SimpleNamespace:
        return SimpleNamespace(id=f"id-{name}", name=name, **values)

    def _ports(self, **filters: str) -> list[SimpleNamespace]:
        if "device_id" in filters:
            return [SimpleNamespace(id="q", device_owner="network:router_interface", fixed_ips=[{"subnet_id": "s"}])]
        return [SimpleNamespace(id="p", device_owner=""), SimpleNamespace(id="d", device_owner="network:dhcp")]

    def _delete_server(self, identifier: str) -> None:
        self.removed.append(f"server {identifier}")
        self.servers = [server for server in self.servers if server.id != identifier]

    def _delete_network(self, item: SimpleNamespace) -> None:
        if self.busy:
            self.busy -= 1
            raise exceptions.ConflictException("in use")
        self.removed.append(f"network {item.name}")


def test_only_our_own_is_removed_and_in_an_order_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    cloud = FakeCloud()
    objects.remove_all(cloud.connection, 5)
    assert cloud.removed == [
        "server id-nai-verify-1-1",
        "ip 192.0.2.9",
        "interface s",
        "router nai-verify-1",
        "port p",
        "network nai-verify-1",
        "group nai-verify-1",
        "key nai-verify-1",
        "image nai-verify-1",
    ]


def test_what_is_there_of_a_verification_is_listed() -> None:
    assert objects.find_all(FakeCloud().connection)[:2] == ["instance nai-verify-1-1", "floating IP 192.0.2.9"]


def test_something_that_stays_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    cloud = FakeCloud()
    cloud.busy = 10**6
    with pytest.raises(CheckFailedError, match="network nai-verify-1 to be removed"):
        objects.remove_all(cloud.connection, 5)
