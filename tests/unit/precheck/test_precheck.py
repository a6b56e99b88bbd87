"""The matrix of what precheck finds: one good platform, and one thing wrong with it at a time."""

from __future__ import annotations

from typing import Any

import pytest

from nai.installer.precheck import Host, Needs, Severity, check_platform, one_line_each

RELEASE = {
    "name": "epoxy",
    "os": {"distribution": "debian", "major_version": 13},
    "services": {
        "keystone": {"unit": "keystone", "port": 5000},
        "mariadb": {"unit": "mariadb", "port": 3306, "groups": ["controller", "operations"]},
        "nfvo": {"unit": "nai-nfvo", "port": 8080, "groups": ["operations"], "programs": ["nai"]},
        "docker": {"unit": "docker"},
    },
}
NEEDS: dict[str, Any] = {
    "release": RELEASE,
    "memory_mb": {"controller": 3000, "compute": 1000, "operations": 500},
    "disk_gb": {"controller": 4, "compute": 3, "operations": 1},
    "docker_disk_gb": 2,
}


def facts(number: int, **changes: Any) -> dict[str, Any]:
    """Facts of a good host."""
    return {
        "hostname": f"host{number}",
        "distribution": "debian",
        "major_version": 13,
        "python_version": "3.13.5",
        "cpu_count": 2,
        "memory_mb": 4096,
        "disk_free_gb": {"/": 20.0, "/var/lib/docker": 20.0},
        "docker_storage_ok": True,
        "interfaces": [
            {"name": "eth0", "mtu": 1500, "addresses": [f"192.0.2.{number}/24"]},
            {"name": "eth1", "mtu": 1500, "addresses": [f"198.51.100.{number}/24"]},
        ],
        "default_gateway": "192.0.2.254",
        "listening_ports": [{"port": 22, "address": "0.0.0.0", "process": "sshd"}],  # noqa: S104  # a text
        "openvswitch_kernel": False,
        "systemd": True,
        "clock_offset_seconds": 0.1 * number,
        **changes,
    }


def platform(**changes: dict[str, Any]) -> list[Host]:
    """A controller, two compute hosts and an operations host; `changes` are facts by host."""
    groups = {"controller1": "controller", "compute1": "compute", "compute2": "compute", "operations1": "operations"}
    hosts = []
    for number, (name, group) in enumerate(groups.items(), start=1):
        addresses = {"nai_management_address": f"192.0.2.{number}"}
        if group != "operations":
            addresses["nai_tunnel_address"] = f"198.51.100.{number}"
        hosts.append(Host(name, (group,), facts(number, **changes.get(name, {})), addresses))
    return hosts


def lines(hosts: list[Host], **needs: Any) -> list[str]:
    """All findings as text."""
    return [str(item) for item in check_platform(hosts, Needs(**{**NEEDS, **needs}))]


def test_a_good_platform_has_no_finding() -> None:
    assert lines(platform()) == []


@pytest.mark.parametrize(
    ("host", "wrong", "words"),
    [
        (
            "compute1",
            {"distribution": "ubuntu", "major_version": 24},
            "runs ubuntu 24, release epoxy is packaged for debian 13",
        ),
        ("compute1", {"major_version": 12}, "runs debian 12"),
        ("compute1", {"python_version": "3.6.8"}, "Python 3.6.8 is too old"),
        ("compute1", {"systemd": False}, "systemd is not running"),
        ("compute1", {"memory_mb": 900}, "has 900 MB of memory, compute needs 1000 MB"),
        ("controller1", {"cpu_count": 1}, "has one processor"),
        ("compute1", {"disk_free_gb": {"/": 1.2}}, "has 1.2 GB free on /, compute needs 3.0 GB"),
        ("compute1", {"disk_free_gb": {"/": 9, "/var/lib/docker": 1}}, "1.0 GB free for /var/lib/docker"),
        (
            "controller1",
            {"listening_ports": [{"port": 5000, "address": "0.0.0.0", "process": "nginx"}]},  # noqa: S104
            "port 5000 on 0.0.0.0, which keystone needs, is used by nginx",
        ),
        ("compute2", {"docker_storage_ok": False}, "/var/lib/docker lies on an overlay filesystem"),
        ("compute2", {"tun_device": False}, "/dev/net/tun is missing"),
        ("compute2", {"missing_capabilities": ["CAP_NET_ADMIN"]}, "lacks CAP_NET_ADMIN"),
        ("compute2", {"default_gateway": ""}, "has no default route"),
        ("compute2", {"hostname": "host2"}, "its host name is host2, as that of compute1"),
        ("compute2", {"clock_offset_seconds": 90.0}, "its clock is 90 s ahead of the other hosts'"),
        ("compute2", {"clock_offset_seconds": -90.0}, "its clock is 90 s behind the other hosts'"),
    ],
)
def test_one_wrong_thing_is_one_line(host: str, wrong: dict[str, Any], words: str) -> None:
    [line] = lines(platform(**{host: wrong}))
    assert line.startswith(f"{host}: ")
    assert words in line
    assert "; " in line, "the line says what to do"


