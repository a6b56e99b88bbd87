"""What the agent does for a VNFM."""

import base64
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from nai.ems import execution
from nai.ems.actions import perform
from nai.ems.configuration import Configuration, ConfigurationError, load


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    file = tmp_path / "conf.ini"
    file.write_text(
        "[ems]\nbroker_ip = 192.0.2.1\nusername = ems\npassword = a%b\nhostname = VNF-0\n"
        f"scripts_path = {tmp_path}/scripts\nstate_path = {tmp_path}/state\nlog_path = {tmp_path}/log\n"
    )
    return load(file)


def save(configuration: Configuration, name: str, text: str) -> dict[str, Any]:
    payload = base64.b64encode(text.encode()).decode()
    request = {"action": "SAVE_SCRIPTS", "payload": payload, "name": name, "script-path": "/opt/openbaton/scripts"}
    return perform(configuration, request)


def execute(configuration: Configuration, name: str, **more: Any) -> dict[str, Any]:
    return perform(configuration, {"action": "EXECUTE", "payload": name, **more})


def test_a_script_is_saved_and_run_with_its_environment(configuration: Configuration) -> None:
    assert save(configuration, "say.sh", 'echo "$greeting"; echo trouble >&2; exit 3\n')["status"] == 0
    answer = execute(configuration, "say.sh", env={"greeting": "$(touch pwned); `id`"})
    assert answer == {"output": "$(touch pwned); `id`\n", "err": "trouble\n", "status": 3}
    assert not list(configuration.scripts.rglob("pwned"))
    assert "status 3" in (configuration.logs / "ems-out.log").read_text()
    assert "trouble" in (configuration.logs / "ems-err.log").read_text()


def test_a_python_script_runs_by_itself(configuration: Configuration) -> None:
    save(configuration, "say.py", "#!/usr/bin/env python3\nprint(6 * 7)\n")
    assert execute(configuration, "say.py")["output"] == "42\n"


def test_a_script_that_takes_too_long_is_killed_with_its_children(configuration: Configuration) -> None:
    save(configuration, "long.sh", "echo started; sleep 60 & echo $! > child; wait\n")
    answer = execute(configuration, "long.sh", timeout=0.5)
    assert answer["status"] == execution.TIMED_OUT
    assert answer["output"] == "started\n"
    assert "longer than 0.5 s" in answer["err"]
    child = Path(f"/proc/{(configuration.scripts / 'child').read_text().strip()}")
    deadline = time.monotonic() + 5
    while child.exists() and time.monotonic() < deadline and "Z (" not in (child / "status").read_text():
        time.sleep(0.01)
    assert time.monotonic() < deadline


def test_a_daemon_left_behind_is_not_waited_for(configuration: Configuration) -> None:
    save(configuration, "daemon.sh", "sleep 20 & echo $!\n")
    began = time.monotonic()
    answer = execute(configuration, "daemon.sh")
    assert time.monotonic() - began < 5
    subprocess.run(["kill", answer["output"].strip()], check=True)


def test_a_signal_is_a_status(configuration: Configuration) -> None:
    save(configuration, "killed.sh", "kill -9 $$\n")
    answer = execute(configuration, "killed.sh")
    assert (answer["status"], answer["err"]) == (137, "killed.sh was ended by signal 9\n")


def test_the_end_of_a_long_output_is_kept(configuration: Configuration) -> None:
    save(configuration, "much.sh", "head -c 300000 /dev/zero | tr '\\0' x; echo end\n")
    output = execute(configuration, "much.sh")["output"]
    assert output.endswith("xend\n")
    assert output.startswith("[37860 bytes left out]")


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({"action": "EXECUTE", "payload": "absent.sh"}, "there is no script absent.sh"),
        ({"action": "EXECUTE", "payload": "../x"}, "no name of a script"),
        ({"action": "EXECUTE", "payload": "link.sh"}, "leads out"),
        ({"action": "EXECUTE", "payload": "x", "env": {"a-b": "1"}}, "no script x"),
        ({"action": "SAVE_SCRIPTS", "name": "x", "payload": "***"}, "not base64"),
        ({"action": "SAVE_SCRIPTS", "name": "x", "payload": "", "script-path": "/etc"}, "scripts go below"),
        ({"action": "CLONE_SCRIPTS", "payload": "ext::id"}, "no https, ssh or git address"),
        ({"action": "REBOOT"}, "unknown"),
    ],
)
def test_wrong_requests_are_answered(configuration: Configuration, request_: dict[str, Any], text: str) -> None:
    configuration.scripts.mkdir()
    (configuration.scripts / "link.sh").symlink_to("/bin/true")
    answer = perform(configuration, request_)
    assert answer["status"] == 1
    assert text in answer["err"]


def test_a_repository_that_cannot_be_reached_is_an_error(configuration: Configuration) -> None:
    answer = perform(configuration, {"action": "CLONE_SCRIPTS", "payload": "git://127.0.0.1:1/scripts"})
    assert answer["status"] != 0
    assert "127.0.0.1" in answer["err"]


def test_the_configuration(configuration: Configuration) -> None:
    assert configuration.hostname == "vnf-0"
    assert configuration.password == "a%b"
    assert configuration.actions_queue == "vnfm.vnf-0.actions"
    assert configuration.register_key == "ems.generic.register"
    assert "a%b" not in repr(configuration)


def test_every_error_of_a_configuration_is_named(tmp_path: Path) -> None:
    file = tmp_path / "conf.ini"
    file.write_text("[ems]\nusername=u\nbroker_port = x\nhostname = -a\ntype = a b\n")
    with pytest.raises(ConfigurationError) as error:
        load(file)
    for part in ("broker_ip is missing", "password is missing", "broker_port", "hostname", "type"):
        assert part in str(error.value)
    with pytest.raises(ConfigurationError, match="no section"):
        load(_written(tmp_path, "[other]\n"))
    with pytest.raises(ConfigurationError, match="absent"):
        load(tmp_path / "absent")


def _written(directory: Path, text: str) -> Path:
    file = directory / "other.ini"
    file.write_text(text)
    return file
