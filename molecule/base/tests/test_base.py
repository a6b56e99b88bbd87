"""What the base roles leave on a host."""

from typing import Any

import pytest

Host = Any  # testinfra has no type information


def test_the_hosts_file_knows_every_host_once(host: Host) -> None:
    names = host.file("/etc/hosts").content_string
    assert names.count("127.0.0.1 nai-molecule-base") == 1
    assert names.count("BEGIN hosts of the platform") == 1


def test_the_time_zone_is_set(host: Host) -> None:
    assert host.file("/etc/localtime").linked_to == "/usr/share/zoneinfo/Etc/UTC"
    assert host.check_output("date +%Z") == "UTC"


@pytest.mark.parametrize(("path", "mode"), [("/etc/nai", 0o755), ("/var/lib/nai", 0o700)])
def test_state_directories_are_private_where_they_must_be(host: Host, path: str, mode: int) -> None:
    directory = host.file(path)
    assert directory.is_directory
    assert directory.user == "root"
    assert directory.mode == mode


def test_packages_were_installed_without_starting_stock_services(host: Host) -> None:
    assert host.package("memcached").is_installed
    assert not host.file("/usr/sbin/policy-rc.d").exists, "the installation's guard was left behind"


def test_the_service_runs_as_configured(host: Host) -> None:
    service = host.service("memcached")
    assert service.is_running
    assert service.is_enabled
    assert host.socket("tcp://127.0.0.1:11211").is_listening
    assert "-m 64" in host.file("/etc/memcached.conf").content_string


def test_nothing_failed(host: Host) -> None:
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""
    assert host.check_output("systemctl is-system-running") == "running"
