"""What systemctl says, read."""

import time
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import systemd
from ansible_collections.nubomedia.nai.plugins.module_utils.systemd import Systemd, SystemdError, Unit, parse, unit_name

BLOCK = """\
Type=simple
Restart=on-failure
NRestarts=2
Result=exit-code
ExecMainStatus=1
EnvironmentFiles=/etc/default/example (ignore_errors=yes)
EnvironmentFiles=/run/example/env (ignore_errors=no)
Id=example.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/run/systemd/generator.late/example.service
SourcePath=/etc/init.d/example
DropInPaths=/etc/systemd/system/example.service.d/a.conf /run/systemd/system/service.d/b.conf
UnitFileState=generated
NeedDaemonReload=yes
InactiveExitTimestamp=Mon 2025-11-24 10:15:02.123456 UTC
InactiveExitTimestampMonotonic=5000000
ActiveEnterTimestampMonotonic=6000000"""


class Runner:
    """Answers commands and keeps them."""

    def __init__(self, *answers: tuple[int, str, str]) -> None:
        self.answers = list(answers)
        self.commands: list[list[str]] = []

    def __call__(self, argv: list[str]) -> tuple[int, str, str]:
        self.commands.append(argv)
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nova-compute", "nova-compute.service"),
        ("a.socket", "a.socket"),
        ("x@1.2", "x@1.2.service"),
        ("t.timer", "t.timer"),
    ],
)
def test_names(name: str, full: str) -> None:
    assert unit_name(name) == full


def test_a_unit_is_read() -> None:
    unit = parse("example.service", BLOCK)
    assert unit.is_known
    assert unit.is_up
    assert unit.needs_daemon_reload
    assert not unit.has_job
    assert not unit.is_masked
    assert not unit.tells_readiness
    assert not unit.runs_once
    assert unit.restarts == 2
    assert unit.describe() == "active (running), result exit-code, exit code 1, restarted 2 times by systemd"


def test_generated_and_volatile_files_are_no_configuration() -> None:
    assert parse("example.service", BLOCK).files == [
        "/etc/init.d/example",
        "/etc/systemd/system/example.service.d/a.conf",
        "/etc/default/example",
    ]


def test_a_property_that_is_not_there_is_empty() -> None:
    unit = Unit("a.service", {})
    assert unit.sub_state == ""
    assert unit.started_us == 0
    assert unit.active_seconds == 0.0
    assert not unit.is_known
    with pytest.raises(AttributeError):
        _ = unit._private


def test_the_start_is_the_earlier_of_both_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = parse("example.service", BLOCK)
    stamp_us = systemd.wall_clock_us("Mon 2025-11-24 10:15:02.123456 UTC")
    monkeypatch.setattr(time, "monotonic_ns", lambda: 65_000_000_000)  # one minute after the start
    monkeypatch.setattr(time, "time_ns", lambda: (stamp_us + 60_000_000) * 1000)
    assert unit.started_us == stamp_us
    monkeypatch.setattr(time, "time_ns", lambda: (stamp_us + 50_000_000) * 1000)  # set back by ten seconds since
    assert unit.started_us == stamp_us - 10_000_000
    monkeypatch.setattr(time, "time_ns", lambda: (stamp_us + 70_000_000) * 1000)  # set forward
    assert unit.started_us == stamp_us
    assert unit.active_seconds == 59.0


def test_wall_clock() -> None:
    assert systemd.wall_clock_us("Thu 1970-01-01 00:00:01.000002 UTC") == 1_000_002
    assert systemd.wall_clock_us("Thu 1970-01-01 00:00:01 UTC") == 1_000_000


def test_all_units_with_one_command() -> None:
    runner = Runner((0, f"{BLOCK}\n\nId=b.service\nLoadState=not-found\n", ""))
    units = Systemd(runner).show(["example", "b"])
    assert units["example"].is_known
    assert not units["b"].is_known
    assert units["b"].name == "b.service"
    [command] = runner.commands
    assert command[-2:] == ["example.service", "b.service"]


OLD = """\
Id=example.service
LoadState=loaded
ActiveState=active
EnvironmentFile=/etc/sysconfig/example (ignore_errors=yes)
FragmentPath=/usr/lib/systemd/system/example.service
InactiveExitTimestamp=Mon 2025-11-24 11:15:02 CET
InactiveExitTimestampMonotonic=5000000"""


def test_systemd_219_has_no_option_for_stamps_and_they_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = (1, "", "systemctl: unrecognized option '--timestamp=us+utc'")
    runner = Runner(refused, (0, OLD, ""), (0, OLD, ""))
    manager = Systemd(runner)
    unit = manager.show(["example"])["example"]
    assert unit.files == ["/usr/lib/systemd/system/example.service", "/etc/sysconfig/example"]
    monkeypatch.setattr(time, "monotonic_ns", lambda: 65_000_000_000)
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000_000)
    assert unit.started_us == 1_000_000_000_000 - 60_000_000
    manager.show(["example"])
    assert ["--timestamp=us+utc" in command for command in runner.commands] == [True, False, False]


def test_a_journal_of_systemd_219_has_host_names() -> None:
    runner = Runner((1, "", "journalctl: unrecognized option '--no-hostname'"), (0, "one\n", ""))
    assert Systemd(runner).journal("a", 20) == ["one"]
    assert "--no-hostname" not in runner.commands[1]


def test_no_unit_needs_no_command() -> None:
    assert Systemd(Runner()).show([]) == {}


@pytest.mark.parametrize("answer", [(1, "", "Failed to connect to bus"), (0, "Id=a.service\n", "")])
def test_an_answer_that_cannot_be_used(answer: tuple[int, str, str]) -> None:
    with pytest.raises(SystemdError, match="systemctl show failed"):
        Systemd(Runner(answer)).show(["a", "b"])


def test_commands() -> None:
    runner = Runner((0, "", ""), (0, "", ""), (1, "", "Unit a.service is masked."))
    manager = Systemd(runner)
    manager.call("daemon-reload")
    manager.call("restart", ["a", "b.timer"], "--no-block")
    with pytest.raises(SystemdError, match=r"systemctl start a\.service: Unit a\.service is masked"):
        manager.call("start", ["a"])
    assert runner.commands[:2] == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "--no-block", "restart", "--", "a.service", "b.timer"],
    ]


@pytest.mark.parametrize(
    ("state", "enabled"),
    [("enabled", True), ("static", True), ("indirect", True), ("disabled", False), ("enabled-runtime", False)],
)
def test_enabled(state: str, enabled: bool) -> None:
    assert Systemd(Runner()).is_enabled(Unit("a.service", {"UnitFileState": state})) is enabled


@pytest.mark.parametrize(("code", "enabled"), [(0, True), (1, False)])
def test_an_init_script_is_asked_for(code: int, enabled: bool) -> None:
    unit = Unit("a.service", {"UnitFileState": "generated"})
    assert Systemd(Runner((code, "", ""))).is_enabled(unit) is enabled


def test_journal() -> None:
    runner = Runner((0, "one\ntwo\n", ""))
    assert Systemd(runner).journal("a", 20) == ["one", "two"]
    assert "--unit=a.service" in runner.commands[0]


def test_masked() -> None:
    properties: dict[str, Any] = {"LoadState": "masked", "ActiveState": "inactive"}
    assert Unit("a.service", properties).describe() == "masked"
