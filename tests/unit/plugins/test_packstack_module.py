"""The module packstack, with a program of this machine in packstack's place."""

import fcntl
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import packstack

from .conftest import RunModule

ANSWERS = "[general]\nCONFIG_NOVA_INSTALL=y\nEXCLUDE_SERVERS=\n"


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A packstack that keeps its answer file, and fails where there is a file `fail`."""
    program = tmp_path / "bin" / "packstack"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\ncat "${{1#--answer-file=}}" >> {tmp_path}/seen\n'
        f"printf 'Applying \\033[32m%s\\033[0m\\n' $LANG\ntest ! -e {tmp_path}/fail\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "answers").write_text(ANSWERS)
    return {
        "answer_file": str(tmp_path / "answers"),
        "directory": str(tmp_path),
        "pending": ["192.0.2.103"],
        "exclude": ["192.0.2.101", "192.0.2.102"],
        "environment": {"LANG": "en_US.UTF-8"},
    }


def test_it_runs_for_the_pending_hosts_alone(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    for check in (True, False):
        result = run_module(packstack, options, check=check)
        assert result["changed"]
        assert result["finished"]
        assert result["changes"] == ["packstack on 192.0.2.103"]
        assert (tmp_path / "seen").exists() is not check
    assert (tmp_path / "seen").read_text() == ANSWERS.replace("SERVERS=", "SERVERS=192.0.2.101,192.0.2.102")
    assert (tmp_path / "answers.txt").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("check", [True, False])
def test_without_pending_hosts_nothing_runs(
    options: dict[str, Any], tmp_path: Path, run_module: RunModule, check: bool
) -> None:
    result = run_module(packstack, {**options, "pending": []}, check=check)
    assert (result["changed"], result["finished"], result["diff"]["after"]) == (False, True, "")
    assert not (tmp_path / "seen").exists()


def test_a_failure_has_the_last_lines_and_finishes_no_host(
    options: dict[str, Any], tmp_path: Path, run_module: RunModule
) -> None:
    (tmp_path / "fail").touch()
    result = run_module(packstack, options)
    assert result["failed"]
    assert "finished" not in result
    assert "ended with code 1. Its last lines:\n  Applying en_US.UTF-8" in result["msg"]


def test_two_never_run_at_once(options: dict[str, Any], tmp_path: Path, run_module: RunModule) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "still runs from an earlier time" in run_module(packstack, options)["msg"]
    assert not (tmp_path / "seen").exists()
    assert run_module(packstack, options)["finished"]


def test_a_packstack_that_outlives_its_module_keeps_the_lock(tmp_path: Path) -> None:
    # What a run inherits is what keeps the next one out.
    lock = tmp_path / "lock"
    script = f"flock --nonblock {lock} true && echo free >> {tmp_path}/out || echo held >> {tmp_path}/out"
    packstack.run(["sh", "-c", script], lock, {}, 10)
    assert (tmp_path / "out").read_text() == "held\n"


def test_a_missing_program_and_a_missing_file_are_told(
    options: dict[str, Any], tmp_path: Path, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "install its package first" in run_module(packstack, options)["msg"]
    (tmp_path / "answers").unlink()
    result = run_module(packstack, options)
    assert result["msg"] == f"{tmp_path}/answers: No such file or directory"
    assert not result["changed"]


def test_a_run_without_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(packstack.PackstackError, match="was not done after 1 s"):
        packstack.run(["sleep", "30"], tmp_path / "lock", {}, 1)


def test_answers_without_the_key_get_it() -> None:
    assert packstack.answers_without("[general]\nA=1\n", ["192.0.2.1"]) == "[general]\nA=1\nEXCLUDE_SERVERS=192.0.2.1\n"
