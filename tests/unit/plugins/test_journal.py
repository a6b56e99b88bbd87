"""The journal of a run."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants, context
from ansible.utils.context_objects import CLIArgs
from ansible_collections.nubomedia.nai.plugins.callback.journal import CallbackModule


class Shown:
    """Takes what a plugin displays."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.warnings: list[str] = []
        self.verbosity = 0

    def display(self, text: str, **_options: Any) -> None:
        self.texts.append(text)

    def warning(self, text: str, **_options: Any) -> None:
        self.warnings.append(text)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallbackModule:
    """A journal below tmp_path, for a run in check mode."""
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"check": True, "subset": "compute", "tags": ["all"]}))
    plugin = CallbackModule(display=Shown())
    options = {"state_dir": str(tmp_path / "state"), "keep": 3}
    monkeypatch.setattr(plugin, "get_option", options.get)
    return plugin


def lines(journal: CallbackModule) -> list[dict[str, Any]]:
    """Everything in the journal."""
    assert journal.path
    return [json.loads(line) for line in journal.path.read_text().splitlines()]


PLAYBOOK = SimpleNamespace(_file_name="/some/where/site.yml")
HOST = SimpleNamespace(get_name=lambda: "compute1")
SECRET = "never-written"


def play(name: str) -> Any:
    """A play."""
    return SimpleNamespace(get_name=lambda: name, hosts=["compute", "controller"])


def result(changed: bool = False, **task: Any) -> Any:
    """The result of a task on compute1."""
    usual = {"get_name": lambda: "role : task ", "_uuid": "1", "action": "copy", "ignore_unreachable": False}
    return SimpleNamespace(
        host=HOST, task=SimpleNamespace(**{**usual, **task}), result={"changed": changed, "msg": SECRET}
    )


def run(journal: CallbackModule) -> None:
    """One small run."""
    journal.v2_playbook_on_start(PLAYBOOK)
    journal.v2_playbook_on_play_start(play("nova | services"))
    journal.v2_runner_on_start(HOST, SimpleNamespace(_uuid="1"))
    journal.v2_runner_on_ok(result(changed=True))
    journal.v2_runner_on_failed(result(), ignore_errors=True)
    journal.v2_runner_on_failed(result())
    journal.v2_runner_on_skipped(result(changed=True))
    journal.v2_runner_on_unreachable(result())
    journal.v2_runner_on_unreachable(result(ignore_unreachable=True))
    counts = {"ok": 1, "failures": 1, "unreachable": 1, "changed": 1, "skipped": 1, "rescued": 0, "ignored": 1}
    journal.v2_playbook_on_stats(SimpleNamespace(processed={"compute1": 1}, summarize=lambda _host: counts))


def test_a_run(journal: CallbackModule) -> None:
    run(journal)
    events = lines(journal)
    assert [event["event"] for event in events] == ["run", "play", *["task"] * 6, "stage", "end"]
    assert {key: events[0][key] for key in ("format", "playbook", "check_mode", "limit", "tags")} == {
        "format": 1,
        "playbook": "site.yml",
        "check_mode": True,
        "limit": "compute",
        "tags": ["all"],
    }
    assert events[1] | {"time": 0} == {
        "event": "play",
        "time": 0,
        "stage": "nova",
        "name": "nova | services",
        "hosts": "compute,controller",
    }
    statuses = [event["status"] for event in events if event["event"] == "task"]
    assert statuses == ["ok", "ignored", "failed", "skipped", "unreachable", "ignored"]
    assert [event["changed"] for event in events if event["event"] == "task"] == [True] + [False] * 5
    assert events[2]["task"] == "role : task"
    assert events[2]["seconds"] >= 0
    assert events[-2]["failed"] == 2
    assert events[-1]["hosts"] == {"compute1": {"ok": 1, "changed": 1, "failed": 1, "unreachable": 1, "skipped": 1}}
    [table] = journal._display.texts
    assert "nova" in table
    assert "total" in table


def test_nothing_of_a_result_is_written(journal: CallbackModule) -> None:
    run(journal)
    assert journal.path
    assert SECRET not in journal.path.read_text()


def test_only_its_owner_reads_it(journal: CallbackModule) -> None:
    os.umask(os.umask(0o022))
    run(journal)
    assert journal.path
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
    assert journal.path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_playbook_goes_on_in_the_same_journal(journal: CallbackModule) -> None:
    journal.v2_playbook_on_start(PLAYBOOK)
    first = journal.path
    journal.v2_playbook_on_start(PLAYBOOK)
    assert journal.path == first
    assert [event["event"] for event in lines(journal)] == ["run", "run"]


def test_old_journals_go(journal: CallbackModule, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "journal"
    folder.mkdir(parents=True)
    for number in range(6):
        (folder / f"2020010{number}T000000Z-1.jsonl").write_text("")
    (folder / "other").write_text("")
    journal.v2_playbook_on_start(PLAYBOOK)
    assert len(list(folder.glob("*.jsonl"))) == 3
    assert (folder / "20200105T000000Z-1.jsonl").exists()
    assert (folder / "other").exists()


def test_a_journal_that_cannot_be_written_disturbs_nothing(journal: CallbackModule, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    run(journal)
    [warning] = journal._display.warnings
    assert warning.startswith("The journal of this run ends here")
    assert journal._display.texts == []


def test_the_folder_beside_the_configuration(
    journal: CallbackModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "get_option", {"keep": 3}.get)
    monkeypatch.setattr(constants, "CONFIG_FILE", str(tmp_path / "ansible.cfg"))
    journal.v2_playbook_on_start(PLAYBOOK)
    assert journal.path
    assert journal.path.parent == tmp_path / ".nai" / "journal"


def test_results_before_any_play_are_no_error(journal: CallbackModule) -> None:
    journal.v2_playbook_on_start(PLAYBOOK)
    journal.v2_runner_on_ok(result())
    assert not journal._display.warnings
