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
    {"event": "unreachable", "host": "compute2", "reason": "connection timed out"},
    {"event": "result", "stage": "precheck", "host": "controller1", "effects": []},
    {"event": "warning", "text": "controller1: has one processor"},
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
    assert plan.failures == ["nova: Start on h: no"]
    assert "cloud: not looked at, the run would stop before it" in as_text(plan)
