"""The contract of each module, on real files and a real systemd: the reported `changed` is right at every step.

Each playbook beside this file asserts its steps itself, in check mode and for real: create, create again, change,
change again, delete, delete again.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.repository import BIN, ROOT

HERE = Path(__file__).parent
TESTBED = ROOT / "inventories" / "testbed"


def play(playbook: str, state: Path, *options: str) -> str:
    """Runs a playbook; a failed assertion in it fails the test with its output.

    Args:
        playbook: its name in this folder.
        state: folder for the run's journal.
        options: further options of `ansible-playbook`.
    """
    done = subprocess.run(
        [BIN / "ansible-playbook", HERE / playbook, *options],
        cwd=ROOT,
        env={**os.environ, "NAI_STATE_DIR": str(state), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        fatal = re.findall(r"^(?:TASK.*\n|fatal:.*\n(?!\.\.\.ignoring))", done.stdout, re.MULTILINE)
        pytest.fail(f"{playbook}\n{''.join(fatal)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout + done.stderr


@pytest.mark.parametrize("module", ["config_files", "migration"])
def test_module_on_this_machine(module: str, tmp_path: Path) -> None:
    output = play(
        f"{module}.yml",
        tmp_path / "state",
        *("--inventory", "localhost,", "--connection", "local", "--diff", "-vv"),
        *("--extra-vars", f"work={tmp_path / 'work'}"),
    )
    assert "a-secret-of-this-test" not in output, "a secret was shown"
    assert "a-former-secret" not in output, "a former secret was shown"


def test_services_on_a_real_systemd(tmp_path: Path) -> None:
    key = ROOT / ".nai" / "testbed" / "id_ed25519"
    if not key.exists():
        pytest.skip("needs the embedded hosts: nai testbed up")
    output = play("services.yml", tmp_path / "state", "--inventory", str(TESTBED), "--diff")
    assert "a-secret-of-this-test" not in output, "a secret was shown"


def test_host_info_on_a_real_host(tmp_path: Path) -> None:
    if not (ROOT / ".nai" / "testbed" / "id_ed25519").exists():
        pytest.skip("needs the embedded hosts: nai testbed up")
    play("host_info.yml", tmp_path / "state", "--inventory", str(TESTBED))
