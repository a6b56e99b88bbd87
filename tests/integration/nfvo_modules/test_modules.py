"""The nfvo_* modules against the orchestrator itself: twelve steps each, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import nfvo_nsd, nfvo_nsr, nfvo_package, nfvo_vim

from tests.integration.nfvo_modules.conftest import Lab, Run
from tests.support.nfvo import descriptor, function

EXPECTED = [True, True, False, False] * 3
VIM: dict[str, Any] = {
    "name": "memory",
    "type": "openstack",
    "auth_url": "http://192.0.2.1:5000/v3",
    "tenant": "media",
    "vim_username": "media",
    "vim_password": "the-cloud's-secret",
    "key_pair": "media",
    "security_groups": ["media", "default"],
    "location": {"name": "Berlin", "latitude": "52.5", "longitude": "13.3"},
}


def twelve_steps(run: Run, module: ModuleType, *states: dict[str, Any]) -> list[bool]:
    """Runs the steps; returns what each reported as changed."""
    seen = []
    for options in states:
        for check in (True, False, True, False):
            done = run(module, options, check=check)
            assert "failed" not in done, done
            seen.append(done["changed"])
    return seen


@pytest.fixture
def vim(run: Run) -> None:
    """The infrastructure is registered."""
    run(nfvo_vim, {**VIM, "key_pair": ""})


def test_nfvo_vim(run: Run) -> None:
    options = {**VIM, "name": "other"}
    changed = {**options, "vim_password": "another-secret", "security_groups": ["default"]}
    assert twelve_steps(run, nfvo_vim, options, changed, {"name": "other", "state": "absent"}) == EXPECTED


@pytest.mark.usefixtures("vim")
def test_nfvo_nsd(run: Run) -> None:
    wanted = {**descriptor(function("a"), function("b")), "name": "contract"}
    changed = {**wanted, "version": "2.0"}
    states = ({"descriptor": wanted}, {"descriptor": changed}, {"name": "contract", "state": "absent"})
    assert twelve_steps(run, nfvo_nsd, *states) == EXPECTED


@pytest.mark.usefixtures("vim")
def test_nfvo_nsr(run: Run, lab: Lab) -> None:
    run(nfvo_nsd, {"descriptor": {**descriptor(function("a")), "name": "running"}})
    scaled = {"nsd": "running", "instances": {"a": 3}, "timeout_seconds": 30}
    states: list[tuple[int, dict[str, Any]]] = [
        (1, {"nsd": "running", "timeout_seconds": 30}),
        (3, scaled),
        (0, {"nsd": "running", "state": "absent"}),
    ]
    seen = []
    for number, options in states:
        seen += twelve_steps(run, nfvo_nsr, options)
        assert len(lab.vim.servers) == number
    assert seen == EXPECTED
    done = run(nfvo_nsd, {"name": "running", "state": "absent"})
    assert done["changed"], done


@pytest.mark.usefixtures("vim")
def test_a_service_that_fails_is_told_with_the_reason_of_the_cloud(run: Run, lab: Lab) -> None:
    run(nfvo_nsd, {"descriptor": {**descriptor(function("a")), "name": "failing"}})
    lab.vim.fail_in_the_cloud("No valid host was found.", times=-1)
    done = run(nfvo_nsr, {"nsd": "failing", "timeout_seconds": 30})
    assert "is in ERROR" in done["msg"]
    assert "No valid host was found." in done["msg"]
    lab.vim.heal()
    replaced = run(nfvo_nsr, {"nsd": "failing", "replace_failed": True, "timeout_seconds": 30})
    assert replaced["status"] == "ACTIVE", replaced
    run(nfvo_nsr, {"nsd": "failing", "state": "absent"})
    assert lab.vim.servers == {}


def package(folder: Path, script: str) -> dict[str, Any]:
    """Writes a package; returns the module's options."""
    (folder / "scripts").mkdir(exist_ok=True)
    (folder / "Metadata.yaml").write_text(
        "name: contract-package\nprovider: test\nnfvo_version: 3.0.0\nvim_types: [openstack]\n"
        "image:\n  upload: false\n  names: [kms]\n"
    )
    (folder / "vnfd.json").write_text(json.dumps(function("packaged")))
    (folder / "scripts" / "install.sh").write_text(script)
    return {"name": "contract-package", "src": str(folder)}


@pytest.mark.usefixtures("vim")
def test_nfvo_package(run: Run, tmp_path: Path) -> None:
    seen: list[bool] = []
    for script in ("#!/bin/sh\necho one\n", "#!/bin/sh\necho two\n"):
        seen += twelve_steps(run, nfvo_package, package(tmp_path, script))
    seen += twelve_steps(run, nfvo_package, {"name": "contract-package", "state": "absent"})
    assert seen == EXPECTED


def test_a_wrong_password_is_told(run: Run) -> None:
    assert "refuses user admin" in run(nfvo_vim, {**VIM, "password": "wrong"})["msg"]
