"""Each kind of wrong input has its one line, with file, line, name, what is wrong and what to do."""

from pathlib import Path
from typing import Any

import pytest

from nai.installer.validation import validate
from tests.unit.installer.conftest import GOOD_HOSTS, MakeInventory

MAIN = "lab/group_vars/all/main.yml"


def lines(inventory: Path, *extra: str) -> list[str]:
    return [str(finding) for finding in validate([inventory], extra).findings]


def test_a_good_inventory_has_no_error(make_inventory: MakeInventory) -> None:
    report = validate([make_inventory()])
    assert report.findings == ()
    assert report.hosts == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"nai_releas": "epoxy"},
            f"{MAIN}:8: nai_releas: is an unknown variable (did you mean nai_release?);"
            " correct or delete it; docs/reference/variables.md lists all",
            id="unknown",
        ),
        pytest.param(
            {"na_release": "epoxy"},
            f"{MAIN}:8: na_release: is unknown but looks like nai_release;"
            " write nai_release, or give your own variable another name",
            id="misspelt-prefix",
        ),
        pytest.param(
            {"floating_ip_pool": "x"},
            f"{MAIN}:8: floating_ip_pool: has been removed;"
            " name the network in cloud_external_network_name, its addresses in nai_external_pool_start and _end",
            id="removed",
        ),
        pytest.param(
            {"memcached_memory_mb": "lots"},
            f'{MAIN}:8: memcached_memory_mb: value "lots" is not a whole number; write digits only',
            id="type",
        ),
        pytest.param(
            {"memcached_memory_mb": 3},
            f"{MAIN}:8: memcached_memory_mb: value 3 is too small; the minimum is 16 MB",
            id="range",
        ),
        pytest.param(
            {"openvswitch_datapath": "kernel"},
            f'{MAIN}:8: openvswitch_datapath: value "kernel" is not among the choices;'
            " write one of auto, system, netdev",
            id="choice",
        ),
        pytest.param(
            {"oslo_messaging_fast_reply": "yes"},
            f'{MAIN}:8: oslo_messaging_fast_reply: value "yes" is not a truth value;'
            " write true or false without quotes (after -e: '{\"name\": true}')",
            id="truth-value-in-quotes",
        ),
        pytest.param(
            {"nai_dns_servers": ["9.9.9.9", "dns"]},
            f'{MAIN}:8: nai_dns_servers[1]: value "dns" is not an IPv4 address;'
            " write four numbers from 0 to 255 with dots between them",
            id="element",
        ),
        pytest.param(
            {"nova_config_overrides": {"cpu_ratio": 3}},
            f"{MAIN}:8: nova_config_overrides: value {{'cpu_ratio': 3}} has a number in section cpu_ratio;"
            " write section, then option: value, indented",
            id="configuration-without-section",
        ),
        pytest.param(
            {"nai_release": "yoga"},
            f'{MAIN}:1: nai_release: value "yoga" is a release that does not exist; write one of epoxy, kilo',
            id="release",
        ),
        pytest.param(
            {"nai_external_cidr": None},
            "lab: nai_external_cidr: is required and not set; set it in group_vars/all/main.yml:"
            " network of the floating IPs; the controller has an interface in it",
            id="required",
        ),
        pytest.param(
            {"nai_tunnel_cidr": "10.2.0.0/15"},
            f'{MAIN}:4: nai_external_cidr: value "10.3.0.0/24" overlaps nai_tunnel_cidr 10.2.0.0/15;'
            " give each its own network",
            id="overlap",
        ),
        pytest.param(
            {"nai_management_cidr": "10.1.0.10/24"},
            f'{MAIN}:2: nai_management_cidr: value "10.1.0.10/24" is an address inside a network, not a network;'
            " write 10.1.0.0/24",
            id="host-bits",
        ),
        pytest.param(
            {"nai_tunnel_cidr": "10.2.0.0"},
            f'{MAIN}:3: nai_tunnel_cidr: value "10.2.0.0" has no prefix length;'
            " write the network with its length, for instance 10.2.0.0/24",
            id="no-prefix-length",
        ),
        pytest.param(
            {"nai_external_pool_end": "10.4.0.9"},
            f'{MAIN}:7: nai_external_pool_end: value "10.4.0.9" is no host\'s address in nai_external_cidr 10.3.0.0/24;'
            " choose an address inside the network",
            id="pool-outside",
        ),
        pytest.param(
            {"nai_external_pool_start": "10.3.0.200"},
            f'{MAIN}:7: nai_external_pool_end: value "10.3.0.199" is before nai_external_pool_start 10.3.0.200;'
            " exchange the two",
            id="pool-reversed",
        ),
        pytest.param(
            {"nai_external_gateway": "10.3.0.150"},
            f'{MAIN}:6: nai_external_pool_start: value "10.3.0.100" begins a pool up to 10.3.0.199 that contains'
            " the gateway 10.3.0.150; move the pool: its addresses are given to routers and instances",
            id="gateway-in-pool",
        ),
        pytest.param(
            {"nai_external_pool_start": "10.3.0.5"},
            f'{MAIN}:6: nai_external_pool_start: value "10.3.0.5" begins a pool up to 10.3.0.199 that contains'
            " host controller1 10.3.0.10; move the pool: its addresses are given to routers and instances",
            id="host-in-pool",
        ),
        pytest.param(
            {"nai_dns_servers": ["10.2.0.53"]},
            f'{MAIN}:8: nai_dns_servers[0]: value "10.2.0.53" is inside nai_tunnel_cidr 10.2.0.0/24,'
            " which instances cannot reach; name a server that the external network reaches",
            id="name-server-in-tunnel-network",
        ),
        pytest.param(
            {"nai_vni_min": 500, "nai_vni_max": 400},
            f"{MAIN}:9: nai_vni_max: value 400 is below nai_vni_min 500;"
            " the first VXLAN network identifier is not above the last",
            id="vni",
        ),
        pytest.param(
            {"nai_vni_ranges": ["1:1000", "900:1100"]},
            f'{MAIN}:8: nai_vni_ranges[1]: value "900:1100" overlaps 1:1000 in 900:1000;'
            " give each range its own identifiers",
            id="vni-ranges-overlap",
        ),
        pytest.param(
            {"nai_vni_ranges": ["1:1000"], "nai_vni_max": 400},
            f"{MAIN}:10: nai_vni_max: value 400 has no effect beside nai_vni_ranges; delete one of the two",
            id="vni-ranges-and-bound",
        ),
        pytest.param(
            {"nai_vni_ranges": [90]},
            f"{MAIN}:8: nai_vni_ranges[0]: value 90 is a number, not text; put it in quotes",
            id="vni-range-without-quotes",
        ),
        pytest.param(
            {"keystone_admin_password": "plain-text-password"},
            f"{MAIN}:8: keystone_admin_password: is a secret in plain text; delete the line and run `nai secrets`,"
            " or move it into group_vars/all/secrets.yml with `ansible-vault edit`",
            id="secret",
        ),
        pytest.param(
            {"nai_region_name": "{{ region }}"},
            f"{MAIN}:8: nai_region_name: cannot be rendered for host controller1: 'region' is undefined;"
            " define the names it uses, or write the value itself",
            id="undefined",
        ),
    ],
)
def test_a_wrong_variable(make_inventory: MakeInventory, changes: dict[str, Any], expected: str) -> None:
    assert lines(make_inventory(**changes)) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "        compute:\n",
            "        computes:\n",
            [
                (
                    "lab: group compute: is missing (did you mean computes?);"
                    " add it below nai with the hosts that instances run on"
                )
            ],
            id="missing-group",
        ),
        pytest.param(
            "              nai_management_address: 10.1.0.21\n",
            "",
            [
                (
                    "lab: host compute1: has no nai_management_address; add it to the host: the host's address in the"
                    " management network"
                )
            ],
            id="missing-address",
        ),
        pytest.param(
            "10.1.0.21",
            "10.1.0.10",
            [
                (
                    'lab/hosts.yml:14: nai_management_address: value "10.1.0.10" (host compute1) is also'
                    " nai_management_address of host controller1; give each its own address"
                )
            ],
            id="address-twice",
        ),
        pytest.param(
            "10.1.0.21",
            "10.9.0.21",
            [
                (
                    'lab/hosts.yml:14: nai_management_address: value "10.9.0.21" (host compute1) is not inside'
                    " nai_management_cidr 10.1.0.0/24; correct the address or the network"
                )
            ],
            id="address-outside",
        ),
        pytest.param(
            "10.1.0.21",
            "10.1.0.255",
            [
                (
                    'lab/hosts.yml:14: nai_management_address: value "10.1.0.255" (host compute1) is the network\'s own'
                    " address in nai_management_cidr 10.1.0.0/24; correct the address or the network"
                )
            ],
            id="broadcast-address",
        ),
        pytest.param(
            "              nai_external_address: 10.3.0.10\n",
            "",
            [
                (
                    "lab: host controller1: has neither nai_external_address nor nai_external_interface;"
                    " set one of them: the controller needs an interface in the external network"
                )
            ],
            id="no-external-interface",
        ),
        pytest.param(
            "      vars:\n",
            "      variables:\n",
            [
                (
                    "lab/hosts.yml:20: group nai: has the key variables, which Ansible passes over;"
                    " a group has hosts, children and vars: put variables under vars, groups under children"
                )
            ],
            id="unknown-key-of-a-group",
        ),
        pytest.param(
            "              nai_tunnel_address: 10.2.0.21\n",
            "              nai_tunnel_address: 10.2.0.21\n              nai_tunnel_address: 10.2.0.22\n",
            ["lab/hosts.yml:16: nai_tunnel_address: is set a second time (first in line 15); delete one of the two"],
            id="name-twice",
        ),
        pytest.param(
            "            operations1:\n",
            "            operations1: [\n",
            [
                (
                    "lab/hosts.yml:20: is not valid YAML: while parsing a flow sequence of line 18:"
                    " did not find expected ',' or ']'; check quotes, colons and indentation at and above this line"
                )
            ],
            id="unreadable",
        ),
    ],
)
def test_wrong_hosts(make_inventory: MakeInventory, old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD_HOSTS
    assert lines(make_inventory(hosts=GOOD_HOSTS.replace(old, new))) == expected


def test_two_controllers(make_inventory: MakeInventory) -> None:
    second = """\
            controller2:
              nai_management_address: 10.1.0.11
              nai_tunnel_address: 10.2.0.11
              nai_external_address: 10.3.0.11
"""
    hosts = GOOD_HOSTS.replace("        compute:\n", f"{second}        compute:\n")
    assert lines(make_inventory(hosts=hosts)) == [
        "lab: group controller: has 2 hosts (controller1, controller2); keep one host in it"
    ]


def test_an_empty_group(make_inventory: MakeInventory) -> None:
    start, end = GOOD_HOSTS.index("          hosts:\n            operations1"), GOOD_HOSTS.index("      vars:")
    found = lines(make_inventory(hosts=GOOD_HOSTS[:start] + GOOD_HOSTS[end:]))
    assert found == ["lab: group operations: has no host; add the host that the media plane runs on"]


def test_variables_for_a_group_that_does_not_exist(make_inventory: MakeInventory) -> None:
    assert lines(make_inventory(files={"group_vars/controllers.yml": "keystone_processes: 2\n"})) == [
        (
            "lab/group_vars/controllers.yml: group controllers: is not in the inventory (did you mean controller?),"
            " so nothing reads this file; rename group_vars/controllers or delete it"
        )
    ]


def test_a_shared_variable_that_differs(make_inventory: MakeInventory) -> None:
    found = lines(make_inventory(files={"group_vars/compute.yml": "nai_region_name: Two\n"}))
    assert len(found) == 1
    assert found[0].startswith('lab/group_vars/compute.yml:1: nai_region_name: value "Two" differs between hosts')


def test_all_errors_at_once_and_each_once(make_inventory: MakeInventory) -> None:
    hosts = GOOD_HOSTS.replace("10.1.0.21", "10.1.0.10").replace("operations:", "operation:")
    found = lines(make_inventory(hosts=hosts, nai_releas="x", nai_vni_max=0), "nai_mode=half")
    assert len(found) == len(set(found))
    for words in ("nai_releas:", "nai_vni_max", "group operations", "10.1.0.10", "extra vars: nai_mode"):
        assert any(words in line for line in found), words


def test_a_release_that_does_not_exist_blames_no_group_and_no_variable(make_inventory: MakeInventory) -> None:
    found = lines(make_inventory(hosts=GOOD_HOSTS.replace("operations:", "operation:"), nai_release="epoksy"))
    assert found == [
        (
            f'{MAIN}:1: nai_release: value "epoksy" is a release that does not exist (did you mean epoxy?);'
            " write one of epoxy, kilo"
        )
    ]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (
            "nai_releas=epoxy",
            (
                "extra vars: nai_releas: is an unknown variable (did you mean nai_release?);"
                " correct or delete it; docs/reference/variables.md lists all"
            ),
        ),
        ("{nai_vni_max: 0.5}", "extra vars: nai_vni_max: value 0.5 is not a whole number; write digits only"),
        ("nonsense", None),
        (
            "[1, 2]",
            ("extra vars: cannot be read: '[1, 2]' is not name=value, YAML or @file; write -e name=value or -e @file"),
        ),
    ],
)
def test_extra_vars(make_inventory: MakeInventory, option: str, expected: str | None) -> None:
    found = lines(make_inventory(), option)
    assert found == ([expected] if expected else []) or (expected is None and found[0].startswith("extra vars"))


