"""From nothing to a deployed platform by answering questions at a terminal. Leaves fresh hosts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nai.installer.inventory import Inventory
from nai.installer.schema import schema
from tests.support.ansible import OUTPUTS, playbook, recap_of, run
from tests.support.hosts import TESTBED
from tests.support.repository import ROOT
from tests.support.terminal import ENTER, Terminal, terminal

pytestmark = pytest.mark.fresh

TYPED = "Typed-At-The-Terminal-42"
DEPLOY_SECONDS = 1800


@pytest.fixture
def fresh_again() -> Iterator[None]:
    """Makes the hosts anew afterwards: this platform's secrets are not those of the testbed's inventory."""
    yield
    assert run("nai", "testbed", "down").exit_code == 0
    done = run("nai", "testbed", "up")
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("fresh_again")
def test_answers_make_a_platform_that_the_automatic_mode_leaves_as_it_is(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    transcript = OUTPUTS / "interactive-site.log"
    command = ("ansible-playbook", "site.yml", "-e", "nai_interactive=true")
    with terminal(*command, transcript=transcript, environment={"ANSIBLE_NOCOLOR": "1"}) as person:
        _answer(person, asked, Inventory([TESTBED]))
        assert person.end(DEPLOY_SECONDS) == 0, person.shown[-6000:]
        recap = recap_of(person.shown)
    assert {host for host, counts in recap.items() if counts["changed"]} == set(Inventory([asked]).hosts)

    second = playbook("site.yml", "-i", asked).ok()
    assert second.changed == {}, second.output[-6000:]
    playbook("playbooks/verify.yml", "-i", asked).ok()
    _secrets_are_in_the_vault_alone(asked, transcript)


def _answer(person: Terminal, asked: Path, testbed: Inventory) -> None:
    def shared(name: str) -> str:
        return str(testbed.value(testbed.hosts[0], name))

    def of_group(group: str, name: str) -> str:
        return " ".join(str(testbed.value(host, name)) for host in testbed.groups[group])

    person.answer("Directory of the inventory?", str(asked))
    person.press("Which release of OpenStack?", ENTER)
    person.press("Where are packets switched?", ENTER)
    person.answer("Name of the region?")
    person.answer("Management network?", "172.31.90.0")
    person.see("has no prefix length")
    person.answer("Management network?", shared("nai_management_cidr"))
    person.answer("Network of the VXLAN tunnels?", shared("nai_management_cidr"))
    person.see("overlaps nai_management_cidr")
    person.answer("Network of the VXLAN tunnels?", shared("nai_tunnel_cidr"))
    person.answer("External network", shared("nai_external_cidr"))
    person.answer("Gateway of the external network?", shared("nai_external_gateway"))
    person.answer("First floating IP?", shared("nai_external_pool_start"))
    person.answer("Last floating IP?", shared("nai_external_pool_end"))
    person.answer("Name servers of the instances")
    person.answer("Account on the hosts?", shared("ansible_user"))
    person.answer("Private SSH key?", os.path.normpath(shared("ansible_ssh_private_key_file")))
    person.answer("Further arguments of ssh", shared("ansible_ssh_common_args").strip())
    person.answer("Python on the hosts")
    for group in ("controller", "compute", "operations"):
        person.answer(f"of group {group}?", " ".join(testbed.groups[group]))
    person.answer("Address in the management network?", of_group("controller", "nai_management_address"))
    person.answer("Address in the tunnel network?")
    person.answer("Address in the external network", of_group("controller", "nai_external_address"))
    person.answer("interface in the external network")
    person.answer("Address in the management network?", of_group("compute", "nai_management_address"))
    person.answer("Address in the tunnel network?")
    person.answer("Address in the management network?", of_group("operations", "nai_management_address"))
    person.answer("Address in the external network", of_group("operations", "nai_external_address"))
    person.answer("Names of further variables", "base_manage_hosts_file")
    person.press("base_manage_hosts_file?", "\x1b[B", ENTER)
    # The list is in the schema's order; Space takes the one it stands at.
    applying = [v.name for v in schema().variables.values() if v.secret and v.applies_to("full", "epoxy")]
    downs = ["\x1b[B"] * applying.index("keystone_admin_password")
    person.press("Which secrets do you type in?", *downs, " ", ENTER)
    person.answer("keystone_admin_password?", TYPED)
    person.answer("Once more:", TYPED)
    person.see("Write this inventory to")
    assert not asked.exists(), "nothing is written before the last yes"
    person.program.send(ENTER)


def _secrets_are_in_the_vault_alone(asked: Path, transcript: Path) -> None:
    inventory = Inventory([asked])
    file = asked / "group_vars" / "all" / "secrets.yml"
    values = {name: str(value) for name, value in inventory.loader.load_from_file(str(file)).items()}
    assert values["keystone_admin_password"] == TYPED
    files = [transcript, *OUTPUTS.iterdir(), *asked.rglob("*")]
    files += [path for folder in ("journal", "facts", "reports") for path in (ROOT / ".nai" / folder).rglob("*")]
    leaks = [
        f"{path}: {name}"
        for path in files
        if path.is_file() and path != file
        for name, value in values.items()
        if value in path.read_text(errors="replace")
    ]
    assert not leaks, leaks
