"""Hosts that the platform was never installed on: dry runs work there and change nothing."""

import pytest

from tests.support.ansible import playbook
from tests.support.hosts import Host

pytestmark = pytest.mark.fresh

# What a run would leave first: packages, files of the services, stamps of migrations, accounts.
_STATE = """
dpkg-query -W -f 'package ${Package} ${Version} ${db:Status-Abbrev}\\n'
find /etc /var/lib/nai -xdev -type f -printf 'file %p %T@ %s\\n' 2>/dev/null
getent passwd
"""


def state(hosts: dict[str, Host]) -> dict[str, set[str]]:
    """Packages, configuration and accounts of each host."""
    return {name: set(host.read(_STATE).splitlines()) for name, host in hosts.items()}


@pytest.fixture
def untouched(hosts: dict[str, Host]) -> dict[str, set[str]]:
    """The state before the test."""
    return state(hosts)


@pytest.mark.parametrize(
    "command",
    [("site.yml", "--check", "--diff"), ("playbooks/plan.yml",), ("playbooks/precheck.yml",)],
    ids=" ".join,
)
def test_a_dry_run_before_the_first_deploy_neither_fails_nor_changes_anything(
    command: tuple[str, ...], hosts: dict[str, Host], untouched: dict[str, set[str]]
) -> None:
    playbook(*command).ok()
    differences = {name: after ^ untouched[name] for name, after in state(hosts).items() if after != untouched[name]}
    assert not differences


def test_the_dry_run_names_what_will_come() -> None:
    run = playbook("site.yml", "--check", "--diff").ok()
    assert set(run.changed) == set(run.recap) - {"localhost"}, "each host has something to be installed"
    assert "nova.conf" in run.output