def test_a_number_from_the_command_line_is_a_number(make_inventory: MakeInventory) -> None:
    assert lines(make_inventory(), "nai_vni_max=500") == []


def test_a_value_that_needs_facts_is_left_for_later(make_inventory: MakeInventory) -> None:
    inventory = make_inventory(memcached_memory_mb="{{ quarter }}", quarter="{{ nai_host.memory_mb // 4 }}")
    assert lines(inventory) == []


def test_a_value_that_another_file_overrides_is_checked_too(make_inventory: MakeInventory) -> None:
    found = lines(make_inventory(memcached_memory_mb=1, files={"group_vars/nai.yml": "memcached_memory_mb: 64\n"}))
    assert found == [f"{MAIN}:8: memcached_memory_mb: value 1 is too small; the minimum is 16 MB"]


def test_one_network_for_management_and_tunnels(make_inventory: MakeInventory) -> None:
    hosts = GOOD_HOSTS.replace("10.2.0.", "10.1.0.")
    changes = {"nai_tunnel_cidr": "{{ nai_management_cidr }}"}
    assert lines(make_inventory(hosts=hosts, **changes, openvswitch_datapath="system")) == []
    assert any("overlaps" in line for line in lines(make_inventory(hosts=hosts, **changes)))


def test_an_ini_inventory(make_inventory: MakeInventory) -> None:
    inventory = make_inventory()
    (inventory / "hosts.yml").unlink()
    (inventory / "hosts").write_text(
        "[nai:children]\ncontroller\ncompute\noperations\n"
        "[controller]\nc1 nai_management_address=10.1.0.10 nai_tunnel_address=10.2.0.10\n"
        "[compute]\nn1 nai_management_address=10.1.0.21 nai_tunnel_address=10.2.0.221x\n"
        "[operations]\no1 nai_management_address=10.1.0.30 nai_adress=3\n"
        "[controller:vars]\nnai_external_interface=eth2\n"
    )
    assert lines(inventory) == [
        (
            'lab/hosts:8: nai_tunnel_address: value "10.2.0.221x" is not an IPv4 address;'
            " write four numbers from 0 to 255 with dots between them"
        ),
        (
            "lab/hosts:10: nai_adress: is an unknown variable (did you mean nai_tunnel_address?);"
            " correct or delete it; docs/reference/variables.md lists all"
        ),
    ]


