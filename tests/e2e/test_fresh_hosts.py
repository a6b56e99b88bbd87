"""Hosts that the platform was never installed on: dry runs work there and change nothing."""

import pytest

from tests.support.ansible import playbook
from tests.support.hosts import Host

pytestmark = pytest.mark.fresh

# What a run would leave first: files of the services, accounts of their packages, stamps of migrations.
_STATE = """
dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n' | sha256sum
find /etc /var/lib/nai -xdev -type f -newermt '@1' -printf '%p %T@ %s\n' 2>/dev/null \
    | grep -v -e '^/etc/resolv.conf ' -e '^/etc/hosts ' | sort | sha256sum
getent passwd | sha256sum
"""


@pytest.fixture
def untouched(hosts: dict[str, Host]) -> dict[str, str]:
    """Packages, configuration and accounts of each host before the test."""
    return {name: host.read(_STATE) for name, host in hosts.items()}


@pytest.mark.parametrize(
    "command",
    [("site.yml", "--check", "--diff"), ("playbooks/plan.yml",), ("playbooks/precheck.yml",)],
    ids=" ".join,
)
def test_a_dry_run_before_the_first_deploy_neither_fails_nor_changes_anything(
    command: tuple[str, ...], hosts: dict[str, Host], untouched: dict[str, str]
) -> None:
    run = playbook(*command).ok()
    assert "UNREACHABLE" not in run.output
    assert {name: host.read(_STATE) for name, host in hosts.items()} == untouched


def test_the_dry_run_names_what_will_come() -> None:
    run = playbook("site.yml", "--check", "--diff").ok()
    assert set(run.changed) == set(run.recap) - {"localhost"}, "each host has something to be installed"
    assert "nova.conf" in run.output
