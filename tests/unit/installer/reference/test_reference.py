"""What is generated from a schema, and what counts as out of date."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nai.installer.reference import drifted, write
from nai.installer.schema import Field, Schema, Type, Variable
from nai.installer.schema.model import for_role, secret

SCHEMA = Schema.of(
    [
        Variable(name="nai_release", type=Type.STRING, default="epoxy", help="Release."),
        Variable(name="nai_state_dir", type=Type.PATH, default="/x", help="State."),
        Variable(name="nai_file", type=Type.PATH, default="{{ nai_state_dir }}/file", help="File."),
        *for_role(
            "cache",
            Variable(name="cache_size_mb", type=Type.INT, default=64, minimum=16, unit="MB", help="Size."),
            Variable(name="cache_note", type=Type.STRING, help="Note."),
            secret("cache_password", "Password."),
            Variable(
                name="cache_users",
                type=Type.LIST,
                elements=Type.DICT,
                default=[{"name": "a"}],
                help="Users.",
                fields=(Field(name="name", type=Type.STRING, required=True, help="Name."),),
            ),
        ),
    ]
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for role, task in (("cache", "{{ nai_release_facts.packages }} {{ nai_file }}"), ("plain", "nothing")):
        (tmp_path / "roles" / role / "tasks").mkdir(parents=True)
        (tmp_path / "roles" / role / "tasks" / "main.yml").write_text(f"- name: {task}\n")
    return tmp_path


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_a_role_gets_its_own_variables_and_those_it_mentions(root: Path) -> None:
    write(root, SCHEMA)
    assert read(root / "roles/cache/defaults/main.yml") == {
        "cache_size_mb": 64,
        "cache_users": [{"name": "a"}],
        "nai_file": "{{ nai_state_dir }}/file",
        "nai_release": "epoxy",
        "nai_state_dir": "/x",
    }
    options = read(root / "roles/cache/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert options["cache_password"] == {
        "description": "Password. From 12 to 255 characters.",
        "type": "str",
        "required": True,
        "no_log": True,
    }
    assert options["cache_size_mb"]["description"] == "Size. In MB. At least 16."
    assert "default" not in options["nai_file"], "Ansible would render it where it has no value yet"
    assert options["cache_users"]["options"]["name"]["required"] is True


def test_a_role_without_variables_has_no_defaults(root: Path) -> None:
    write(root, SCHEMA)
    assert not (root / "roles/plain/defaults/main.yml").exists()
    assert read(root / "roles/plain/meta/argument_specs.yml") == {
        "argument_specs": {"main": {"short_description": "Plain"}}
    }


def test_the_page_names_every_variable(root: Path) -> None:
    write(root, SCHEMA)
    page = (root / "docs/reference/variables.md").read_text()
    assert not [name for name in SCHEMA.variables if f"`{name}`" not in page]


def test_drift_is_found_and_mended(root: Path) -> None:
    assert len(drifted(root, SCHEMA)) == 4
    write(root, SCHEMA)
    assert drifted(root, SCHEMA) == []
    changed = root / "roles/cache/defaults/main.yml"
    changed.write_text(changed.read_text().replace("64", "65"))
    added = root / "roles/plain/defaults/main.yml"
    added.parent.mkdir()
    added.write_text("plain_x: 1\n")
    assert drifted(root, SCHEMA) == [changed, added]
    write(root, SCHEMA)
    assert drifted(root, SCHEMA) == []
