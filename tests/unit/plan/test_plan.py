"""What a plan makes of the results of a run in check mode."""

from __future__ import annotations

from typing import Any

import pytest

from nai.installer.plan import as_dict, as_text, effects_of, plan_of
from nai.installer.plan.model import LACKING


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"changed_files": ["/etc/a", "/etc/b"]}, [("file", ("/etc/a", "/etc/b"))]),
        ({"missing": ["keystone"]}, [("package", ("keystone",))]),
        (
            {"started": ["keystone"], "restarted": ["glance-api"], "stopped": []},
            [("service", ("start keystone", "restart glance-api"))],
        ),
        ({"commands_run": 0, "reason": "new version"}, [("migration", ("Task: new version",))]),
        ({"changes": ["flavor d1.small: created"]}, [("object", ("flavor d1.small: created",))]),
        ({"diff": [{"after_header": "/etc/hosts (content)", "after": "secret"}]}, [("file", ("/etc/hosts",))]),
        ({"diff": {"before": "x", "after": "y"}, "msg": "would be made"}, [("task", ("Task",))]),
        ({}, [("task", ("Task",))]),
    ],
)
def test_effects(result: dict[str, Any], expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(item.kind, item.names) for item in effects_of("Task", result)] == expected


EVENTS: list[dict[str, Any]] = [
    {"event": "stage", "name": "precheck"},
    {"event": "result", "stage": "precheck", "host": "compute2", "effects": []},
    {"event": "unreachable", "stage": "precheck", "host": "compute2", "reason": "connection timed out"},
    {"event": "result", "stage": "precheck", "host": "controller1", "effects": []},
    {"event": "warning", "host": "controller1", "text": "has one processor"},
    {"event": "stage", "name": "base"},
    {"event": "result", "stage": "base", "host": "controller1", "effects": [["package", ["a", "b"]]]},
    {"event": "result", "stage": "base", "host": "controller1", "effects": [["package", ["b", "c"]], ["file", ["/x"]]]},
    {"event": "stage", "name": "cloud"},
]


def test_a_plan_for_the_reader() -> None:
    assert as_text(plan_of(EVENTS)).splitlines() == [
        "precheck: no change",
        "base:",
        "  controller1: 3 packages, 1 file",
        "    package: a, b, c",
        "    file: /x",
        "cloud: not looked at, none of its hosts can be reached",
        f"compute2: cannot be reached (connection timed out); the plan lacks {LACKING}",
        "warning: controller1: has one processor",
        "plan: 4 changes on 1 hosts; 1 hosts did not answer",
    ]


def test_long_lists_are_cut_for_the_reader_and_whole_in_the_report() -> None:
    names = [f"p{number}" for number in range(20)]
    plan = plan_of([{"event": "result", "stage": "base", "host": "h", "effects": [["package", names]]}])
    assert "p7 and 12 more" in as_text(plan)
    assert as_dict(plan)["stages"] == [{"name": "base", "hosts": {"h": {"package": names}}}]


def test_no_change_and_failures() -> None:
    assert as_text(plan_of([])) == "plan: no change"
    failed = {"event": "failed", "stage": "nova", "host": "h", "task": "Start", "reason": "no"}
    plan = plan_of([failed, {"event": "stage", "name": "cloud"}])
    assert [str(failure) for failure in plan.failures] == ["h: nova, Start: no"]
    assert "failure: h: nova, Start: no" in as_text(plan)
    assert "cloud: not looked at, the run would stop before it" in as_text(plan)


def blades(count: int) -> list[str]:
    return [f"blade{number:02d}" for number in range(1, count + 1)]


def test_what_is_said_of_many_hosts_is_said_once() -> None:
    events: list[dict[str, Any]] = [{"event": "stage", "name": "base"}]
    for host in blades(20):
        effects = [["package", ["docker"]]]
        events.append({"event": "result", "stage": "base", "host": host, "effects": effects})
        events.append({"event": "warning", "host": host, "text": "has no default route"})
    for number, host in enumerate(blades(25)[20:]):
        reason = f"ssh: connect to host 192.0.2.{number} port 22: No route to host"
        events.append({"event": "unreachable", "stage": "base", "host": host, "reason": reason})
    plan = plan_of(events)
    assert as_text(plan).splitlines() == [
        "base:",
        "  blade[01:20]: 1 package each",
        "    package: docker",
        (
            "blade[21:25]: cannot be reached (ssh: connect to its port 22: No route to host);"
            f" the plan lacks of each {LACKING}"
        ),
        "warning: blade[01:20]: has no default route",
        "plan: 20 changes on 20 hosts; 5 hosts did not answer",
    ]
    assert as_dict(plan)["unreachable"]["blade22"] == {
        "reason": "ssh: connect to host 192.0.2.1 port 22: No route to host",
        "lacks": LACKING,
    }


def test_hosts_on_which_no_module_runs_yet() -> None:
    events: list[dict[str, Any]] = [{"event": "stage", "name": "target_python"}]
    for host in blades(3):
        effects = [["object", ["Python /opt/python: installed"]]]
        events.append({"event": "result", "stage": "target_python", "host": host, "effects": effects})
        events.append({"event": "without_python", "host": host})
    plan = plan_of(events)
    plan.only_stages(["validate", "target_python", "packstack"])
    assert as_text(plan).splitlines() == [
        "validate: not looked at, no module runs on its hosts yet",
        "target_python:",
        "  blade[01:03]: 1 object each",
        "    object: Python /opt/python: installed",
        "packstack: not looked at, no module runs on its hosts yet",
        f"blade[01:03]: no Python there that modules run on; the plan lacks of each {LACKING}",
        "plan: 3 changes on 3 hosts",
    ]
    assert set(as_dict(plan)["without_python"]) == set(blades(3))


def test_stages_of_another_release_are_no_part_of_the_plan() -> None:
    plan = plan_of([{"event": "stage", "name": name} for name in ("base", "packstack", "cloud")])
    plan.only_stages(["base", "cloud", "verify"])
    assert [stage.name for stage in plan.stages] == ["base", "cloud", "verify"]


def test_a_dry_run_of_everything_without_a_host_that_answers() -> None:
    events = [{"event": "unreachable", "stage": "base", "host": "a", "reason": "no"}]
    assert as_text(plan_of(events)).endswith("plan: no change on the hosts that answered; 1 hosts did not answer")
