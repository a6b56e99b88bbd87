"""A blade added to a cloud that is in use, and the exchange of pbr killed at each of its steps and taken up again."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.support.wait import until

Scenario = Any  # the class in conftest.py, which is no module that could be imported

PIP = "pip install --disable-pip-version-check --no-deps"
STEPS = (
    "rpm -e --nodeps python-pbr",
    f"{PIP} --index-url=http://172.29.90.5/pypi/simple pbr==0.10.1",
    f"{PIP} --no-index --upgrade --force-reinstall /var/cache/nai-novadocker.tar.gz",
    "pip uninstall --yes pbr",
    "yum -y install python-pbr-1.8.1-2.el7",
)
NOVADOCKER = ("playbooks/stages/novadocker.yml", "--limit")
SITE = "/usr/lib/python2.7/site-packages"


@pytest.fixture(scope="session", autouse=True)
def second_blade(scenario: Scenario) -> dict[str, list[str]]:
    """Adds blade02 to the inventory and installs it; returns what the other hosts were made to do meanwhile."""
    others = ("master1", "blade01", "blade21")
    before = {host: len(scenario.calls(host)) for host in others}
    scenario.add_blade()
    scenario.play("site.yml").ok()
    return {host: scenario.calls(host)[before[host] :] for host in others}


def assert_whole(scenario: Scenario, host: str) -> None:
    """The host is as after an undisturbed installation."""
    assert scenario.shell(host, "rpm -q python-pbr") == "python-pbr-1.8.1-2.el7.noarch\n"
    assert scenario.shell(host, f"cd {SITE} && echo pbr-*").split() == ["pbr-1.8.1-py2.7.egg-info"]
    assert "1.8.1" in scenario.shell(host, f"cat {SITE}/pbr/version.py")
    assert "DockerDriver" in scenario.shell(host, f"cat {SITE}/novadocker/virt/docker/driver.py")
    assert scenario.shell(host, "systemctl is-active openstack-nova-compute docker").split() == ["active", "active"]
    driver = scenario.service(host, "nova-compute")["settings"]["DEFAULT"]["compute_driver"]
    assert driver == "novadocker.virt.docker.DockerDriver"


def before_exchange(scenario: Scenario, *hosts: str) -> None:
    """Takes the driver away: what is left is a host on which the exchange has not begun."""
    for host in hosts:
        scenario.shell(host, "pip uninstall --yes nova-docker")
        assert scenario.shell(host, f"ls -d {SITE}/novadocker 2>/dev/null || true") == ""


def test_an_added_blade_is_installed_and_the_others_are_left_alone(
    scenario: Scenario, second_blade: dict[str, list[str]]
) -> None:
    assert_whole(scenario, "blade02")
    assert second_blade["blade01"] == []
    assert second_blade["blade21"] == []
    # The controller has to know the new one; it is not installed again.
    assert second_blade["master1"] == [
        "packstack --answer-file=/var/lib/nai/packstack/answers.txt",
        "puppet 172.29.90.10 controller",
        next(call for call in second_blade["master1"] if call.startswith("yum -y install mariadb-server")),
    ]
    assert [call for call in scenario.calls("blade02") if call.startswith("puppet")] == ["puppet 172.29.90.102 compute"]
    excluded = scenario.shell("master1", "grep ^EXCLUDE_SERVERS /var/lib/nai/packstack/answers.txt")
    assert excluded == "EXCLUDE_SERVERS=172.29.90.101,172.29.90.121\n"


# Which steps a run has still to do after this one was killed, on two blades at once: on the first in its middle, on the
# second after it, before anybody heard of its end.
@pytest.mark.parametrize(
    ("step", "left_in_middle", "left_after"),
    [
        (0, STEPS, STEPS[1:]),
        (1, STEPS[1:], STEPS[1:]),
        (2, STEPS[1:], STEPS[1:]),
        (3, STEPS[3:], STEPS[4:]),
        (4, STEPS[4:], ()),
    ],
    ids=["take-novas-pbr", "bring-old-pbr", "build-driver", "take-old-pbr", "bring-novas-pbr"],
)
def test_killed_at_a_step_and_taken_up_again(
    scenario: Scenario, step: int, left_in_middle: tuple[str, ...], left_after: tuple[str, ...]
) -> None:
    left = {"blade01": left_in_middle, "blade02": left_after}
    before_exchange(scenario, *left)
    for host, when in zip(left, ("middle", "after"), strict=True):
        scenario.interrupt(host, STEPS[step], when, "kill")
    killed = scenario.play(*NOVADOCKER, "blade01,blade02")
    assert killed.exit_code != 0
    for host in left:
        assert killed.recap[host]["failed"] == 1
        assert not scenario.is_interruption_pending(host)
    done = {host: len(scenario.calls(host)) for host in left}
    scenario.play(*NOVADOCKER, "blade01,blade02").ok()
    for host, expected in left.items():
        assert tuple(scenario.calls(host)[done[host] :]) == expected
        assert_whole(scenario, host)


def test_the_installer_killed_while_yum_works(scenario: Scenario) -> None:
    before_exchange(scenario, "blade01")
    scenario.interrupt("blade01", STEPS[-1], "before", "hang")
    running = scenario.start(*NOVADOCKER, "blade01")
    try:
        until("yum at work", lambda: not scenario.is_interruption_pending("blade01"), seconds=60)
    finally:
        running.interrupt(signal.SIGKILL)
        running.finish(10)
    scenario.play(*NOVADOCKER, "blade01").ok()
    assert_whole(scenario, "blade01")


def test_a_finished_blade_never_does_it_again(scenario: Scenario) -> None:
    done = {host: scenario.calls(host) for host in ("blade01", "blade02")}
    assert scenario.play("site.yml").ok().changed == {}
    assert {host: scenario.calls(host) for host in done} == done
