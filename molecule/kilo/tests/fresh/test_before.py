"""Hosts on which nothing is installed yet: a dry run and wrong input leave them alone, and say what they have to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

Scenario = Any  # the class in conftest.py, which is no module that could be imported
HOSTS = ("master1", "blade01", "blade21")


@pytest.fixture(autouse=True)
def nothing_is_done(scenario: Scenario) -> Iterator[None]:
    """No test of this file leaves a trace on a host."""
    yield
    for host in HOSTS:
        assert scenario.calls(host) == []
        assert scenario.shell(host, "ls -A /opt /etc/nai 2>/dev/null || true").split() == ["/opt:"]


def errors(output: str) -> list[str]:
    """The lines of the error that ended a run."""
    match = re.search(r"^\[ERROR\]: Task failed: (.*?)^Origin:", output, re.MULTILINE | re.DOTALL)
    assert match, output[-3000:]
    return [line.strip() for line in match[1].strip().splitlines()]


def test_a_dry_run_tells_what_comes_first(scenario: Scenario) -> None:
    run = scenario.play("site.yml", "--check", "--diff").ok()
    assert run.output.count("+/opt/rh/rh-python38/root/usr/bin/python3") == len(HOSTS)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (
            '{"packstack_answers": {"CONFIG_HEAT_INSTALLL": "y"}}',
            "CONFIG_HEAT_INSTALLL: is no key of packstack's answer file in Kilo; write CONFIG_HEAT_INSTALL",
        ),
        (
            '{"nai_vni_ranges": ["1:1000", "900:2000"]}',
            'nai_vni_ranges[1]: value "900:2000" overlaps 1:1000 in 900:1000',
        ),
    ],
    ids=["unknown-answer", "overlapping-vnis"],
)
def test_wrong_input_is_one_line(scenario: Scenario, variable: str, expected: str) -> None:
    run = scenario.play("site.yml", "--extra-vars", variable)
    assert run.exit_code != 0
    first, *lines = errors(run.output)
    assert first.endswith("1 error; no host was contacted")
    assert len(lines) == 1
    assert expected in lines[0]


def test_a_mirror_that_does_not_answer_is_one_line(scenario: Scenario) -> None:
    run = scenario.play("site.yml", "--extra-vars", "mirror=http://172.29.90.6")
    assert run.exit_code != 0
    told = [line for line in errors(run.output) if "172.29.90.6" in line]
    assert len(told) == 1, told
    assert told[0].startswith("http://172.29.90.6/centos/7.1.1503/os/x86_64/repodata/repomd.xml: cannot be fetched")
    assert told[0].endswith("start that mirror or correct its URL in yum_repositories_list")
