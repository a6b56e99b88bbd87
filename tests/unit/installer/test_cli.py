"""The command line: output, exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nai.cli import app
from tests.unit.installer.conftest import MakeInventory

Call = Callable[..., Result]


@pytest.fixture
def call() -> Call:
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_valid_inventory(call: Call, make_inventory: MakeInventory) -> None:
    done = call("validate", "-i", make_inventory())
    assert (done.exit_code, done.stdout, done.stderr) == (0, "lab: valid, 3 hosts\n", "")


def test_errors_go_to_stderr_with_exit_code_2(call: Call, make_inventory: MakeInventory) -> None:
    done = call("validate", "-i", make_inventory(nai_vni_min=0), "-e", "nai_releas=x")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        "lab/group_vars/all/main.yml:8",
        "extra vars",
        "lab",
    ]


def test_errors_as_json(call: Call, make_inventory: MakeInventory) -> None:
    done = call("validate", "--json", "-i", make_inventory(nai_vni_min=0))
    report = json.loads(done.stdout)
    assert done.exit_code == 2
    assert report["valid"] is False
    assert report["errors"][0] | {"file": ""} == {
        "file": "",
        "line": 8,
        "key": "nai_vni_min",
        "value": "0",
        "wrong": "is too small",
        "action": "the minimum is 1",
        "text": "lab/group_vars/all/main.yml:8: nai_vni_min: value 0 is too small; the minimum is 1",
    }


def test_secrets_are_made_and_listed_by_name_only(
    call: Call, make_inventory: MakeInventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN_SECRET", "from-the-environment")
    inventory = make_inventory(keystone_admin_password="{{ lookup('env', 'ADMIN_SECRET') }}")
    listed = call("secrets", "--list", "-i", inventory).stdout.splitlines()
    assert "nova_service_password  missing" in listed
    assert "keystone_admin_password" not in "".join(listed), "it is set elsewhere"
    done = call("secrets", "-i", inventory)
    assert done.exit_code == 0
    assert f"{len(listed)} made, 0 were there" in done.stdout
    assert f"0 made, {len(listed)} were there" in call("secrets", "-i", inventory).stdout
    assert call("validate", "-i", inventory).exit_code == 0


def test_endpoints_without_an_inventory(call: Call, tmp_path: Path) -> None:
    done = call("endpoints", "-i", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "no such inventory" in done.stderr


def test_reference_wants_to_know_what_to_do(call: Call) -> None:
    assert call("reference").exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['nai', '--help']\n"
        "from nai.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*(name for name in ('ansible', 'openstack', 'docker', 'pydantic', 'yaml') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    assert "testbed" in done.stdout
