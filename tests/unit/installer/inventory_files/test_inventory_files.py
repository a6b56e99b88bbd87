"""An inventory's files: the same bytes each time, nothing lost when they are opened again, complete or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from nai.installer.inventory_files import Draft, ForeignInventoryError, InventoryWriteError, read, write, writing
from nai.installer.inventory_files.rendering import hosts_text, main_text
from nai.installer.validation import validate

DRAFT = Draft(
    groups={"controller": ("controller1",), "compute": ("compute1", "controller1"), "operations": ("operations1",)},
    hosts={
        "controller1": {
            "nai_management_address": "10.1.0.10",
            "nai_tunnel_address": "10.2.0.10",
            "nai_external_address": "10.3.0.10",
        },
        "compute1": {"nai_management_address": "10.1.0.21", "nai_tunnel_address": "10.2.0.21"},
        "operations1": {"nai_management_address": "10.1.0.30"},
    },
    connection={"ansible_user": "nai", "ansible_ssh_common_args": "-o A=b -o C=d"},
    variables={
        "nai_release": "epoxy",
        "nai_management_cidr": "10.1.0.0/24",
        "nai_tunnel_cidr": "10.2.0.0/24",
        "nai_external_cidr": "10.3.0.0/24",
        "nai_external_gateway": "10.3.0.1",
        "nai_external_pool_start": "10.3.0.100",
        "nai_external_pool_end": "10.3.0.199",
        "nai_dns_servers": ["9.9.9.9", "1.1.1.1"],
        "cloud_flavors": [{"name": "d1.small", "vcpus": 1, "ram_mb": 512, "disk_gb": 10}],
        "cloud_quota": {"instances": 20},
        "my_text": "two\nlines: # no comment",
    },
)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "inventories" / "lab"


def beside(lab: Path) -> set[str]:
    return {entry.name for entry in lab.parent.iterdir()}


def test_what_is_written_is_valid_and_reads_back(lab: Path) -> None:
    assert write(lab, DRAFT) == []
    assert not validate([lab]).findings
    assert read(lab) == DRAFT
    assert beside(lab) == {"lab"}
    assert stat.S_IMODE(lab.stat().st_mode) == 0o777 & ~_umask()
    assert stat.S_IMODE((lab / "group_vars/all/secrets.yml").stat().st_mode) == 0o600


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_order_of_shared_variables_is_the_schemas() -> None:
    backwards = Draft(DRAFT.groups, DRAFT.hosts, DRAFT.connection, dict(reversed(list(DRAFT.variables.items()))))
    assert main_text(backwards) == main_text(DRAFT)
    assert main_text(DRAFT).splitlines()[-1] == 'my_text: "two\\nlines: # no comment"'


def test_a_host_has_its_variables_once() -> None:
    assert hosts_text(DRAFT).count("10.1.0.10") == 1
    assert yaml.safe_load(hosts_text(DRAFT))["all"]["children"]["nai"]["children"]["compute"]["hosts"] == {
        "compute1": {"nai_management_address": "10.1.0.21", "nai_tunnel_address": "10.2.0.21"},
        "controller1": None,
    }


def test_kilos_groups_are_nested() -> None:
    draft = Draft(
        groups={"controller": ("master1",), "compute_docker": ("blade01",), "compute_kvm": ("blade02",)},
        variables={"nai_release": "kilo"},
    )
    assert yaml.safe_load(hosts_text(draft))["all"]["children"]["nai"]["children"] == {
        "packstack": {
            "children": {
                "controller": {"hosts": {"master1": None}},
                "compute": {
                    "children": {
                        "compute_docker": {"hosts": {"blade01": None}},
                        "compute_kvm": {"hosts": {"blade02": None}},
                    }
                },
            }
        }
    }


def test_other_files_stay(lab: Path) -> None:
    write(lab, DRAFT)
    own = lab / "host_vars" / "compute1.yml"
    own.parent.mkdir()
    own.write_text("# mine\nbase_timezone: Europe/Berlin\n")
    secrets = (lab / "group_vars/all/secrets.yml").read_bytes()
    assert write(lab, Draft(DRAFT.groups, DRAFT.hosts, {"ansible_user": "other"}, DRAFT.variables)) == []
    assert own.read_text() == "# mine\nbase_timezone: Europe/Berlin\n"
    assert (lab / "group_vars/all/secrets.yml").read_bytes() == secrets
    assert read(lab).connection == {"ansible_user": "other"}


def test_what_is_wrong_is_not_written(lab: Path) -> None:
    write(lab, DRAFT)
    before = (lab / "group_vars/all/main.yml").read_bytes()
    [finding] = write(lab, Draft(DRAFT.groups, DRAFT.hosts, {}, {**DRAFT.variables, "nai_tunnel_cidr": "10.1.0.0/16"}))[
        :1
    ]
    assert finding.file == str(lab / "group_vars/all/main.yml"), "the place that the reader knows"
    assert (lab / "group_vars/all/main.yml").read_bytes() == before
    assert beside(lab) == {"lab"}


@pytest.mark.parametrize(
    "step", ["hosts_text", "store_secrets", "validate", "_synchronise", "_exchange", "shutil.rmtree"]
)
@pytest.mark.parametrize("exists", [False, True], ids=["new", "again"])
def test_a_killed_run_leaves_the_old_inventory_or_the_new_one(lab: Path, step: str, exists: bool) -> None:
    changed = Draft(DRAFT.groups, DRAFT.hosts, {"ansible_user": "changed"}, DRAFT.variables)
    if exists:
        assert write(lab, DRAFT) == []
    _killed_at(step, lambda: write(lab, changed))
    if lab.exists():
        assert not validate([lab]).findings
        assert read(lab).connection["ansible_user"] in ("nai", "changed")
    else:
        assert not exists
    assert write(lab, changed) == []
    assert read(lab) == changed
    assert beside(lab) == {"lab"}, "the next run removes what the killed one left"


def _killed_at(step: str, action: Callable[[], object]) -> None:
    """Runs something in a child that ends without any clean-up when it comes to a step."""
    child = os.fork()
    if child == 0:
        try:
            module, _, name = step.rpartition(".")
            setattr(getattr(writing, module) if module else writing, name, lambda *_a, **_k: os._exit(9))
            action()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_an_interrupted_run_leaves_nothing(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_directory: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "_synchronise", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(lab, DRAFT)
    assert beside(lab) == set()


def test_a_place_that_cannot_be_written(lab: Path) -> None:
    lab.parent.parent.joinpath("inventories").write_text("a file")
    with pytest.raises(InventoryWriteError, match=r"inventories: cannot be written .*; name another directory"):
        write(lab, DRAFT)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("hosts.yml", lambda text: text + "# mine\n", r"hosts.yml:\d+: has a comment that would be lost \(# mine\)"),
        ("hosts.yml", lambda text: text.replace("nai:", "nai: # x", 1), r"hosts.yml:\d+: has a comment .*\(# x\)"),
        (
            "hosts.yml",
            lambda text: text.replace("      vars:", "      hosts: {spare1: }\n      vars:"),
            r"hosts.yml: has something at all.children.nai.hosts that cannot be kept",
        ),
        ("hosts.yml", lambda text: text + "other: {hosts: {a: }}\n", "has something at other that cannot be kept"),
        ("hosts.yml", lambda _text: "- a\n", "hosts.yml: holds no names and values"),
        ("group_vars/all/main.yml", lambda text: text + "a: !vault x\n", r"main.yml:\d+: cannot be read"),
        ("group_vars/all/main.yml", lambda text: text + "a: [\n", r"main.yml:\d+: cannot be read"),
    ],
)
def test_what_cannot_be_kept_is_refused(lab: Path, file: str, change: Callable[[str], str], told: str) -> None:
    write(lab, DRAFT)
    path = lab / file
    path.write_text(change(path.read_text()))
    with pytest.raises(ForeignInventoryError, match=told):
        read(lab)


def test_variables_that_a_person_added_are_kept(lab: Path) -> None:
    write(lab, DRAFT)
    main = lab / "group_vars" / "all" / "main.yml"
    main.write_text(main.read_text() + "nai_vni_max: 500\nmy_own: {a: [1]}\n")
    opened = read(lab)
    assert opened.variables["nai_vni_max"] == 500
    assert write(lab, opened) == []
    assert read(lab) == opened


@pytest.mark.parametrize("inventory", ["single_host", "testbed", "kilo_blades"])
def test_inventories_with_comments_are_not_touched(root: Path, inventory: str) -> None:
    with pytest.raises(ForeignInventoryError, match="has a comment that would be lost"):
        read(root / "inventories" / inventory)


def test_other_places(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == Draft()
    assert read(tmp_path) == Draft(), "an empty directory"
    (tmp_path / "notes").write_text("x")
    with pytest.raises(ForeignInventoryError, match=r"has files but no hosts.yml"):
        read(tmp_path)
    with pytest.raises(ForeignInventoryError, match="is a file, not an inventory's directory"):
        read(tmp_path / "notes")
