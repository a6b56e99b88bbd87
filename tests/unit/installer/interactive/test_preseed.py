"""Answers from a file: the same file gives the same inventory, and all errors are told at once."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from nai.installer.interactive import preseed
from nai.installer.interactive.configure import ConfigureError, configure
from nai.installer.inventory import loader_with_vault, vault_of
from nai.installer.validation import validate
from tests.unit.installer.interactive.conftest import ANSWERS, MakeDialogue, answered

FILES = ("hosts.yml", "group_vars/all/main.yml")
GIVEN: dict[str, Any] = {
    "variables": {name: value for name, value in ANSWERS.items() if name.startswith("nai_")},
    "connection": {"ansible_user": "nai"},
    "groups": {"compute": ANSWERS["compute"]},
    "host_variables": {
        "controller": {
            "nai_management_address": "10.1.0.10",
            "nai_external_address": "10.3.0.10",
        },
        "compute": {"nai_management_address": ["10.1.0.21", "10.1.0.22"]},
        "operations": {"nai_management_address": "10.1.0.30"},
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers(folder: Path, mode: int = 0o600, **changes: Any) -> Path:
    path = folder / "answers.yml"
    path.write_text(yaml.safe_dump({**GIVEN, **changes}, sort_keys=False))
    path.chmod(mode)
    return path


def texts(inventory: Path) -> list[bytes]:
    return [(inventory / name).read_bytes() for name in FILES]


def vault_content(inventory: Path) -> dict[str, str]:
    file = inventory / "group_vars" / "all" / "secrets.yml"
    content: dict[str, str] = yaml.safe_load(vault_of(loader_with_vault()).decrypt(file.read_bytes()))
    return content


def test_the_same_answers_make_the_same_inventory(folder: Path) -> None:
    for name in ("one", "two"):
        assert configure(folder / name, answers(folder), folder / f"{name}.yml") == folder / name
    assert texts(folder / "one") == texts(folder / "two")
    assert not validate([folder / "one"]).findings
    # Its own answers, written by the first, make it as well; and a second time over the same inventory.
    configure(folder / "three", folder / "one.yml")
    configure(folder / "three", folder / "one.yml")
    assert texts(folder / "three") == texts(folder / "one")
    assert (folder / "one.yml").read_bytes() == (folder / "two.yml").read_bytes()


def test_a_dialogue_and_its_file_make_the_same_answers(make_dialogue: MakeDialogue, folder: Path) -> None:
    asked = answered(make_dialogue(), ANSWERS)
    (folder / "answers.yml").write_text(preseed.text(asked))
    followed = make_dialogue()
    preseed.follow(
        followed, preseed.read(folder / "answers.yml", vault_of(loader_with_vault())), folder / "answers.yml"
    )
    assert followed.draft == asked.draft


def test_secrets_are_in_the_vault_file_alone(folder: Path) -> None:
    secret = "Correct-Horse-42"
    configure(folder / "lab", answers(folder, secrets={"keystone_admin_password": secret}), folder / "written.yml")
    content = vault_content(folder / "lab")
    assert content["keystone_admin_password"] == secret
    assert len(content) > 5, "the others are generated"
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "answers.yml":
            assert not [name for name, value in content.items() if value.encode() in file.read_bytes()], file


def test_secrets_stay_when_the_inventory_is_written_again(folder: Path) -> None:
    configure(folder / "lab", answers(folder))
    before = vault_content(folder / "lab")
    configure(folder / "lab", answers(folder, secrets={"nova_service_password": "Correct-Horse-42"}))
    assert vault_content(folder / "lab") == {**before, "nova_service_password": "Correct-Horse-42"}


def test_secrets_that_others_can_read_are_refused(folder: Path) -> None:
    path = answers(folder, 0o644, secrets={"keystone_admin_password": "Correct-Horse-42"})
    with pytest.raises(ConfigureError, match=r"answers.yml: secrets: can be read by others; run `chmod 600`"):
        configure(folder / "lab", path)
    path.write_bytes(vault_of(loader_with_vault()).encrypt(path.read_text()))
    configure(folder / "lab", path)
    assert vault_content(folder / "lab")["keystone_admin_password"] == "Correct-Horse-42"


def test_everything_wrong_is_told_at_once_and_nothing_is_written(folder: Path) -> None:
    path = answers(
        folder,
        variables={**GIVEN["variables"], "nai_external_gateway": "10.4.0.1", "nai_vni_min": 0, "nai_releas": "x"},
        groups={"compute": "blade[2:1]", "computes": "a"},
        connection={},
    )
    with pytest.raises(ConfigureError) as raised:
        configure(folder / "lab", path)
    told = str(raised.value).splitlines()
    assert [re.sub(r"(;| \().*", "", line) for line in told] == [
        'answers.yml: groups.compute: value "blade[2:1]" has a range that is none',
        "answers.yml: variables.nai_vni_min: value 0 is too small",
        "answers.yml: variables.nai_releas: is not asked for",
        "answers.yml: groups.computes: is not asked for",
        "answers.yml: host_variables.compute.nai_management_address: is not asked for",
        'answers.yml: nai_external_gateway: value "10.4.0.1" is no host\'s address in nai_external_cidr 10.3.0.0/24',
    ]
    assert {entry.name for entry in folder.iterdir()} == {"answers.yml"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("variables: [", "answers.yml:1: is not valid YAML; check quotes"),
        ("- a", "answers.yml: holds no answers; write variables, connection"),
        ("variable: {}", "answers.yml: variable: is an unknown key (did you mean variables?)"),
        ("groups: compute", "answers.yml: groups: has no names below it"),
        ("host_variables: {compute: 1}", "answers.yml: host_variables.compute: has no variables below it"),
    ],
)
def test_a_file_of_another_form(folder: Path, text: str, told: str) -> None:
    (folder / "answers.yml").write_text(text)
    with pytest.raises(ConfigureError) as raised:
        configure(folder / "lab", folder / "answers.yml")
    assert str(raised.value).startswith(told)


def test_a_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(ConfigureError, match=r"nowhere.yml: cannot be read \(No such file or directory\)"):
        configure(folder / "lab", folder / "nowhere.yml")


def test_the_directory_has_to_be_named(folder: Path) -> None:
    with pytest.raises(ConfigureError, match="name the inventory's directory"):
        configure(None, answers(folder))


def test_kilos_26_hosts(folder: Path) -> None:
    blades = {"compute_docker": "blade[01:20]", "compute_kvm": "blade[21:25]"}
    mirror = "http://mirror.example.org"
    repository = {
        "id": "base",
        "name": "Base",
        "url": f"{mirror}/7",
        "key_url": f"{mirror}/key",
    }
    path = answers(
        folder,
        variables={
            **GIVEN["variables"],
            "nai_release": "kilo",
            "nai_vni_ranges": ["1:4000"],
            "yum_repositories_list": [repository],
            "novadocker_archive_url": f"{mirror}/nova-docker.tar.gz",
            "novadocker_archive_sha256": "a" * 64,
            "novadocker_python_index_url": f"{mirror}/simple",
        },
        connection={"ansible_python_interpreter": "/opt/rh/rh-python38/root/usr/bin/python3"},
        groups={"controller": "master1", **blades},
        host_variables={
            "controller": {**GIVEN["host_variables"]["controller"], "nai_external_interface": "eth2"},
            "compute_docker": {"nai_management_address": "10.1.0.[101:120]"},
            "compute_kvm": {"nai_management_address": "10.1.0.[121:125]"},
        },
    )
    configure(folder / "blades", path)
    report = validate([folder / "blades"])
    assert (report.findings, report.hosts) == ((), 26)
    configure(folder / "blades", path)