def test_all_findings_come_at_once_errors_first() -> None:
    found = check_platform(
        platform(controller1={"cpu_count": 1}, compute1={"memory_mb": 1}, compute2={"systemd": False}), Needs(**NEEDS)
    )
    assert [item.severity for item in found] == [Severity.ERROR, Severity.ERROR, Severity.WARNING]
    assert [item.host for item in found] == ["compute1", "compute2", "controller1"]


def test_an_ignored_check_only_warns() -> None:
    [found] = check_platform(platform(compute1={"memory_mb": 1}), Needs(**{**NEEDS, "ignored": frozenset({"memory"})}))
    assert found.severity is Severity.WARNING
    assert str(found).endswith("[memory]"), "the line names what precheck_ignored takes"


def test_an_unreachable_host_is_one_line_and_stops_no_other_check() -> None:
    hosts = platform(compute2={"systemd": False})
    hosts[1] = Host("compute1", ("compute",), None, {}, "connection refused")
    assert [line.split(":")[0] for line in lines(hosts)] == ["compute1", "compute2"]
    assert "no facts: connection refused" in lines(hosts)[0]


@pytest.mark.parametrize(
    "listener",
    [
        {"port": 5000, "process": "uwsgi_python3"},
        {"port": 5000, "process": "keystone"},
        {"port": 3306, "process": "mariadbd"},
        {"port": 3306, "process": "", "unit": "mariadb.service"},
    ],
)
def test_the_platforms_own_services_hold_their_ports(listener: dict[str, Any]) -> None:
    assert lines(platform(controller1={"listening_ports": [{"address": "*", **listener}]})) == []


def test_a_deployed_host_needs_less_disk() -> None:
    deployed = {"listening_ports": [{"port": 5000, "address": "*", "process": "uwsgi"}]}
    assert lines(platform(controller1={**deployed, "disk_free_gb": {"/": 1.5}})) == []
    assert lines(platform(controller1={"disk_free_gb": {"/": 1.5}})) != []


@pytest.mark.parametrize(
    ("host", "port", "process", "wrong"),
    [
        ("compute1", 5000, "nginx", False),
        ("operations1", 5000, "nginx", False),
        ("controller1", 8080, "nginx", False),
        ("operations1", 8080, "nginx", True),
        ("operations1", 8080, "nai", False),
        ("operations1", 3306, "postgres", True),
    ],
)
def test_a_port_matters_where_its_service_runs(host: str, port: int, process: str, wrong: bool) -> None:
    found = lines(platform(**{host: {"listening_ports": [{"port": port, "address": "*", "process": process}]}}))
    assert bool(found) is wrong


def test_a_host_in_several_groups_needs_the_sum() -> None:
    host = Host("all1", ("controller", "compute"), facts(1, memory_mb=3900), {})
    [line] = lines([host])
    assert "controller + compute needs 4000 MB" in line


def test_an_address_of_the_inventory_must_be_on_an_interface() -> None:
    hosts = platform()
    hosts[0] = Host("controller1", ("controller",), hosts[0].facts, {"nai_external_address": "203.0.113.9"})
    [line] = lines(hosts)
    assert "nai_external_address 203.0.113.9 is on none of its interfaces (192.0.2.1, 198.51.100.1)" in line


def test_a_named_external_interface_must_exist() -> None:
    [line] = lines(platform(), external_interface="eth9")
    assert "nai_external_interface eth9 is none of its interfaces (eth0, eth1)" in line


