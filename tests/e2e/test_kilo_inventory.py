"""The inventory of one master and 25 blades: what can be had without any of them."""

import re
import shutil
import time
from pathlib import Path

import pytest
import yaml

from tests.support.ansible import playbook, run
from tests.support.repository import ROOT

BLADES = ROOT / "inventories" / "kilo_blades"

# The figure of the project: `validate` of 26 hosts.
VALIDATE_SECONDS = 3
# The hosts do not answer: one timeout for all of them at once, and what Ansible itself costs.
PLAN_SECONDS = 60


@pytest.fixture
def blades(tmp_path: Path) -> Path:
    """A copy of the inventory with a state directory of its own, for tests that change it or make its secrets."""
    copy = Path(shutil.copytree(BLADES, tmp_path / "kilo_blades"))
    state = {"nai_state_dir": str(tmp_path / "state")}
    (copy / "group_vars" / "all" / "state.yml").write_text(yaml.safe_dump(state))
    return copy


def test_validate_takes_less_than_its_figure() -> None:
    start = time.monotonic()
    done = run("nai", "validate", "-i", BLADES)
    assert time.monotonic() - start < VALIDATE_SECONDS
    assert done.exit_code == 0, done.output
    assert "valid, 26 hosts" in done.output


def test_the_playbook_validates_and_contacts_no_host() -> None:
    done = playbook("playbooks/validate.yml", "-i", BLADES).ok()
    assert set(done.recap) == {"localhost"}


def test_plan_without_a_host_says_what_it_lacks() -> None:
    start = time.monotonic()
    done = playbook("playbooks/plan.yml", "-i", BLADES).ok()
    assert time.monotonic() - start < PLAN_SECONDS
    lines = done.output.splitlines()
    [remark] = [line for line in lines if "cannot be reached" in line]
    assert remark.startswith("blade[01:25], master1: cannot be reached (")
    assert "the plan lacks of each its system, memory, disk" in remark
    assert "plan: no change on the hosts that answered; 26 hosts did not answer" in lines
    looked_at = [match[1] for line in lines if (match := re.match(r"(\w+): not looked at, none of its hosts", line))]
    assert {"target_python", "packstack", "novadocker", "docker_images"} <= set(looked_at)
    assert not {"keystone", "nova", "placement"} & set(looked_at), "stages of another release are no part of the plan"


def test_its_secrets_are_those_that_kilo_needs(blades: Path) -> None:
    done = run("nai", "secrets", "-i", blades, "--list")
    names = {line.split()[0] for line in done.output.splitlines()}
    assert "packstack_mariadb_root_password" in names
    assert not [name for name in names if name.startswith("placement_")]
    assert run("nai", "secrets", "-i", blades).exit_code == 0
    assert run("nai", "validate", "-i", blades).exit_code == 0
    listed = run("nai", "endpoints", "-i", blades, "--json")
    assert listed.exit_code == 0, listed.output
    assert "http://198.51.100.10:5000/v3" in listed.output


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"packstack_answers": {"CONFIG_NOVA_INSTAL": "y"}}, ("CONFIG_NOVA_INSTAL", "write CONFIG_NOVA_INSTALL")),
        ({"nai_vni_ranges": ["1:1000", "900:1100"]}, ("nai_vni_ranges[1]", "overlaps 1:1000 in 900:1000")),
    ],
    ids=["answer that packstack does not have", "VNI ranges that overlap"],
)
def test_wrong_input_is_one_line_and_no_host_is_contacted(
    blades: Path, variables: dict[str, object], words: tuple[str, ...]
) -> None:
    (blades / "group_vars" / "all" / "zz_changed.yml").write_text(yaml.safe_dump(variables))
    done = run("nai", "validate", "-i", blades)
    assert done.exit_code == 2, done.output
    assert len([line for line in done.output.splitlines() if all(word in line for word in words)]) == 1, done.output
    site = playbook("site.yml", "-i", blades)
    assert site.exit_code != 0
    assert set(site.recap) <= {"localhost"}, "a host was contacted"
