"""The course of a dialogue with a person whose answers come from a list."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from nai.installer.interactive import configure as module
from nai.installer.interactive.configure import ConfigureError, configure
from nai.installer.interactive.question import Question
from nai.installer.interactive.terminal import Back, shown_default
from nai.installer.inventory_files import read
from nai.installer.validation import Finding, validate
from tests.unit.installer.interactive.conftest import ANSWERS, label


class Person:
    """Answers in place of a terminal; takes the default where nothing else is said.

    Attributes:
        asked: Questions in the order in which they were asked.
        told: Everything that was complained about.
    """

    def __init__(self, answers: dict[str, list[str]], choices: Sequence[str]) -> None:
        """Keeps the answers to each question, for each time it is asked, and those after the summary."""
        self.answers = {name: [str(value)] for name, value in ANSWERS.items()} | answers
        self.choices = list(choices)
        self.asked: list[str] = []
        self.told: list[str] = []
        self.said = ""

    def introduce(self, directory: Path) -> None:
        self.said += str(directory)

    def say(self, text: str) -> None:
        self.said += text

    def complain(self, problems: Iterable[str]) -> None:
        self.told += problems

    def directory(self, default: str) -> str:
        return default

    def ask(self, question: Question, _typed: str | None = None) -> object:
        self.asked.append(label(question))
        given = self.answers.get(label(question), [])
        if not given:
            return shown_default(question)
        answer = given.pop(0)
        if answer == "<":
            raise Back
        return answer

    def choose(self, _text: str, choices: Sequence[tuple[str, str]]) -> str:
        wanted = self.choices.pop(0)
        return next(value for value, title in choices if wanted in (value, title.partition(":")[0]))


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lab"


def at_the_terminal(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]], *choices: str) -> Person:
    person = Person(answers, choices)
    monkeypatch.setattr(module, "Terminal", lambda: person)
    return person


def test_a_whole_run(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = at_the_terminal(monkeypatch, {}, "yes")
    assert configure(lab) == lab
    assert not validate([lab]).findings
    assert person.told == []


def test_what_does_not_fit_the_other_answers_is_told_at_once(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = at_the_terminal(
        monkeypatch,
        {
            "nai_tunnel_cidr": ["10.1.0.0/25", "10.2.0.0/24"],
            "nai_external_pool_end": ["10.3.0.9", "10.3.0.199"],
            "compute/nai_management_address": ["10.1.0.[10:11]", "10.1.0.[21:22]"],
        },
        "yes",
    )
    configure(lab)
    in_use = 'value "10.1.0.10" (host compute1) is also nai_management_address of host controller1'
    assert person.told == [
        'nai_tunnel_cidr: value "10.1.0.0/25" overlaps nai_management_cidr 10.1.0.0/24; give each its own network',
        'nai_external_pool_end: value "10.3.0.9" is before nai_external_pool_start 10.3.0.100; exchange the two',
        f"nai_management_address: {in_use}; give each its own address",
    ]


def test_one_network_for_management_and_tunnels(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"openvswitch_datapath": ["system"], "nai_tunnel_cidr": ["10.1.0.0/24"]}
    person = at_the_terminal(monkeypatch, answers, "yes")
    configure(lab)
    assert person.told == []
    assert read(lab).hosts["compute1"]["nai_tunnel_address"] == "10.1.0.21", "offered: the management address"


def test_what_only_the_whole_shows_leads_back_to_its_question(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = at_the_terminal(monkeypatch, {"controller/nai_external_address": ["", "10.3.0.10"]}, "yes", "yes")
    configure(lab)
    [problem] = person.told
    assert "has neither nai_external_address nor nai_external_interface" in problem
    assert person.asked.count("controller/nai_external_address") == 2
    assert person.asked.count("controller/nai_external_interface") == 2
    assert person.asked.count("controller/nai_management_address") == 1
    assert not validate([lab]).findings


def test_an_answer_is_changed_after_the_summary(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = at_the_terminal(monkeypatch, {"group compute": []}, "change", "group compute", "yes")
    person.answers["compute"] = ["compute[1:2]", "compute[1:3]"]
    person.answers["compute/nai_management_address"] = ["10.1.0.[21:22]", "10.1.0.[21:23]"]
    configure(lab)
    assert read(lab).groups["compute"] == ("compute1", "compute2", "compute3")
    assert "compute: compute1 compute2\n" in person.said


def test_going_back(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = at_the_terminal(monkeypatch, {"nai_external_cidr": ["<", "10.3.0.0/24"]}, "yes")
    configure(lab)
    assert person.asked.count("nai_tunnel_cidr") == 2
    assert read(lab).variables["nai_tunnel_cidr"] == "10.2.0.0/24"


def test_no_writes_nothing(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_terminal(monkeypatch, {}, "no")
    assert configure(lab) is None
    assert not list(lab.parent.iterdir())


def test_a_foreign_inventory_is_refused_before_anything_is_asked(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.mkdir()
    (lab / "hosts.ini").write_text("[nai]\n")
    person = at_the_terminal(monkeypatch, {})
    with pytest.raises(ConfigureError, match=r"lab: has files but no hosts.yml"):
        configure(lab)
    assert person.asked == []


def test_a_finding_without_a_question_is_told(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding(str(lab), None, "file x", "", "is wrong", "mend it")]
    results = iter([found, []])
    monkeypatch.setattr(module, "write", lambda *_arguments: next(results))
    person = at_the_terminal(monkeypatch, {}, "yes", "yes")
    assert configure(lab) == lab
    assert person.told == ["file x: is wrong; mend it"]
