"""What site.yml leaves on the controller, on a Docker blade and on a KVM blade."""

from __future__ import annotations

import configparser
import io
import json
from typing import Any

import pytest
import testinfra

from tests.support.wait import until

Host = Any  # testinfra has no type information
Scenario = Any  # the class in conftest.py, which is no module that could be imported

HOSTS = ("master1", "blade01", "blade21")


@pytest.fixture(params=HOSTS)
def machine(request: pytest.FixtureRequest) -> Host:
    """Each host, by way of the engine: quicker than with Ansible, and independent of what is tested."""
    return testinfra.get_host(f"docker://nai-kilo-{request.param}")


def options(host: Host, path: str) -> configparser.RawConfigParser:
    """Reads an INI file of a host."""
    parser = configparser.RawConfigParser(strict=False, default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's documentation has it
    parser.read_file(io.StringIO(host.file(path).content_string))
    return parser


def test_no_unit_failed(machine: Host) -> None:
    assert machine.check_output("systemctl list-units --failed --plain --no-legend") == ""


def test_only_the_mirror_is_left_as_a_source(machine: Host) -> None:
    assert machine.file("/etc/yum.repos.d").listdir() == ["CentOS-Base.repo"]
    repositories = options(machine, "/etc/yum.repos.d/CentOS-Base.repo")
    assert "rdo-kilo" in repositories.sections()
    for name in repositories.sections():
        assert repositories[name]["baseurl"].startswith("http://172.29.90.5/")
        assert repositories[name]["gpgcheck"] == "1"
    assert repositories["epel"]["includepkgs"] == "python-pip python2-pip"


def test_the_answers_are_private_and_name_all_hosts(scenario: Scenario) -> None:
    assert scenario.shell("master1", "stat -c '%U %a' /etc/nai/packstack-answers.txt").split() == ["root", "600"]
    text = scenario.shell("master1", "cat /etc/nai/packstack-answers.txt")
    assert "\nCONFIG_COMPUTE_HOSTS=172.29.90.101,172.29.90.121" in text
    assert "\nCONFIG_NEUTRON_ML2_VNI_RANGES=1:1000,5000:5999\n" in text


@pytest.mark.parametrize(("host_name", "address"), [("master1", 10), ("blade01", 101), ("blade21", 121)])
def test_tunnels_end_at_each_hosts_own_address(scenario: Scenario, host_name: str, address: int) -> None:
    settings = scenario.service(host_name, "neutron-openvswitch-agent")["settings"]
    assert settings["ovs"]["local_ip"] == f"172.29.91.{address}"
    assert settings["agent"]["tunnel_types"] == "vxlan"


def test_docker_and_kvm_stand_side_by_side(scenario: Scenario) -> None:
    docker = scenario.service("blade01", "nova-compute")["settings"]
    assert docker["DEFAULT"]["compute_driver"] == "novadocker.virt.docker.DockerDriver"
    assert docker["docker"]["host_url"] == "unix:///var/run/docker.sock"
    kvm = scenario.service("blade21", "nova-compute")["settings"]
    assert kvm["DEFAULT"]["compute_driver"] == "libvirt.LibvirtDriver"
    assert "docker" not in kvm
    for trace in ("/usr/bin/docker", "/etc/nova/nai-docker.conf", "/usr/lib/python2.7/site-packages/novadocker"):
        assert scenario.shell("blade21", f"ls -d {trace} 2>/dev/null || true") == ""
    assert not any(call.startswith(("pip", "rpm -e")) for call in scenario.calls("blade21"))


def test_the_exchange_was_done_once_and_in_order(scenario: Scenario) -> None:
    calls = scenario.calls("blade01")
    exchange = [call for call in calls[calls.index("rpm -e --nodeps python-pbr") :] if "pbr" in call or "pip" in call]
    assert [" ".join(call.split()[:2]) for call in exchange[:5]] == [
        "rpm -e",
        "pip install",
        "pip install",
        "pip uninstall",
        "yum -y",
    ]
    assert exchange[4] == "yum -y install python-pbr-1.8.1-2.el7"


def test_glance_takes_docker_images(scenario: Scenario) -> None:
    glance = scenario.service("master1", "glance-api")
    assert "docker" in glance["settings"]["image_format"]["container_formats"].split(",")
    # Glance looks for its paste configuration under the name of the last file.
    assert glance["arguments"][-1] == "/etc/glance/glance-api.conf"


def test_clients_outside_reach_the_apis(scenario: Scenario) -> None:
    endpoints = json.loads(scenario.shell("master1", "cat /var/lib/stand-ins/keystone.json"))["endpoints"]
    public = [endpoint["url"] for endpoint in endpoints if endpoint["interface"] == "public"]
    assert "http://172.29.92.10:5000/v2.0" in public
    assert all(url.startswith("http://172.29.92.10:") for url in public)
    inside = [endpoint["url"] for endpoint in endpoints if endpoint["interface"] != "public"]
    assert all(url.startswith("http://172.29.90.10:") for url in inside)


def test_the_firewall_lets_them_in_and_still_does_after_it_was_loaded_anew(scenario: Scenario) -> None:
    def rules() -> list[str]:
        saved: str = scenario.shell("master1", "iptables-save")
        return saved.splitlines()

    def is_first() -> bool:
        return next(rule for rule in rules() if rule.startswith("-A INPUT")) == "-A INPUT -j NAI-PUBLIC"

    for command in ("true", "systemctl restart iptables"):
        scenario.shell("master1", command)
        until("NAI-PUBLIC the first rule", is_first, seconds=10)
        accepting = [rule for rule in rules() if rule.startswith("-A NAI-PUBLIC")]
        assert len(accepting) == 1
        assert {"5000", "9292", "8774", "9696"} <= set(accepting[0].split("--dports ")[1].split()[0].split(","))


def test_images_of_glance_come_to_the_docker_blade_and_go_when_nothing_uses_them(scenario: Scenario) -> None:
    def synchronised(*names: str) -> list[str]:
        images = [{"id": name, "name": name, "container_format": "docker", "status": "active"} for name in names]
        scenario.shell("master1", f"echo '{json.dumps(images)}' > /var/lib/stand-ins/images.json")
        scenario.shell("blade01", "systemctl start nai-docker-images.service || true")
        found: list[str] = json.loads(scenario.shell("blade01", "cat /var/lib/stand-ins/docker.json"))["images"]
        return found

    settings = "/etc/nai/docker-images.json"
    no_grace = 's/"grace_period_seconds": [0-9]*/"grace_period_seconds": 0/'
    scenario.shell(
        "blade01",
        f"cp {settings} /root/saved && sed -i '{no_grace}' {settings}",
    )
    try:
        assert synchronised("kms", "broken", "app:1") == ["app:1", "kms:latest"]
        scenario.shell("blade01", "docker run app:1")
        assert synchronised() == ["app:1"], "one that a container was made from has to stay, the other one has to go"
    finally:
        scenario.shell(
            "blade01", f"mv /root/saved {settings}; systemctl reset-failed nai-docker-images.service || true"
        )
        scenario.shell("master1", "rm /var/lib/stand-ins/images.json")


def test_a_dry_run_changes_nothing(scenario: Scenario) -> None:
    before = [scenario.calls(host) for host in HOSTS]
    run = scenario.play("site.yml", "--check", "--diff").ok()
    assert run.changed == {}
    assert [scenario.calls(host) for host in HOSTS] == before


def test_a_mirror_that_has_gone_is_one_line(scenario: Scenario) -> None:
    run = scenario.play("playbooks/precheck.yml", "--extra-vars", "mirror=http://172.29.90.6")
    assert run.exit_code != 0
    told = [line for line in run.output.splitlines() if "172.29.90.6" in line and not line.startswith("fatal:")]
    assert len(told) == 1, told
    assert "http://172.29.90.6 does not answer" in told[0]
