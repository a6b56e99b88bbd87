"""Playbooks are thin, and their plays carry the stage in their name (the journal sums up seconds by it)."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.repository import ROOT, read_yaml

PLAYBOOKS = sorted([*ROOT.glob("playbooks/*.yml"), *ROOT.glob("playbooks/stages/*.yml")])
STAGES = [
    *("validate", "target_python", "precheck", "secrets", "base", "repositories", "infrastructure"),
    *("keystone", "glance", "placement", "nova", "neutron"),
    *("compute", "packstack", "tunnels", "public_access", "novadocker", "docker_images", "cloud", "media_plane"),
]


def plays(path: Path) -> list[dict[str, Any]]:
    """The plays of a playbook that are not imports of others."""
    return [play for play in read_yaml(path) if "hosts" in play]


def test_site_imports_one_playbook_per_stage_and_nothing_else(root: Path) -> None:
    imports = read_yaml(root / "site.yml")
    assert all(set(entry) <= {"name", "ansible.builtin.import_playbook"} for entry in imports)
    assert [Path(entry["ansible.builtin.import_playbook"]).stem for entry in imports] == STAGES


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_plays_say_their_stage_and_gather_no_facts(path: Path) -> None:
    for play in plays(path):
        assert re.fullmatch(r"[a-z_]+ \| .+", play.get("name", "").lower()), (
            f"{path}: a play is named 'stage | what it does'"
        )
        assert play.get("gather_facts") is False, f"{path}: {play['name']}: facts come from host_info"


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_stage_plays_carry_the_name_of_their_file(path: Path) -> None:
    if path.parent.name != "stages":
        pytest.skip("a verb of its own")
    for play in plays(path):
        assert play["name"].lower().startswith(f"{path.stem} | "), f"{path}: {play['name']}"


def test_no_task_asks_which_release_it_is(root: Path) -> None:
    asking = re.compile(r"when:.*nai_release\b(?!_facts)|nai_release\s*[!=]=")
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in [*root.glob("roles/*/*/**/*.yml"), *root.glob("playbooks/**/*.yml")]
        for line in path.read_text().splitlines()
        if asking.search(line)
    ]
    assert not found, found


@pytest.mark.parametrize("path", sorted(ROOT.glob("playbooks/releases/*.yml")), ids=lambda path: path.stem)
def test_a_release_is_one_variable(path: Path) -> None:
    facts = read_yaml(path)["nai_release_facts"]
    assert facts["name"] == path.stem
    assert set(facts) >= {"name", "series", "os", "installer", "groups", "packages", "services", "python_path"}
    assert set(facts["packages"]) >= {"controller", "compute"}
    ports = [service["port"] for service in facts["services"].values() if "port" in service]
    assert len(ports) == len(set(ports)), "two services of one release share a port"
