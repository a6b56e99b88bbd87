"""apt_transaction: what is missing, and the guard that keeps services from starting."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import apt_transaction as module

from tests.unit.plugins.conftest import RunModule

STATUS = """\
Package: curl
Status: install ok installed
Version: 8

Package: keystone
Status: install ok half-configured

Package: old
Status: deinstall ok config-files
"""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host's files in a directory."""
    (tmp_path / "status").write_text(STATUS.replace("half-configured", "installed"))
    (tmp_path / "updates").mkdir()
    monkeypatch.setattr(module, "STATUS", tmp_path / "status")
    monkeypatch.setattr(module, "UPDATES", tmp_path / "updates")
    monkeypatch.setattr(module, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(module, "SAVED_POLICY", tmp_path / "policy-rc.d.saved")
    return tmp_path


def test_states_of_packages() -> None:
    assert module.package_states(STATUS) == {"curl": "installed", "keystone": "half-configured", "old": "config-files"}


def test_nothing_is_done_when_all_is_installed(host: Path, run_module: RunModule) -> None:
    result = run_module(module, {"names": ["curl", "keystone"]})
    assert (result["changed"], result["missing"]) == (False, [])


def test_check_mode_names_what_is_missing(host: Path, run_module: RunModule) -> None:
    result = run_module(module, {"names": ["curl", "old", "nova-api"]}, check=True)
    assert (result["changed"], result["missing"]) == (True, ["nova-api", "old"])


def failing_installation() -> None:
    with module.services_held():
        assert "exit 101" in module.POLICY.read_text()
        raise RuntimeError


def test_the_hosts_own_policy_comes_back_after_a_failure(host: Path) -> None:
    module.POLICY.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(RuntimeError):
        failing_installation()
    assert module.POLICY.read_text() == "#!/bin/sh\nexit 0\n"
    assert not module.SAVED_POLICY.exists()


def test_the_guard_of_a_killed_run_is_taken_away(host: Path, run_module: RunModule) -> None:
    module.POLICY.write_text(module.GUARD)
    module.SAVED_POLICY.write_text("own")
    run_module(module, {"names": ["curl"]})
    assert module.POLICY.read_text() == "own"


def test_without_a_policy_none_remains(host: Path) -> None:
    with module.services_held():
        pass
    assert not module.POLICY.exists()