def test_the_kernel_datapath_needs_the_kernel_module() -> None:
    found = lines(platform(compute1={"openvswitch_kernel": True}), datapath="system")
    assert [line.split(":")[0] for line in found] == ["controller1", "compute2"]


def test_tunnel_ends_without_a_route() -> None:
    far = {
        "interfaces": [{"name": "eth1", "mtu": 1500, "addresses": ["192.0.2.3/24", "203.0.113.3/24"]}],
        "default_gateway": "",
    }
    hosts = platform(compute2=far)
    hosts[2] = Host("compute2", ("compute",), hosts[2].facts, {"nai_tunnel_address": "203.0.113.3"})
    found = lines(hosts)
    assert any("no route from eth1 to the tunnel addresses of controller1, compute1" in line for line in found)


def test_different_mtus_are_a_warning() -> None:
    big = {
        "interfaces": [
            {"name": "eth0", "mtu": 1500, "addresses": ["192.0.2.2/24"]},
            {"name": "eth1", "mtu": 9000, "addresses": ["198.51.100.2/24"]},
        ]
    }
    [found] = check_platform(platform(compute1=big), Needs(**NEEDS))
    assert found.severity is Severity.WARNING
    assert "MTU of its tunnel interface is 9000, another host's is 1500" in str(found)


def test_unknown_facts_are_not_held_against_a_host() -> None:
    assert lines([Host("controller1", ("controller",), {}, {})]) == []


MIRROR = "http://mirror.example.org"


def test_a_mirror_that_is_down_is_one_line_for_all_hosts_and_repositories() -> None:
    down = {f"{MIRROR}/{name}/repodata/repomd.xml": "Connection refused" for name in ("base", "rdo")}
    hosts = [Host(f"blade{number:02d}", (), facts(number, unanswered_urls=down), {}) for number in range(1, 26)]
    [finding] = check_platform(hosts, Needs(**NEEDS))
    assert finding.severity is Severity.ERROR
    assert str(finding) == (
        f"blade[01:25]: {MIRROR} does not answer (Connection refused); start that mirror or correct its URL; packages"
        " come from there [mirrors]"
    )


def test_what_a_mirror_lacks_is_named() -> None:
    lacking = {f"{MIRROR}/{name}/repodata/repomd.xml": "HTTP status 404" for name in ("base", "rdo")}
    [line] = lines(platform(compute1={"unanswered_urls": lacking}))
    assert line.startswith(
        f"compute1: {MIRROR} answers HTTP status 404 for /base/repodata/repomd.xml, /rdo/repodata/repomd.xml; correct"
    )


def test_the_same_of_several_hosts_is_one_line() -> None:
    hosts = [Host(f"blade{number:02d}", (), None, {}, "connection refused") for number in range(1, 26)]
    found = check_platform(hosts, Needs(**NEEDS))
    assert len(found) == 25
    [line] = one_line_each(found)
    assert line.startswith("blade[01:25]: no facts: connection refused; look at")


def test_docker_matters_where_instances_are_containers() -> None:
    wrong = facts(1, docker_storage_ok=False, disk_free_gb={"/": 20.0, "/var/lib/docker": 0.1})
    kvm, docker = (
        Host("blade01", (group, "packstack", "compute"), wrong, {}) for group in ("compute_kvm", "compute_docker")
    )
    assert lines([kvm]) == []
    assert [line.rpartition("[")[2] for line in lines([docker])] == ["disk]", "docker_storage]"]


def test_groups_that_need_nothing_are_not_named() -> None:
    [line] = lines([Host("blade01", ("compute_kvm", "packstack", "compute"), facts(1, memory_mb=900), {})])
    assert "900 MB of memory, compute needs 1000 MB" in line


def test_the_release_says_what_its_programs_are_called() -> None:
    services = {"keystone": {"unit": "openstack-keystone", "port": 5000, "programs": ["keystone-all"]}}
    listener = {"port": 5000, "address": "*", "process": "keystone-all"}
    hosts = platform(controller1={"listening_ports": [listener]})
    assert lines(hosts, release={**RELEASE, "services": services}) == []


def test_a_release_whose_installer_brings_open_vswitch_asks_for_no_device() -> None:
    assert lines(platform(compute1={"tun_device": False}), datapath="") == []
