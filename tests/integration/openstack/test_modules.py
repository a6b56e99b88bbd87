"""The contract of the OpenStack modules on the cloud of the testbed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.repository import BIN, ROOT

HERE = Path(__file__).parent
TESTBED = ROOT / "inventories" / "testbed"
CLOUDS = ROOT / ".nai" / "credentials" / "testbed" / "clouds.yaml"


@pytest.mark.skipif(not CLOUDS.exists(), reason="needs the platform on the testbed: make up")
def test_the_twelve_steps_of_each_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [BIN / "ansible-playbook", "--inventory", TESTBED, "--diff", "-vv", HERE / "contract.yml"],
        cwd=ROOT,
        env={**os.environ, "NAI_STATE_DIR": str(tmp_path / "state"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    # The playbook's own text holds it, but nothing that a module says may.
    assert "a-secret-of-this-test" not in done.stdout, "a password was shown"
