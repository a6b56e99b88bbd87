"""rpm_packages where rpm and yum are the stand-ins of the Molecule scenario, and its repository a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import rpm_packages as module

from tests.support.repository import ROOT
from tests.unit.plugins.conftest import RunModule

STAND_INS = ROOT / "molecule" / "kilo" / "stand_ins"
OFFERED: list[dict[str, Any]] = [
    {"name": "python-pbr", "version": "0.8.0", "release": "1.el7"},
    {"name": "python-pbr", "version": "1.8.1", "release": "2.el7"},
    {"name": "python-pbr", "version": "1.8.1", "release": "20.el7"},
    {"name": "openstack-nova-compute", "version": "2015.1.4", "release": "1.el7", "requires": ["python-pbr"]},
    {"name": "bind", "epoch": 32, "version": "9.9.4", "release": "18.el7", "arch": "x86_64"},
    {"name": "a-package-with-a-name-that-is-very-long-indeed", "version": "1", "release": "1"},
]
PBR = {"name": "python-pbr"}


class Host:
    """A host below a folder: what is installed on it, what its repository has, and which commands were run."""

    def __init__(self, root: Path) -> None:
        """Makes it with nothing installed."""
        self.root = root
        (root / "mirror/repodata").mkdir(parents=True)
        (root / "mirror/repodata/packages.json").write_text(json.dumps(OFFERED))
        (root / "etc/yum.repos.d").mkdir(parents=True)
        self.repository((root / "mirror").as_uri())

    def repository(self, url: str) -> None:
        """Names the one repository."""
        (self.root / "etc/yum.repos.d/kilo.repo").write_text(f"[kilo]\nname=Kilo\nbaseurl={url}\n")

    def installed(self) -> dict[str, str]:
        """Version and release by name."""
        file = self.root / "var/lib/stand-ins/packages.json"
        found = json.loads(file.read_text()) if file.exists() else {}
        return {name: f"{package['version']}-{package['release']}" for name, package in found.items()}

    def calls(self) -> list[str]:
        """Command lines so far."""
        lines = (self.root / "var/lib/stand-ins/calls.jsonl").read_text().splitlines()
        return [" ".join([call["program"], *call["arguments"]]) for call in map(json.loads, lines)]

    def changing_calls(self) -> list[str]:
        """Command lines that only ask left out."""
        return [call for call in self.calls() if not call.startswith(("rpm -q", "yum -q list"))]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host whose programs come first in PATH."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("rpm", "yum"):
        (programs / name).symlink_to(STAND_INS / f"{name}.py")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("STAND_INS_ROOT", str(tmp_path / "host"))
    return Host(tmp_path / "host")


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(run_module: RunModule) -> Run:
    """Runs the module for packages."""

    def call(*packages: dict[str, Any], check: bool = False) -> dict[str, Any]:
        return run_module(module, {"packages": list(packages)}, check=check)

    return call


OLD = {**PBR, "version": "0.8.0"}
NEW = {**PBR, "version": "1.8.1-2"}
GONE = {**PBR, "state": "absent"}


def test_the_twelve_steps(host: Host, run: Run) -> None:
    installed = ""
    for package, after in ((OLD, "0.8.0-1.el7"), (NEW, "1.8.1-2.el7"), (GONE, "")):
        assert run(package, check=True)["changed"] is True
        assert host.installed().get("python-pbr", "") == installed
        assert run(package)["changed"] is True
        assert host.installed().get("python-pbr", "") == after
        assert run(package, check=True)["changed"] is False
        assert run(package)["changed"] is False
        installed = after
    assert host.changing_calls() == [
        "yum -y install python-pbr-0.8.0-1.el7",
        "yum -y install python-pbr-1.8.1-2.el7",
        "rpm -e python-pbr",
    ]


def test_any_version_will_do_without_one(host: Host, run: Run) -> None:
    run(OLD)
    assert run(PBR)["changed"] is False
    assert host.installed() == {"python-pbr": "0.8.0-1.el7"}


def test_what_is_not_installed_comes_in_its_newest_version(host: Host, run: Run) -> None:
    assert run(PBR)["changes"] == ["package python-pbr: installed 1.8.1-20.el7"]


def test_a_newer_one_is_downgraded(host: Host, run: Run) -> None:
    run(PBR)
    result = run(NEW)
    assert result["changes"] == ["package python-pbr: installed 1.8.1-2.el7 in place of 1.8.1-20.el7"]
    assert (result["diff"]["before"], result["diff"]["after"]) == (
        "python-pbr 1.8.1-20.el7\n",
        "python-pbr 1.8.1-2.el7\n",
    )
    assert host.changing_calls()[-1] == "yum -y downgrade python-pbr-1.8.1-2.el7"
    assert host.installed() == {"python-pbr": "1.8.1-2.el7"}


def test_installs_and_downgrades_are_one_transaction(host: Host, run: Run) -> None:
    run(PBR)
    run(NEW, {"name": "bind"}, {"name": OFFERED[-1]["name"], "version": "1"})
    assert host.installed() == {
        "python-pbr": "1.8.1-2.el7",
        "bind": "9.9.4-18.el7",
        OFFERED[-1]["name"]: "1-1",
    }
    assert len(host.changing_calls()) == 2
    assert host.changing_calls()[-1].startswith("yum -y shell ")


def test_an_epoch_is_part_of_the_version(host: Host, run: Run) -> None:
    assert run({"name": "bind", "version": "32:9.9.4-*"})["changed"] is True
    assert host.changing_calls() == ["yum -y install 32:bind-9.9.4-18.el7"]
    assert run({"name": "bind", "version": "9.9.4"})["changed"] is False
    assert "no enabled repository has version 31:9.9.4" in run({"name": "bind", "version": "31:9.9.4"})["msg"]


def test_what_others_need_is_removed_only_on_purpose(host: Host, run: Run) -> None:
    run({"name": "openstack-nova-compute"})
    refused = run(GONE)
    assert refused["failed"]
    assert "python-pbr is needed by (installed) openstack-nova-compute-2015.1.4" in refused["msg"]
    assert run({**GONE, "keep_dependents": True})["changed"] is True
    assert set(host.installed()) == {"openstack-nova-compute"}
    assert host.changing_calls()[-1] == "rpm -e --nodeps python-pbr"


def test_all_missing_packages_are_named_before_anything_changes(host: Host, run: Run) -> None:
    run(OLD)
    result = run({**PBR, "version": "1.8.1-3"}, {"name": "nowhere"}, {"name": "bind"})
    assert result["msg"].splitlines() == [
        "package python-pbr: no enabled repository has version 1.8.1-3, only 0.8.0-1.el7, 1.8.1-2.el7, 1.8.1-20.el7",
        "package nowhere: no enabled repository has it",
    ]
    assert host.installed() == {"python-pbr": "0.8.0-1.el7"}


def test_a_repository_that_does_not_answer_is_one_clear_line(host: Host, run: Run) -> None:
    host.repository("http://127.0.0.1:9/kilo")
    assert run(PBR)["msg"] == (
        "repository kilo does not answer: http://127.0.0.1:9/kilo/repodata/repomd.xml: "
        'curl#7 - "Failed connect to 127.0.0.1:9; Connection refused"; check its URL, and that this host reaches it'
    )


def test_senseless_entries_are_told_all_at_once(host: Host, run: Run) -> None:
    result = run(
        {**PBR, "version": "x:1"},
        PBR,
        {"name": "bind", "state": "absent", "version": "1"},
        {"name": "python-pbr >= 1"},
        {"name": "nova", "keep_dependents": True},
    )
    assert result["msg"].splitlines() == [
        "package 'python-pbr': named more than once",
        "package python-pbr: version 'x:1' is no [EPOCH:]VERSION[-RELEASE]",
        "package bind: `version` has no meaning with state=absent; leave it out",
        "package 'python-pbr >= 1': no name of a package; versions belong into `version`",
        "package nova: `keep_dependents` has a meaning only with state=absent",
    ]


@pytest.mark.parametrize("when", ["before", "middle"])
@pytest.mark.parametrize("call", ["yum -y install", "rpm -e"])
def test_an_interrupted_transaction_is_an_error_and_the_next_run_does_it(
    host: Host, run: Run, call: str, when: str
) -> None:
    packages = [{"name": "bind"}] if call.startswith("yum") else [GONE]
    offered = [{**package, "files": {"/usr/a": {}, "/usr/b": {}}} for package in OFFERED]
    (host.root / "mirror/repodata/packages.json").write_text(json.dumps(offered))
    run(PBR)
    interruption = {"call": call, "when": when, "how": "fail"}
    (host.root / "var/lib/stand-ins/interruption.json").write_text(json.dumps(interruption))
    assert "interrupted by a test" in run(*packages)["msg"]
    assert run(*packages)["changed"] is True
    assert run(*packages)["changed"] is False
