"""The twelve steps of each nfvo_* module: make, change, remove, each twice, each in check mode first."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import nfvo_nsd, nfvo_nsr, nfvo_package, nfvo_vim

from tests.unit.nfvo_modules.conftest import FakeNfvo, Run

VIM: dict[str, Any] = {
    "name": "cloud",
    "auth_url": "http://192.0.2.1:5000/v3",
    "tenant": "media",
    "vim_username": "media",
    "vim_password": "the-cloud's-secret",
    "key_pair": "media",
    "security_groups": ["media", "default"],
    "location": {"name": "Berlin", "latitude": "52.5", "longitude": "13.3"},
}
NSD: dict[str, Any] = {
    "name": "media",
    "vendor": "TUB",
    "version": "1.0",
    "vld": [{"name": "internal"}],
    "vnfd": [{"name": "a", "vdu": [{"name": "u", "scale_in_out": 2}]}, {"name": "b"}],
}


def folder(path: Path, script: str, *, more: bool = False) -> dict[str, Any]:
    """Writes a package; returns the module's options."""
    (path / "scripts").mkdir(exist_ok=True)
    (path / "Metadata.yaml").write_text("name: mongodb\n")
    (path / "vnfd.json").write_text("{}")
    (path / "scripts" / "install.sh").write_text(script)
    if more:
        (path / "scripts" / "more.sh").write_text(script)
    return {"name": "mongodb", "src": str(path)}


def twelve_steps(
    run: Run, fake: FakeNfvo, module: ModuleType, *states: dict[str, Any]
) -> tuple[list[bool], list[dict[str, Any]]]:
    """Runs the steps; returns what each reported as changed, and all results."""
    results = []
    for options in states:
        for check in (True, False, True, False):
            before = len(fake.writes)
            results.append(run(module, options, check=check))
            assert "failed" not in results[-1], results[-1]
            assert not check or len(fake.writes) == before, "check mode wrote"
    return [result["changed"] for result in results], results


EXPECTED = [True, True, False, False] * 3


def test_nfvo_vim(run: Run, fake: FakeNfvo) -> None:
    changed = {**VIM, "vim_password": "another-secret", "security_groups": ["default"]}
    seen, results = twelve_steps(run, fake, nfvo_vim, VIM, changed, {"name": "cloud", "state": "absent"})
    assert seen == EXPECTED
    assert "secret" not in str([result.get("diff") for result in results])


def test_nfvo_nsd(run: Run, fake: FakeNfvo) -> None:
    changed = {**NSD, "version": "2.0"}
    states = ({"descriptor": NSD}, {"descriptor": changed}, {"name": "media", "state": "absent"})
    assert twelve_steps(run, fake, nfvo_nsd, *states)[0] == EXPECTED


def test_nfvo_nsr(run: Run, fake: FakeNfvo) -> None:
    run(nfvo_nsd, {"descriptor": NSD})
    states = ({"nsd": "media"}, {"nsd": "media", "instances": {"media-server": 3}}, {"nsd": "media", "state": "absent"})
    assert twelve_steps(run, fake, nfvo_nsr, *states)[0] == EXPECTED


def test_nfvo_package(run: Run, fake: FakeNfvo, tmp_path: Path) -> None:
    steps: list[bool] = []
    for script in ("one", "two"):
        options = folder(tmp_path, script)
        steps += twelve_steps(run, fake, nfvo_package, options)[0]
    steps += twelve_steps(run, fake, nfvo_package, {"name": "mongodb", "state": "absent"})[0]
    assert steps == EXPECTED
    assert ("PUT", "/api/v1/vnf-packages/id-1/scripts/s-install.sh") in fake.writes, "the script was replaced in place"


@pytest.mark.parametrize("module", [nfvo_vim, nfvo_nsd, nfvo_nsr, nfvo_package], ids=lambda module: module.__name__)
def test_an_orchestrator_that_is_not_there_yet_is_a_failure_only_outside_check_mode(
    run: Run, fake: FakeNfvo, tmp_path: Path, module: ModuleType
) -> None:
    fake.down = True
    options = {
        nfvo_vim: VIM,
        nfvo_nsd: {"descriptor": NSD},
        nfvo_nsr: {"nsd": "media"},
        nfvo_package: folder(tmp_path, "one"),
    }[module]
    assert run(module, options, check=True)["changed"]
    assert "is the orchestrator running?" in run(module, options)["msg"]
