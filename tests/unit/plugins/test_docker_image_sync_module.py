"""The module docker_image_sync, with a program that answers as told."""

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import docker_image_sync

from .conftest import RunModule

REPORT: dict[str, Any] = {
    "changed": True,
    "check": False,
    "present": ["a"],
    "loaded": ["b"],
    "removed": ["c"],
    "used": ["d"],
    "waiting": {"e": 5},
    "failed": {},
    "seconds": 1.5,
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that prints a report, notes its words, and ends with a code."""
    path = tmp_path / "nai"
    script = ["#!/bin/sh", f"cd {tmp_path}", 'echo "$@" > words', "cat report", "cat error >&2", "exit $(cat code)"]
    path.write_text("\n".join(script) + "\n")
    path.chmod(0o755)
    return path


def answer(program: Path, report: dict[str, Any] | None, code: int = 0, error: str = "") -> None:
    """Sets what the program answers."""
    (program.parent / "report").write_text(json.dumps(report) if report else "")
    (program.parent / "code").write_text(str(code))
    (program.parent / "error").write_text(error)


def test_the_report_is_the_result_and_the_diff_its_images(program: Path, run_module: RunModule) -> None:
    answer(program, REPORT)
    result = run_module(docker_image_sync, {"program": str(program)})
    assert result["changed"] is True
    assert result["loaded"] == ["b"]
    assert result["diff"] == {"before": "a\nc\nd\ne\n", "after": "a\nb\nd\ne\n"}
    assert (program.parent / "words").read_text().split() == ["images", "sync", "--json"]


def test_check_mode_and_the_grace_period_reach_the_program(program: Path, run_module: RunModule) -> None:
    answer(program, {**REPORT, "changed": False, "loaded": [], "removed": []})
    result = run_module(docker_image_sync, {"program": str(program), "grace_period_seconds": 0}, check=True)
    assert result["changed"] is False
    words = (program.parent / "words").read_text().split()
    assert words == ["images", "sync", "--json", "--check", "--grace-period-seconds", "0"]


def test_images_that_fail_fail_the_task_and_the_others_are_told(program: Path, run_module: RunModule) -> None:
    answer(program, {**REPORT, "failed": {"x": "image x: the digest differs"}}, code=1)
    result = run_module(docker_image_sync, {"program": str(program)})
    assert result["failed"] is True
    assert result["msg"] == "image x: the digest differs"
    assert (result["changed"], result["loaded"]) == (True, ["b"])


def test_an_unreachable_glance_is_told_in_its_words(program: Path, run_module: RunModule) -> None:
    answer(program, None, code=3, error="nai images sync: Glance: no answer\n")
    result = run_module(docker_image_sync, {"program": str(program)})
    assert (result["failed"], result["msg"], result["rc"]) == (True, "nai images sync: Glance: no answer", 3)


def test_a_fresh_host_is_no_failure_in_check_mode(tmp_path: Path, run_module: RunModule) -> None:
    missing = {"program": str(tmp_path / "nai")}
    assert run_module(docker_image_sync, missing, check=True)["changed"] is False
    assert "role nova_docker brings it" in run_module(docker_image_sync, missing)["msg"]
