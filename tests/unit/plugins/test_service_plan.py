"""What is to be done to units, and whether one has come up."""

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils import service_plan
from ansible_collections.nubomedia.nai.plugins.module_utils.service_plan import Plan, Service, judge, make_plan
from ansible_collections.nubomedia.nai.plugins.module_utils.systemd import Unit

STARTED_US = 1_700_000_000_500_000


class FakeUnit(Unit):  # type: ignore[misc]  # a plugin's types are not known here
    """A unit whose times are set, not computed from clocks."""

    started_us = STARTED_US
    active_seconds = 100.0


def unit(**properties: Any) -> Unit:
    """A running unit, with other properties."""
    usual = {"LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled"}
    return FakeUnit("a.service", {**usual, "Type": "simple", "Result": "success", **properties})


def plan(found: Unit, **service: Any) -> Plan:
    """The plan for one service."""
    return make_plan([Service(name="a", **service)], {"a": found}, lambda u: u.unit_file_state == "enabled")


def conf(path: Path, at_us: int) -> tuple[str, ...]:
    """A configuration file written at a moment."""
    path.write_text("")
    os.utime(path, ns=(at_us * 1000, at_us * 1000))
    return (str(path),)


def test_options_of_the_task() -> None:
    service = Service.of({"name": "a", "state": "stopped", "config": ["/a"], "enabled": None, "url": None})
    assert service == Service("a", state="stopped", config=("/a",))
    assert not service.starts_with_host
    assert Service("a", state="stopped", enabled=True).starts_with_host


def test_a_running_unit_with_its_present_configuration_stays(tmp_path: Path) -> None:
    assert not plan(unit(), config=conf(tmp_path / "c", STARTED_US - 1_000_000)).changed


def test_a_unit_that_started_before_its_configuration_is_restarted(tmp_path: Path) -> None:
    found = plan(unit(), config=conf(tmp_path / "c", STARTED_US + 1))
    assert found.restart == ["a"]
    assert found.reasons == {"a": f"{tmp_path / 'c'} was written after its start"}
    assert found.reset == []


def test_a_unit_that_is_starting_may_have_read_the_old_configuration(tmp_path: Path) -> None:
    config = conf(tmp_path / "c", STARTED_US + 1)
    assert plan(unit(ActiveState="activating", NRestarts="3"), config=config).restart == ["a"]
    assert plan(unit(ActiveState="activating", NRestarts="3"), config=config).reset == ["a"]


@pytest.mark.parametrize(("state", "reset"), [("inactive", []), ("failed", ["a"])])
def test_a_unit_that_is_down_is_started(state: str, reset: list[str]) -> None:
    found = plan(unit(ActiveState=state))
    assert (found.start, found.restart, found.reset) == (["a"], [], reset)


def test_a_missing_unit() -> None:
    assert plan(Unit("a.service", {"LoadState": "not-found"})).missing == ["a"]
    assert not plan(Unit("a.service", {"LoadState": "not-found"}), state="stopped").changed


def test_a_masked_unit_runs_again() -> None:
    found = plan(unit(LoadState="masked", ActiveState="inactive", UnitFileState="masked"))
    assert (found.unmask, found.enable, found.start) == (["a"], ["a"], ["a"])


def test_a_masked_unit_that_is_not_to_run_stays_masked() -> None:
    assert not plan(unit(LoadState="masked", ActiveState="inactive"), state="stopped").changed
    assert plan(unit(LoadState="masked"), state="stopped").stop == ["a"]


def test_enabled_follows_the_state_unless_it_is_given() -> None:
    assert plan(unit(UnitFileState="disabled")).enable == ["a"]
    assert plan(unit(), enabled=False).disable == ["a"]
    stopped = plan(unit(), state="stopped")
    assert (stopped.stop, stopped.disable) == (["a"], ["a"])
    assert plan(unit(), state="stopped", enabled=True).disable == []


def test_a_unit_that_is_stopping_is_waited_for() -> None:
    assert plan(unit(ActiveState="deactivating", UnitFileState="disabled"), state="stopped").stop == ["a"]


def test_a_oneshot_that_ran_has_not_to_run_again(tmp_path: Path) -> None:
    done = {"Type": "oneshot", "ActiveState": "inactive"}
    assert not plan(unit(**done), config=conf(tmp_path / "c", STARTED_US - 1_000_000)).changed
    assert plan(unit(**done), config=conf(tmp_path / "c", STARTED_US + 1)).restart == ["a"]
    assert plan(unit(**done, Result="exit-code")).start == ["a"]


class TestJudge:
    """Has it come up?"""

    def test_a_unit_that_is_active_for_long(self) -> None:
        assert judge(Service("a"), unit()).ready

    def test_a_simple_unit_is_not_believed_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeUnit, "active_seconds", 0.1)
        verdict = judge(Service("a"), unit())
        assert not verdict.ready
        assert not verdict.lost
        assert "does not stay up" in verdict.problem

    def test_a_unit_that_tells_when_it_is_ready_is_believed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeUnit, "active_seconds", 0.0)
        assert judge(Service("a"), unit(Type="notify")).ready

    def test_each_restart_by_systemd_costs_trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeUnit, "active_seconds", 3.0)
        assert judge(Service("a"), unit(NRestarts="7"), restarts_before=7).ready
        assert not judge(Service("a"), unit(NRestarts="8"), restarts_before=7).ready
        monkeypatch.setattr(FakeUnit, "active_seconds", service_plan.LONGEST_SETTLE_SECONDS)
        assert judge(Service("a"), unit(NRestarts="99"), restarts_before=7).ready

    def test_it_has_to_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeUnit, "active_seconds", 0.0)
        monkeypatch.setattr(service_plan, "http_problem", lambda url: f"{url}: HTTP status 503")
        monkeypatch.setattr(service_plan, "tcp_problem", lambda _address, _port: None)
        verdict = judge(Service("a", url="http://192.0.2.1/"), unit())
        assert not verdict.ready
        assert verdict.problem == "is active but does not answer. http://192.0.2.1/: HTTP status 503"
        assert judge(Service("a", port=80), unit()).ready

    @pytest.mark.parametrize(
        "properties",
        [
            {"ActiveState": "activating", "SubState": "auto-restart"},
            {"ActiveState": "failed", "SubState": "failed-before-auto-restart"},
            {"ActiveState": "inactive", "SubState": "dead", "Job": "12"},
            {"ActiveState": "deactivating", "SubState": "stop-sigterm"},
        ],
    )
    def test_one_that_may_still_come_up(self, properties: dict[str, str]) -> None:
        verdict = judge(Service("a"), unit(**properties))
        assert not verdict.ready
        assert not verdict.lost

    def test_one_that_ended_with_code_0(self) -> None:
        verdict = judge(Service("a"), unit(ActiveState="inactive", SubState="dead"))
        assert verdict.lost
        assert verdict.problem == "ended by itself: inactive (dead)"

    def test_one_that_failed(self) -> None:
        verdict = judge(Service("a"), unit(ActiveState="failed", SubState="failed", Result="signal"))
        assert verdict.lost
        assert verdict.problem == "failed: failed (failed), result signal"

    def test_a_oneshot_that_ran(self) -> None:
        assert judge(Service("a"), unit(Type="oneshot", ActiveState="inactive", SubState="dead")).ready
