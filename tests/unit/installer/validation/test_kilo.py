"""Wrong input of an inventory for OpenStack Kilo: one line each."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nai.installer.validation import validate
from tests.support.repository import ROOT
from tests.unit.installer.conftest import MakeInventory

BLADES = ROOT / "inventories" / "kilo_blades"
MAIN = "lab/group_vars/all/main.yml"
HOSTS = (BLADES / "hosts.yml").read_text()
VARIABLES: dict[str, Any] = yaml.safe_load((BLADES / "group_vars/all/main.yml").read_text())


@pytest.fixture
def make_blades(make_inventory: MakeInventory) -> MakeInventory:
    """Makes a copy of the blades' inventory with something changed."""

    def make(hosts: str = HOSTS, files: dict[str, str] | None = None, **changes: Any) -> Path:
        return make_inventory(hosts=hosts, files=files, **{**VARIABLES, **changes})

    return make


def lines(inventory: Path, *extra: str) -> list[str]:
    return [str(finding) for finding in validate([inventory], extra).findings]


def test_the_inventory_of_the_repository_is_valid() -> None:
    report = validate([BLADES])
    assert report.findings == ()
    assert report.hosts == 26


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "                compute_kvm:\n",
            "                compute_qemu:\n",
            [
                (
                    "lab: group compute: has hosts in none of its groups (blade[21:25]);"
                    " put them into compute_docker or compute_kvm"
                )
            ],
            id="misspelt-group",
        ),
        pytest.param(
            "                    blade[21:25]:\n",
            "                    blade[20:25]:\n",
            [
                (
                    "lab: group compute_docker: has hosts that are in group compute_kvm as well (blade20);"
                    " keep each in one of the two"
                )
            ],
            id="two-hypervisors",
        ),
        pytest.param(
            "            compute:\n",
            "                master2:\n                  nai_management_address: 192.0.2.11\n"
            "                  nai_tunnel_address: 203.0.113.11\n                  nai_external_interface: eth2\n"
            "            compute:\n",
            ["lab: group controller: has 2 hosts (master1, master2); keep one host in it"],
            id="two-masters",
        ),
        pytest.param(
            "        packstack:\n",
            "        packstacks:\n",
            [
                (
                    "lab: group compute_docker: has hosts that are not in group packstack (blade[01:20]);"
                    " make it a child of packstack"
                ),
                (
                    "lab: group compute_kvm: has hosts that are not in group packstack (blade[21:25]);"
                    " make it a child of packstack"
                ),
                (
                    "lab: group controller: has hosts that are not in group packstack (master1);"
                    " make it a child of packstack"
                ),
            ],
            id="not-in-packstack",
        ),
        pytest.param(
            "                  nai_external_interface: eth2",
            "                  #",
            [
                (
                    "lab: host master1: has no nai_external_interface; name its NIC in the external network: packstack"
                    " puts it into br-ex"
                )
            ],
            id="no-external-interface",
        ),
        pytest.param(
            "        ansible_python_interpreter: /opt",
            "        ansible_python_interpreter: opt",
            [
                (
                    "lab/hosts.yml:42: ansible_python_interpreter: is no absolute path for master1, blade[01:25]; name"
                    " the Python 3.8 or newer that target_python brings"
                )
            ],
            id="interpreter",
        ),
    ],
)
def test_wrong_hosts(make_blades: MakeInventory, old: str, new: str, expected: list[str]) -> None:
    assert old in HOSTS
    assert lines(make_blades(hosts=HOSTS.replace(old, new))) == expected


