"""Every role says what it takes, and is read in the house's order."""

from pathlib import Path

import pytest

from tests.support.repository import ROOT, read_yaml

ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_a_role_declares_its_arguments_and_purpose(role: Path) -> None:
    spec = read_yaml(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
    assert spec["short_description"]
    for name, option in spec.get("options", {}).items():
        assert option.get("description"), f"{role.name}: {name} has no description"
        assert option.get("type"), f"{role.name}: {name} has no type"


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_a_role_owns_its_names(role: Path) -> None:
    defaults = role / "defaults" / "main.yml"
    names = (read_yaml(defaults) or {}) if defaults.exists() else {}
    # A role may read what is another one's: `neutron_agent` has to know `openvswitch_datapath`.
    own = ("nai_", *(f"{other.name.split('_')[0]}_" for other in ROLES))
    foreign = [name for name in names if not name.startswith(own)]
    assert not foreign, f"{role.name}: variables start with a component's name: {foreign}"


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_task_files_are_short(role: Path) -> None:
    for path in role.glob("tasks/**/*.yml"):
        lines = len(path.read_text().splitlines())
        assert lines <= 150, f"{path.relative_to(ROOT)} has {lines} lines: a task file answers one question"
