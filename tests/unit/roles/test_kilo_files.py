"""Every file that Kilo's roles put on a host is, byte for byte, the one in tests/golden/kilo.

`NAI_UPDATE_GOLDEN=1 pytest tests/unit/roles/test_kilo_files.py` writes them anew; `git diff` shows what changed.
"""

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nai.installer.kilo.answers import known_keys
from nai.installer.schema import schema
from tests.support.rendering import Rendering
from tests.support.repository import BIN, ROOT

GOLDEN = ROOT / "tests/golden/kilo"
HOSTS = {"master1": "the controller", "blade01": "a Docker compute host", "blade21": "a KVM compute host"}
ANSWERS = "/etc/nai/packstack-answers.txt"
# Is a file of its own role as it is.
PROGRAM = "/usr/local/libexec/nai-docker-images"


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    """The blades' inventory with made-up secrets."""
    secrets = {name: f"golden-{name}" for name in schema().secrets_for("full", "kilo")}
    return Rendering(ROOT / "inventories/kilo_blades", secrets)


def golden(host: str) -> dict[str, str]:
    """The golden files of a host by their path there."""
    below = GOLDEN / host
    return {f"/{path.relative_to(below)}": path.read_text() for path in below.rglob("*") if path.is_file()}


def update(host: str, files: dict[str, str]) -> None:
    """Writes the golden files of a host."""
    shutil.rmtree(GOLDEN / host, ignore_errors=True)
    for path, content in files.items():
        target = GOLDEN / host / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)


@pytest.mark.parametrize("host", HOSTS)
def test_the_files_of_a_host(rendering: Rendering, host: str) -> None:
    files = {f"/{path.lstrip('/')}": content for path, content in rendering.files(host).items()}
    files.pop(PROGRAM, None)
    if os.environ.get("NAI_UPDATE_GOLDEN"):
        update(host, files)
    wanted = golden(host)
    assert sorted(files) == sorted(wanted)
    for path, content in files.items():
        assert content == wanted[path], f"{host}: {path}"


def test_the_last_blade_of_each_kind_has_the_files_of_the_first(rendering: Rendering) -> None:
    docker, kvm = set(rendering.files("blade01")), set(rendering.files("blade21"))
    assert kvm < docker
    assert set(rendering.files("blade20")) == docker
    assert set(rendering.files("blade25")) == kvm


def test_the_image_program_is_the_roles_own(rendering: Rendering) -> None:
    source = (ROOT / "roles/docker_images/files/nai_docker_images.py").read_text()
    assert rendering.files("blade01")[PROGRAM] == source


def test_every_key_of_the_answer_file_is_one_of_packstacks(rendering: Rendering) -> None:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's documentation has it
    parser.read_string(rendering.files("master1")[ANSWERS])
    assert parser.sections() == ["general"]
    keys = parser.options("general")
    assert len(keys) > 70
    assert set(keys) <= set(known_keys())


def test_no_password_is_left_to_packstack(rendering: Rendering) -> None:
    """Packstack makes up a password that it is not given, another one in each run."""
    text = rendering.files("master1")[ANSWERS]
    keys = ["AMQP_AUTH_PASSWORD", "MARIADB_PW", "KEYSTONE_DB_PW", "KEYSTONE_ADMIN_PW", "KEYSTONE_ADMIN_TOKEN"]
    keys += ["GLANCE_DB_PW", "GLANCE_KS_PW", "NOVA_DB_PW", "NOVA_KS_PW", "NEUTRON_DB_PW", "NEUTRON_KS_PW"]
    for key in (*keys, "NEUTRON_METADATA_PW", "HORIZON_SECRET_KEY"):
        assert f"\nCONFIG_{key}=golden-" in text, key


def test_only_files_that_others_cannot_read_hold_secrets(rendering: Rendering) -> None:
    holding = {path for host in HOSTS for path, text in rendering.files(host).items() if "golden-" in text}
    assert holding == {ANSWERS, "/etc/nai/docker-images.json"}


def test_the_scripts_are_shell(rendering: Rendering, tmp_path: Path) -> None:
    script = tmp_path / "bootstrap.sh"
    script.write_text(f"#!/bin/sh\n{rendering.files('master1')['bootstrap-script']}")
    done = subprocess.run([BIN / "shellcheck", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
