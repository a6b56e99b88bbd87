"""The module host_info, on this machine."""

import time
from pathlib import Path

import pytest
import yaml
from ansible_collections.nubomedia.nai.plugins.module_utils import netlink
from ansible_collections.nubomedia.nai.plugins.modules import host_info

from .conftest import RunModule


@pytest.fixture(autouse=True)
def without_netlink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Netlink is a socket, and unit tests open none."""
    monkeypatch.setattr(netlink, "addresses", dict)
    monkeypatch.setattr(netlink, "generic_families", set)


def test_facts(run_module: RunModule) -> None:
    begin = time.perf_counter()
    result = run_module(host_info, {}, check=True)
    seconds = time.perf_counter() - begin
    facts = result["ansible_facts"]["nai_host"]
    assert result["changed"] is False
    assert facts["memory_mb"] > 0
    assert facts["cpu_count"] >= 1
    assert set(facts["disk_free_gb"]) == {"/", "/var/lib/docker"}
    assert "lo" in [interface["name"] for interface in facts["interfaces"]]
    assert abs(facts["time_epoch"] - time.time()) < 60
    assert seconds < 5


def test_every_fact_is_documented(run_module: RunModule) -> None:
    documented = yaml.safe_load(host_info.RETURN)["ansible_facts"]["contains"]["nai_host"]["contains"]
    found = run_module(host_info, {}, check=True)["ansible_facts"]["nai_host"]
    assert set(found) <= set(documented)


def test_os_release(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("# comment\nID=debian\nVERSION_ID=\"13\"\nNAME='Debian'\n\n")
    assert host_info.os_release(tmp_path) == {"ID": "debian", "VERSION_ID": "13", "NAME": "Debian"}
    assert host_info.os_release(tmp_path / "none") == {}


@pytest.mark.parametrize(("version", "number"), [("13", 13), ("22.04", 22), ("", 0), ("sid", 0)])
def test_major_version(version: str, number: int) -> None:
    assert host_info.major_version(version) == number


def test_containers(tmp_path: Path) -> None:
    assert not host_info.is_container(tmp_path)
    (tmp_path / ".dockerenv").write_text("")
    assert host_info.is_container(tmp_path)
