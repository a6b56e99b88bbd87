"""The action target_python, with a host of answers."""

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.nubomedia.nai.plugins.action import target_python

INTERPRETER = "/opt/rh/rh-python38/root/usr/bin/python3.8"
ABSENT = {"rc": 127, "stdout": "", "stderr": "not found"}
OLD = {"rc": 0, "stdout": "python=2.7\n", "stderr": ""}
NEW = {"rc": 0, "stdout": "python=3.8\r\n", "stderr": ""}
DONE = {"rc": 0, "stdout": "Complete!\n", "stderr": ""}


def run(*answers: dict[str, Any], check: bool = False, interpreter: str = INTERPRETER) -> tuple[Any, list[Any]]:
    """Runs the action on a host that gives these answers; returns its result and what the host was told."""
    task = SimpleNamespace(
        args={"interpreter": interpreter, "script": "echo hello"}, check_mode=check, async_val=0, action="x", diff=True
    )
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    plugin = target_python.ActionModule(
        task=task, connection=connection, play_context=None, loader=None, templar=None, shared_loader_obj=None
    )
    pending, told = list(answers), []

    def execute(command: str, in_data: bytes | None = None, **_options: Any) -> dict[str, Any]:
        told.append((command, in_data))
        return pending.pop(0)

    plugin._low_level_execute_command = execute
    return plugin.run(task_vars={}), told


def test_a_host_that_has_one_is_left_alone() -> None:
    result, told = run(NEW)
    assert (result["changed"], result["present"], result["version"]) == (False, True, "3.8")
    assert len(told) == 1
    assert told[0][0].startswith(INTERPRETER)


@pytest.mark.parametrize("first", [ABSENT, OLD])
def test_a_host_without_gets_one(first: dict[str, Any]) -> None:
    result, told = run(first, DONE, NEW)
    assert (result["changed"], result["present"]) == (True, True)
    assert told[1] == ("/bin/sh -s", b"echo hello")


def test_a_dry_run_brings_none() -> None:
    result, told = run(ABSENT, check=True)
    assert (result["changed"], result["present"]) == (True, False)
    assert result["changes"] == [f"Python {INTERPRETER}: installed"]
    assert len(told) == 1


def test_a_script_that_fails_is_told() -> None:
    result, _told = run(ABSENT, {"rc": 1, "stdout": "", "stderr": "No package rh-python38-python available."}, ABSENT)
    assert result["failed"]
    assert "the script ended with code 1" in result["msg"]
    assert "No package rh-python38-python available." in result["msg"]


def test_a_script_that_brings_nothing_is_told() -> None:
    result, _told = run(ABSENT, DONE, OLD)
    assert result["failed"]
    assert f"{INTERPRETER}: is not there or does not start" in result["msg"]


def test_an_interpreter_without_a_path_is_refused() -> None:
    with pytest.raises(AnsibleActionFail, match="set it to the absolute path"):
        run(interpreter="auto")
