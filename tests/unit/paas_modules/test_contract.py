"""The twelve steps of each module: make, change, remove, each twice, each in check mode first."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import marketplace_app, paas_app, paas_project, paas_user

from tests.unit.paas_modules.conftest import ACCESS, MARKET_ACCESS, Network, Run

EXPECTED = [True, True, False, False] * 3
SECRET = "the user's own secret"
APP: dict[str, Any] = {
    **ACCESS,
    "project": "red",
    "name": "mirror",
    "git_url": "https://git.example.org/team/mirror.git",
    "ports": [{"port": 8443}],
    "flavor": "MEDIUM",
    "scale_out_limit": 2,
    "replicas": 1,
    "env_vars": {"LEVEL": 3},
    "services": [
        {"name": "db", "docker_url": "mariadb:11", "ports": [{"port": 3306}], "env_vars": {"MARIADB_PASSWORD": SECRET}}
    ],
}


def twelve_steps(
    run: Run, network: Network, module: ModuleType, *states: dict[str, Any]
) -> tuple[list[bool], list[dict[str, Any]]]:
    """Runs the steps; returns what each reported as changed, and all results."""
    results = []
    for options in states:
        for check in (True, False, True, False):
            before = len(network.writes)
            results.append(run(module, options, check=check))
            assert "failed" not in results[-1], results[-1]
            assert not check or len(network.writes) == before, "check mode wrote"
            assert SECRET not in str(results[-1].get("diff")), "a secret was shown"
    return [result["changed"] for result in results], results


@pytest.fixture
def red(run: Run, network: Network) -> None:
    """A project."""
    assert run(paas_project, {**ACCESS, "name": "red"})["changed"]


def test_paas_project(run: Run, network: Network) -> None:
    wanted = {**ACCESS, "name": "red", "description": "A team's", "quota": {"applications": 2}}
    changed = {**wanted, "users": {"Admin": "user"}, "quota": {"replicas": 4}}
    seen, results = twelve_steps(
        run, network, paas_project, wanted, changed, {**ACCESS, "name": "red", "state": "absent"}
    )
    assert seen == EXPECTED
    assert results[1]["id"]


@pytest.mark.usefixtures("red")
def test_paas_user(run: Run, network: Network) -> None:
    wanted = {**ACCESS, "name": "Anna", "user_password": SECRET, "roles": [{"project": "red"}]}
    changed = {**wanted, "roles": [{"project": "red", "role": "GUEST"}], "email": "anna@example.org"}
    seen, _ = twelve_steps(run, network, paas_user, wanted, changed, {**ACCESS, "name": "anna", "state": "absent"})
    assert seen == EXPECTED


@pytest.mark.usefixtures("red")
def test_a_users_password(run: Run, network: Network) -> None:
    wanted = {**ACCESS, "name": "anna", "user_password": SECRET, "update_password": "always"}
    other = {**wanted, "user_password": SECRET + "!"}
    seen, _ = twelve_steps(run, network, paas_user, wanted, other, {**wanted, "state": "absent"})
    assert seen == EXPECTED
    run(paas_user, wanted)
    assert not run(paas_user, {**other, "update_password": "on_create"})["changed"]
    assert run(paas_user, {**wanted, "enabled": False})["changes"] == ["user anna: enabled changed"]
    assert not run(paas_user, {**other, "enabled": False})["changed"]


def test_a_user_is_not_made_without_a_password(run: Run, network: Network) -> None:
    assert "user_password is needed" in run(paas_user, {**ACCESS, "name": "anna"})["msg"]


@pytest.mark.usefixtures("red")
def test_paas_app(run: Run, network: Network) -> None:
    changed = {**APP, "replicas": 2}
    seen, results = twelve_steps(run, network, paas_app, APP, changed, {**APP, "state": "absent"})
    assert seen == EXPECTED
    assert results[1]["status"] == "RUNNING"
    assert results[1]["address"] == f"https://{results[1]['route']}"
    assert results[-1]["id"] == ""


def test_marketplace_app(run: Run, network: Network) -> None:
    shown = {key: APP[key] for key in ("name", "git_url", "ports", "flavor", "services")}
    wanted = {**MARKET_ACCESS, **shown, "provider": "Fokus", "description": "Hats on faces"}
    wanted |= {"paas_url": "http://users.test", "username": "anna", "password": "unused here"}
    changed = {**wanted, "description": "Other", "shared": False, "requirements": {"browser": "WebRTC"}}
    assert twelve_steps(run, network, marketplace_app, wanted, changed, {**wanted, "state": "absent"})[0] == EXPECTED


@pytest.mark.parametrize("module", [paas_user, paas_project, paas_app, marketplace_app])
def test_a_service_that_does_not_answer_yet(run: Run, network: Network, module: ModuleType) -> None:
    network.down = True
    options = {
        paas_user: {**ACCESS, "name": "anna", "user_password": SECRET},
        paas_project: {**ACCESS, "name": "red"},
        paas_app: APP,
        marketplace_app: {**MARKET_ACCESS, "name": "x", "provider": "y"},
    }[module]
    assert run(module, options, check=True)["changed"]
    assert "no answer" in run(module, options)["msg"]
