"""The questions as a person meets them, at a real pseudo-terminal."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from nai.installer.inventory import loader_with_vault, vault_of
from nai.installer.schema import schema
from nai.installer.validation import validate
from tests.support.ansible import run
from tests.support.repository import BIN, ROOT
from tests.support.terminal import DOWN, ENTER, SPACE, Terminal, terminal

FILES = ("hosts.yml", "group_vars/all/main.yml")
TYPED = "Typed-At-The-Terminal-42"
FIRST_SECRET = next(v.name for v in schema().variables.values() if v.secret and v.applies_to("full", "epoxy"))
"""The first of the list of secrets."""

PLATFORM = (
    ("Which release of OpenStack?", None),
    ("Where are packets switched?", None),
    ("Name of the region?", None),
    ("Management network?", "10.1.0.0/24"),
    ("Network of the VXLAN tunnels?", "10.2.0.0/24"),
    ("External network", "10.3.0.0/24"),
    ("Gateway of the external network?", "10.3.0.1"),
    ("First floating IP?", "10.3.0.100"),
    ("Last floating IP?", "10.3.0.199"),
    ("Name servers of the instances", None),
)
REST = (
    ("Account on the hosts?", "nai"),
    ("Private SSH key?", None),
    ("Further arguments of ssh", None),
    ("Python on the hosts", None),
    ("Host of group controller?", None),
    ("Hosts of group compute?", "compute[1:3]"),
    ("Hosts of group operations?", None),
    ("controller1: Address in the management network?", "10.1.0.10"),
    ("controller1: Address in the tunnel network?", None),
    ("controller1: Address in the external network", "10.3.0.10"),
    ("controller1: The controller's interface", None),
    ("compute1 … compute3: Address in the management network?", "10.1.0.[21:23]"),
    ("compute1 … compute3: Address in the tunnel network?", None),
    ("operations1: Address in the management network?", "10.1.0.30"),
    ("operations1: Address in the external network", None),
    ("Names of further variables", None),
)
"""Questions in their order with answers; None takes the one that is offered."""


@contextmanager
def configuring(inventory: Path, *options: str | Path) -> Iterator[Terminal]:
    """`nai configure` at a terminal, its transcript beside the inventory's folder."""
    with terminal("nai", "configure", inventory, *options, transcript=inventory.parent.parent / "transcript") as person:
        yield person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that inventories are written to, and nothing else."""
    made = tmp_path / "inventories"
    made.mkdir()
    return made


def answer(person: Terminal, *answers: tuple[str, str | None]) -> None:
    for question, given in answers:
        person.answer(question, given)


def generate_secrets_and_write(person: Terminal) -> None:
    person.press("Which secrets do you type in?", ENTER)
    person.press("Write this inventory to", ENTER)
    assert person.end() == 0, person.shown[-3000:]


def texts(inventory: Path) -> list[bytes]:
    return [(inventory / name).read_bytes() for name in FILES]


def vault_content(inventory: Path) -> dict[str, str]:
    file = inventory / "group_vars" / "all" / "secrets.yml"
    content: dict[str, str] = yaml.safe_load(vault_of(loader_with_vault()).decrypt(file.read_bytes()))
    return content


def test_wrong_answers_are_corrected_on_the_spot_and_a_file_gives_the_same_inventory(folder: Path) -> None:
    answers = folder.parent / "answers.yml"
    with configuring(folder / "asked", "--write-preseed", answers) as person:
        answer(person, *PLATFORM[:3], ("Management network?", "10.1.0.7/24"))
        person.see("is an address inside a network, not a network; write 10.1.0.0/24")
        answer(person, PLATFORM[3], (PLATFORM[4][0], "10.1.0.0/16"))
        person.see("overlaps nai_management_cidr 10.1.0.0/24; give each its own network")
        answer(person, *PLATFORM[4:6], ("Gateway of the external network?", "10.4.0.1"))
        person.see("is no host's address in nai_external_cidr 10.3.0.0/24")
        answer(person, *PLATFORM[6:], *REST[:5], ("Hosts of group compute?", "compute1 compute_2"))
        person.see('"compute_2" is not a host name')
        answer(person, *REST[5:7], ("controller1: Address in the management network?", "10.9.0.10"))
        person.see("is not inside nai_management_cidr 10.1.0.0/24")
        answer(person, *REST[7:11], ("Address in the management network?", "10.1.0.[21:22]"))
        person.see("has 2 values for 3 hosts")
        answer(person, ("Address in the management network?", "10.1.0.[10:12]"))
        person.see("is also nai_management_address of host controller1")
        answer(person, *REST[11:])
        generate_secrets_and_write(person)
    assert not validate([folder / "asked"]).findings
    done = run("nai", "configure", folder / "given", "--preseed", answers)
    assert done.exit_code == 0, done.output
    assert texts(folder / "given") == texts(folder / "asked")
    assert {entry.name for entry in folder.iterdir()} == {"asked", "given"}


def test_typed_secrets_are_confirmed_and_stand_in_the_vault_file_alone(folder: Path) -> None:
    with configuring(folder / "lab", "--write-preseed", folder / "answers.yml") as person:
        answer(person, *PLATFORM, *REST)
        person.press("Which secrets do you type in?", SPACE, ENTER)
        person.answer(f"{FIRST_SECRET}?", "short")
        person.answer("Once more:", "short")
        person.see("is too short; the minimum is 12 characters")
        person.answer(f"{FIRST_SECRET}?", TYPED)
        person.answer("Once more:", "Something-Else-1")
        person.see("the two are not the same; type it twice")
        person.answer(f"{FIRST_SECRET}?", TYPED)
        person.answer("Once more:", TYPED)
        person.see("********")
        person.press("Write this inventory to", ENTER)
        assert person.end() == 0, person.shown[-3000:]
    content = vault_content(folder / "lab")
    assert content[FIRST_SECRET] == TYPED
    vault_file = folder / "lab" / "group_vars" / "all" / "secrets.yml"
    for file in folder.parent.rglob("*"):
        if file.is_file() and file != vault_file:
            assert not [key for key, value in content.items() if value in file.read_text()], file


@pytest.mark.parametrize(
    ("taken", "question"),
    [
        ((), "Which release of OpenStack?"),
        (PLATFORM[:3], "Management network?"),
        ((*PLATFORM, *REST[:7]), "controller1: Address in the management network?"),
        ((*PLATFORM, *REST), "Which secrets do you type in?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ctrl_c_leaves_nothing(folder: Path, taken: tuple[tuple[str, str | None], ...], question: str) -> None:
    with configuring(folder / "lab") as person:
        answer(person, *taken)
        person.see(question)
        person.interrupt()
        assert person.end() == 130
        assert "interrupted; nothing was written" in person.shown
    assert not list(folder.iterdir())


def test_ctrl_c_at_the_summary_and_no_leave_the_old_inventory(folder: Path) -> None:
    with configuring(folder / "lab") as person:
        answer(person, *PLATFORM, *REST)
        generate_secrets_and_write(person)
    before = texts(folder / "lab"), vault_content(folder / "lab")
    for keys, code in (((), 130), ((DOWN, DOWN, ENTER), 1)):
        with configuring(folder / "lab") as person:
            answer(person, *PLATFORM[:2], ("Name of the region?", "Elsewhere"))
            answer(person, *((text, None) for text, _ in (*PLATFORM[3:], *REST)))
            person.press("Which secrets do you type in?", ENTER)
            person.press("Write this inventory to", *keys)
            if not keys:
                person.interrupt()
            assert person.end() == code
    assert (texts(folder / "lab"), vault_content(folder / "lab")) == before
    assert [entry.name for entry in folder.iterdir()] == ["lab"]


def test_an_opened_inventory_offers_its_answers_and_one_can_be_changed(folder: Path) -> None:
    with configuring(folder / "lab") as person:
        answer(person, *PLATFORM, *REST)
        generate_secrets_and_write(person)
    hosts, main = texts(folder / "lab")
    secrets = vault_content(folder / "lab")
    with configuring(folder / "lab") as person:
        answer(person, *((text, None) for text, _ in (*PLATFORM, *REST)))
        person.press("Which secrets do you type in?", ENTER)
        person.press("Write this inventory to", DOWN, ENTER)
        person.press("Which one?", DOWN, DOWN, ENTER)
        person.answer("Name of the region?", "Elsewhere")
        person.press("Write this inventory to", ENTER)
        assert person.end() == 0, person.shown[-3000:]
    assert texts(folder / "lab") == [hosts, main.replace(b"RegionOne", b"Elsewhere")]
    assert vault_content(folder / "lab") == secrets


def test_going_back(folder: Path) -> None:
    with configuring(folder / "lab") as person:
        answer(person, *PLATFORM[:4], ("Network of the VXLAN tunnels?", "<"), ("Management network?", "10.8.0.0/24"))
        answer(person, ("Network of the VXLAN tunnels?", "10.8.0.0/24"))
        person.see("overlaps nai_management_cidr 10.8.0.0/24")
        person.interrupt()
        assert person.end() == 130


def test_a_comment_of_a_persons_own_is_not_lost(folder: Path) -> None:
    with configuring(folder / "lab") as person:
        answer(person, *PLATFORM, *REST)
        generate_secrets_and_write(person)
    main = folder / "lab" / "group_vars" / "all" / "main.yml"
    main.write_text(main.read_text() + "nai_vni_max: 500 # enough\n")
    with configuring(folder / "lab") as person:
        assert person.end() == 2
        assert "has a comment that would be lost (# enough); change the inventory by hand" in person.shown


@pytest.mark.parametrize(
    "command",
    [("nai", "configure"), ("ansible-playbook", "site.yml", "-e", "nai_interactive=true")],
    ids=lambda command: command[0],
)
def test_without_a_terminal_it_says_so(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("there is no terminal to ask at: run it at one, or name a file of answers: ")
    assert "TASK" not in done.stdout


def test_a_playbook_asks_and_goes_on_with_the_inventory(folder: Path) -> None:
    command = ("ansible-playbook", "-i", folder / "lab", "playbooks/validate.yml", "-e", "nai_interactive=true")
    with terminal(*command, transcript=folder.parent / "transcript") as person:
        answer(person, *PLATFORM, *REST)
        person.press("Which secrets do you type in?", ENTER)
        person.press("Write this inventory to", ENTER)
        person.see("TASK [Check every variable against the schema]")
        assert person.end() == 0, person.shown[-3000:]
    assert not validate([folder / "lab"]).findings


def test_ctrl_c_at_a_playbooks_questions_contacts_no_host(folder: Path) -> None:
    command = ("ansible-playbook", "site.yml", "-e", "nai_interactive=true")
    with terminal(*command, transcript=folder.parent / "transcript") as person:
        person.answer("Directory of the inventory?", str(folder / "lab"))
        person.see("Which release of OpenStack?")
        person.interrupt()
        assert person.end() == 130
        assert "interrupted; nothing was written, no host was contacted" in person.shown
        assert "PLAY [" not in person.shown
    assert not list(folder.iterdir())