def test_no_compute_host_at_all(make_blades: MakeInventory) -> None:
    found = lines(make_blades(hosts=HOSTS.replace("blade[01:20]:", "").replace("blade[21:25]:", "")))
    assert found == [
        (
            "lab: group compute: has no host; add the compute hosts whose instances are Docker containers or the"
            " compute hosts whose instances are KVM machines to compute_docker or compute_kvm"
        )
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"packstack_answers": {"CONFIG_HEAT_INSTAL": "y"}},
            "packstack_answers.CONFIG_HEAT_INSTAL: is no key of packstack's answer file in Kilo; write"
            " CONFIG_HEAT_INSTALL",
            id="unknown-answer",
        ),
        pytest.param(
            {"packstack_answers": {"CONFIG_NTP_SERVERS": {"a": "b"}}},
            "packstack_answers.CONFIG_NTP_SERVERS: is no text, number, boolean or list; write one of them",
            id="answer-of-a-wrong-kind",
        ),
        pytest.param(
            {"packstack_answers": {"CONFIG_HEAT_DB_PW": "geheim"}},
            "packstack_answers.CONFIG_HEAT_DB_PW: is a secret in plain text; put it into group_vars/all/secrets.yml"
            ' with `ansible-vault edit` under a name that ends in _password, and write "{{ that name }}" here',
            id="secret-answer",
        ),
        pytest.param(
            {"packstack_answers": {"CONFIG_NEUTRON_ML2_VNI_RANGES": "10:100,50:60"}},
            'packstack_answers.CONFIG_NEUTRON_ML2_VNI_RANGES: value "10:100,50:60" has a range 50:60 that overlaps'
            " 10:100 in 50:60; give each range its own identifiers",
            id="overlap-in-an-answer",
        ),
        pytest.param(
            {"nai_vni_ranges": ["1:4000", "3500:5000"]},
            'nai_vni_ranges[1]: value "3500:5000" overlaps 1:4000 in 3500:4000; give each range its own identifiers',
            id="overlap",
        ),
        pytest.param(
            {"nova_processes": 2},
            "nova_processes: has a meaning only in nai_release epoxy, and this is full with kilo; delete it, or change"
            " the mode or release",
            id="variable-of-another-release",
        ),
        pytest.param(
            {"yum_repositories_list": [{"id": "base", "url": "mirror/os", "key_url": "http://m/k"}]},
            'yum_repositories_list[0].url: value "mirror/os" is not a URL; write scheme, host and path, for instance'
            " http://example.org:8080/path",
            id="mirror",
        ),
        pytest.param(
            {"novadocker_archive_sha256": None},
            "novadocker_archive_sha256: is required and not set; set it in group_vars/all/main.yml: SHA-256 of the"
            " archive; with another one the driver is built anew",
            id="required-with-kilo",
        ),
    ],
)
def test_a_wrong_variable(make_blades: MakeInventory, changes: dict[str, Any], expected: str) -> None:
    [line] = lines(make_blades(**changes))
    assert line.startswith("lab")
    assert line.endswith(expected)
    assert "geheim" not in line


def test_a_secret_answer_from_the_vault_is_fine(make_blades: MakeInventory) -> None:
    answers = {"CONFIG_HEAT_DB_PW": "{{ my_heat_password }}"}
    assert lines(make_blades(packstack_answers=answers, my_heat_password="x")) == []


def test_tunnels_over_the_management_network(make_blades: MakeInventory) -> None:
    hosts = HOSTS.replace("203.0.113.", "192.0.2.")
    assert lines(make_blades(hosts=hosts, nai_tunnel_cidr="{{ nai_management_cidr }}")) == []


def test_the_blades_with_the_release_of_another_installer(make_blades: MakeInventory) -> None:
    found = lines(make_blades(), "nai_release=epoxy")
    assert (
        "lab: group packstack: has hosts (master1, blade[01:25]), and release epoxy has no such group; set nai_release"
        " to kilo, or take them out of it"
    ) in found
    assert "lab: group operations: is missing; add it below nai with the host that the media plane runs on" in found
    assert any("yum_repositories_list: has a meaning only in nai_release kilo" in line for line in found)


def test_hosts_of_the_operations_group_have_no_work(make_blades: MakeInventory) -> None:
    more = "        operations:\n          hosts:\n            watch1: {nai_management_address: 192.0.2.30}\n"
    text = HOSTS.replace("      children:\n        packstack:\n", f"      children:\n{more}        packstack:\n")
    [line] = lines(make_blades(hosts=text, files={}))
    assert "host watch1: is in group nai but in none of its groups; put it into controller, compute_docker" in line
