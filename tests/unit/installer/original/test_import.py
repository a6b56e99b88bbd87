"""A configuration file of the original installer is read as data; what has no counterpart is named."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from nai.cli import app
from nai.installer.interactive.assembling import opened
from nai.installer.interactive.question import Key, Part
from nai.installer.inventory import loader_with_vault, vault_of
from nai.installer.inventory_files import read
from nai.installer.original.mapping import inventory_of

# Every key of the original's variables-example.py.
EXAMPLE = """\
enabled_logging = True
iaas_ip = '192.0.2.10'
auth_url = 'http://192.0.2.10:5000/v2.0'
username = 'admin'
password = 'Original-Admin-77'
tenant_name = 'nubomedia'
glance_endpoint = 'http://192.0.2.10:9292'
master_ip = '192.0.2.10'
master_user = 'root'
master_pass = 'Original-Master-88'
master_key = 'master_id_rsa'
floating_ip_pool = 'public'
private_key = 'nubomedia'
openshift_ip = '192.0.2.99'
openshift_keystore = '/tmp/openshift-keystore'
openshift_domain = 'paas.example.org'
openshift_token = 'Original-Token-99'
nubomedia_admin_paas = 'Original-Paas-66'
use_kurento_on_docker = True
"""
PASSWORDS = ("Original-Admin-77", "Original-Master-88", "Original-Token-99", "Original-Paas-66")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "variables.py"
    path.write_text(EXAMPLE)
    return path


def call(file: Path) -> Result:
    return CliRunner().invoke(app, ["import-variables", str(file), "lab"])


def test_every_key_of_the_example_is_carried_over_or_named(file: Path) -> None:
    done = call(file)
    assert done.exit_code == 0, done.stderr
    keys = [line.split(" = ")[0] for line in EXAMPLE.splitlines()]
    told = {line.split()[0]: line for line in done.stdout.splitlines()[:-1]}
    assert set(told) == set(keys)
    carried = {key for key, line in told.items() if " -> " in line}
    assert carried == {
        *("iaas_ip", "username", "password", "master_ip", "master_user", "master_key", "floating_ip_pool"),
    }
    assert told["master_pass"] == (
        "master_pass is not carried over: hosts are reached by key: set ansible_ssh_private_key_file for the host"
    )
    assert done.stdout.splitlines()[-1] == "lab is written; `nai configure lab` asks for what it lacks"


def test_the_inventory_has_what_was_carried_over_and_can_be_opened(file: Path) -> None:
    assert call(file).exit_code == 0
    draft = read(Path("lab"))
    assert draft.groups == {"controller": ("controller1",)}
    assert draft.hosts == {"controller1": {"nai_management_address": "192.0.2.10"}}
    assert draft.connection == {"ansible_user": "root", "ansible_ssh_private_key_file": "~/.ssh/master_id_rsa"}
    assert draft.variables == {"cloud_external_network_name": "public"}
    answers = opened(draft).answers
    assert answers[Key(Part.CONNECTION, "ansible_user")] == "root"
    assert answers[Key(Part.GROUPS, "controller")] == ("controller1",)


def test_passwords_go_to_the_vault_file_or_nowhere(file: Path) -> None:
    done = call(file)
    secrets = Path("lab/group_vars/all/secrets.yml")
    content = yaml.safe_load(vault_of(loader_with_vault()).decrypt(secrets.read_bytes()))
    assert content == {"keystone_admin_password": "Original-Admin-77"}
    written = [path.read_text() for path in Path("lab").rglob("*") if path.is_file()]
    for password in PASSWORDS:
        assert password not in done.output
        assert not [text for text in written if password in text]


def test_nothing_is_executed(file: Path) -> None:
    file.write_text(
        "import os\n"
        f"os.mkdir({str(file.parent / 'executed')!r})\n"
        "master_ip = '192.0.2.10'\n"
        "master_user = os.environ['HOME']\n"
        "a, b = 1, 2\n"
    )
    done = call(file)
    assert done.exit_code == 0
    assert not (file.parent / "executed").exists()
    assert [line.split(" is ")[0] for line in done.stdout.splitlines()[1:-1]] == [f"line {n}" for n in (1, 2, 4, 5)]
    assert read(Path("lab")).connection == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("password = 'Original\n", "variables.py:1: is not Python; leave only lines of the form name = 'value'"),
        ("a = 1\nprint 'x'\n", "variables.py:2: is not Python"),
        ("master_ip = '192.0.2.256'\n", "variables.py:1: master_ip is not an IPv4 address"),
        ("\nfloating_ip_pool = 'a b'\n", "variables.py:2: floating_ip_pool has the wrong form"),
        ("master_user = 7\n", "variables.py:1: master_user is a number, not text"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_written(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    done = call(file)
    assert done.exit_code == 2
    assert done.stderr.startswith(told)
    assert "Original" not in done.output
    assert not Path("lab").exists()


def test_a_directory_in_use_is_refused(file: Path) -> None:
    Path("lab").mkdir()
    Path("lab/hosts.yml").write_text("all:\n")
    done = call(file)
    assert (done.exit_code, done.stderr) == (2, "lab: is there already; name a new directory\n")


def test_keys_are_known_in_either_spelling_and_typing_errors_are_named(file: Path) -> None:
    file.write_text("OpenShift_ip = '192.0.2.99'\nfloating_ip_poll = 'public'\n")
    done = call(file)
    assert "openshift_ip is not carried over: this installer does not reach" in done.stdout
    assert "is no key of the original installer (did you mean floating_ip_pool?)" in done.stdout


def test_a_public_address_of_its_own_is_where_the_services_are_reached() -> None:
    result = inventory_of({"iaas_ip": "198.51.100.1", "master_ip": "192.0.2.10"})
    assert result.draft.variables == {"nai_controller_address": "198.51.100.1"}
    assert inventory_of({"iaas_ip": "198.51.100.1"}).draft.hosts == {
        "controller1": {"nai_management_address": "198.51.100.1"}
    }


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (
            {"password": "short"},
            "is too short (the minimum is 12 characters); a new keystone_admin_password is generated",
        ),
        ({"username": "paas", "password": "Original-Admin-77"}, "belongs to another user than admin"),
    ],
)
def test_a_password_that_cannot_be_used_is_named(values: dict[str, object], why: str) -> None:
    result = inventory_of(values)
    assert result.secrets == {}
    assert next(text for key, text in result.left if key == "password").startswith(why)
