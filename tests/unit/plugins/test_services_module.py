"""The module services, with a systemd that answers from a table."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.nubomedia.nai.plugins.module_utils import service_plan
from ansible_collections.nubomedia.nai.plugins.module_utils.config_age import ConfigAge
from ansible_collections.nubomedia.nai.plugins.modules import services

from .conftest import RunModule

UP = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "Type": "notify",
}
DOWN = {**UP, "ActiveState": "inactive", "SubState": "dead", "UnitFileState": "disabled"}
MISSING = {"LoadState": "not-found", "ActiveState": "inactive"}


class FakeSystem:
    """Units whose state changes by systemctl's commands, as a table says.

    Attributes:
        units: properties by name.
        becomes: what a unit's properties become when it is restarted; a list is gone through, one entry per look.
        commands: verbs and units of everything but looks.
    """

    def __init__(self) -> None:
        self.units: dict[str, dict[str, str]] = {}
        self.becomes: dict[str, list[dict[str, str]]] = {}
        self.commands: list[str] = []
        self.refuses: str = ""

    def run(self, _module: AnsibleModule, argv: list[str], **_options: Any) -> tuple[int, str, str]:
        if argv[0] == "journalctl":
            return 0, "line one\nline two\n", ""
        words = [word for word in argv[1:] if not word.startswith("-")]
        verb, names = words[0], [name.removesuffix(".service") for name in words[1:]]
        if verb == "show":
            return 0, "\n\n".join(self._look(name) for name in names) + "\n", ""
        if verb == "is-enabled":
            return 1, "", ""
        self.commands.append(" ".join([verb, *names]))
        if verb == self.refuses:
            return 1, "", "Access denied"
        if verb == "restart":
            for name in names:
                self.units[name] = {**UP, **_stamps(0)}
        return 0, "", ""

    def _look(self, name: str) -> str:
        if any(command.startswith("restart") for command in self.commands) and self.becomes.get(name):
            self.units[name] = self.becomes[name].pop(0)
        return "\n".join(f"{key}={value}" for key, value in self.units[name].items())


def _stamps(seconds_ago: float) -> dict[str, str]:
    now = time.time() - seconds_ago
    clock = time.strftime("%a %Y-%m-%d %H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06d} UTC"
    monotonic = str(int((time.monotonic() - seconds_ago) * 1e6))
    return {
        "InactiveExitTimestamp": clock,
        "InactiveExitTimestampMonotonic": monotonic,
        "ActiveEnterTimestampMonotonic": monotonic,
    }


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    """The fake, in place of commands; waiting takes no time."""
    fake = FakeSystem()

    def run_command(module: AnsibleModule, argv: list[str], **options: Any) -> tuple[int, str, str]:
        return fake.run(module, argv, **options)

    monkeypatch.setattr(AnsibleModule, "run_command", run_command)
    skipped = 0.0
    real: Callable[[], float] = time.monotonic

    def skip(seconds: float) -> None:
        nonlocal skipped
        skipped += seconds

    monkeypatch.setattr(services.time, "sleep", skip)
    monkeypatch.setattr(services.time, "monotonic", lambda: real() + skipped)
    return fake


def wanted(*names: str, **options: Any) -> dict[str, Any]:
    """Options for services that are to run."""
    return {"services": [{"name": name, **options} for name in names]}


def test_two_that_are_down_are_started_with_one_command(system: FakeSystem, run_module: RunModule) -> None:
    system.units = {"a": DOWN, "b": DOWN}
    result = run_module(services, wanted("a", "b"))
    assert result["changed"]
    assert result["started"] == ["a", "b"]
    assert system.commands == ["enable a b", "restart a b"]
    assert "a: running" in result["diff"]["after"]
    assert run_module(services, wanted("a", "b"))["changed"] is False


def test_check_mode_does_nothing(system: FakeSystem, run_module: RunModule) -> None:
    system.units = {"a": {**DOWN, "NeedDaemonReload": "yes"}, "b": MISSING}
    result = run_module(services, wanted("a", "b"), check=True)
    assert result["started"] == ["a", "b"]
    assert system.commands == []


def test_a_newer_configuration_restarts(system: FakeSystem, run_module: RunModule, tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("")
    system.units = {"a": {**UP, **_stamps(60)}}
    result = run_module(services, wanted("a", config=[str(tmp_path)]))
    assert result["restarted"] == ["a"]
    assert "restarted (" in result["diff"]["after"]
    assert result["reasons"]["a"].endswith("was written after its start")


def test_a_missing_unit_is_an_error(system: FakeSystem, run_module: RunModule) -> None:
    system.units = {"a": MISSING}
    result = run_module(services, wanted("a"))
    assert result["failed"]
    assert "There is no unit a on this host" in result["msg"]
    assert system.commands == ["daemon-reload"]


@pytest.mark.parametrize(
    ("wish", "commands"),
    [("auto", ["daemon-reload", "restart a"]), ("always", ["daemon-reload", "restart a"]), ("never", [])],
)
def test_unit_files_are_read_again(system: FakeSystem, run_module: RunModule, wish: str, commands: list[str]) -> None:
    """What runs was started from the old files, even if systemd itself restarted it after they were written."""
    system.units = {"a": {**UP, **_stamps(60), "NeedDaemonReload": "yes"}}
    result = run_module(services, {**wanted("a"), "daemon_reload": wish})
    assert system.commands == commands
    assert result["changed"] is bool(commands)


def test_masked_failed_stopped_and_not_enabled(system: FakeSystem, run_module: RunModule) -> None:
    masked = {**DOWN, "LoadState": "masked", "ActiveState": "failed"}
    system.units = {"a": masked, "b": {**UP, **_stamps(60)}, "c": {**UP, **_stamps(60)}}
    entries = [{"name": "a"}, {"name": "b", "state": "stopped"}, {"name": "c", "enabled": False}]
    result = run_module(services, {"services": entries})
    assert system.commands == ["unmask a", "enable a", "disable b c", "stop b", "reset-failed a", "restart a"]
    assert result["stopped"] == ["b"]


def test_an_early_death_is_told_with_the_last_lines(system: FakeSystem, run_module: RunModule, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"log {number}\n" for number in range(100)))
    system.units = {"a": DOWN, "b": DOWN}
    system.becomes = {"a": [{**UP, "ActiveState": "activating"}, {**DOWN, "SubState": "dead"}]}
    entries = [{"name": "a", "log_file": str(log)}, {"name": "b", "log_file": str(tmp_path / "none")}]
    result = run_module(services, {"services": entries, "mask": ["line two"]})
    assert result["failed"]
    assert [unit["name"] for unit in result["failed_units"]] == ["a.service"]
    assert result["failed_units"][0]["log"][-1] == "log 99"
    assert len(result["failed_units"][0]["log"]) == services.JOURNAL_LINES
    assert "ended by itself: inactive (dead)" in result["msg"]
    assert "line one" in result["msg"]
    assert "line two" not in str(result)
    assert "systemctl status a.service" in result["msg"]


def test_one_that_never_answers_costs_its_timeout(
    system: FakeSystem, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_plan, "tcp_problem", lambda address, port: f"{address} port {port}: refused")
    system.units = {"a": {**UP, **_stamps(60)}}
    result = run_module(services, wanted("a", port=80, timeout_seconds=5))
    assert "does not answer. 127.0.0.1 port 80: refused" in result["msg"]


def test_what_systemd_refuses(system: FakeSystem, run_module: RunModule) -> None:
    system.units = {"a": DOWN}
    system.refuses = "enable"
    assert run_module(services, wanted("a"))["msg"] == "systemd refused: systemctl enable a.service: Access denied"


def test_silent_units_are_told_so() -> None:
    text = services.message([{"name": "a.service", "problem": "failed", "log": [], "journal": []}])
    assert "wrote nothing to the journal" in text


def test_a_clock_that_was_wrong_is_told(
    system: FakeSystem, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_plan, "config_age", lambda _entries: ConfigAge(from_the_future=["/etc/a.conf"]))
    system.units = {"a": {**UP, **_stamps(60)}}
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warnings.append(text))
    assert run_module(services, wanted("a"))["changed"] is False
    assert [text.partition(",")[0] for text in warnings] == ["/etc/a.conf was written in the future"]