def test_an_inventory_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lines(Path("nowhere")) == ["nowhere: does not exist; name an inventory's directory or hosts file after -i"]


def test_a_file_that_another_password_encrypts(make_inventory: MakeInventory) -> None:
    text = "$ANSIBLE_VAULT;1.1;AES256\n" + "3031" * 20 + "\n"
    found = lines(make_inventory(files={"group_vars/all/secrets.yml": text}))
    assert len(found) == 1
    assert found[0].startswith("lab/group_vars/all/secrets.yml: cannot be decrypted")


def test_no_error_shows_a_secret(make_inventory: MakeInventory) -> None:
    changes = {"keystone_admin_password": "geheim"}
    found = lines(make_inventory(**changes), "rabbitmq_openstack_password=auch geheim")
    assert len(found) >= 3
    assert not [line for line in found if "geheim" in line]


def test_host_ranges_have_lines(make_inventory: MakeInventory) -> None:
    hosts = GOOD_HOSTS.replace("compute1:", '"compute[1:3]":').replace(
        "10.2.0.21", '"10.2.0.{{ inventory_hostname[7:] }}"'
    )
    found = lines(make_inventory(hosts=hosts.replace("10.1.0.21", '"10.1.0.{{ 1 + inventory_hostname[7:] | int }}x"')))
    assert found[0].startswith("lab/hosts.yml:14: nai_management_address: value")
    assert len(found) == 3
