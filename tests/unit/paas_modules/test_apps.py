"""What an application's module does beside the twelve steps."""

from __future__ import annotations

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import marketplace_app, paas_app, paas_project

from nai.paas.engines.protocol import BuildPhase
from tests.support.marketplace import DOCUMENT
from tests.unit.paas_modules.conftest import ACCESS, MARKET_ACCESS, Network, Run
from tests.unit.paas_modules.test_contract import APP

pytestmark = pytest.mark.usefixtures("red")


@pytest.fixture
def red(run: Run, network: Network) -> None:
    """A project."""
    run(paas_project, {**ACCESS, "name": "red"})


def test_another_revision_is_built(run: Run, network: Network) -> None:
    first = run(paas_app, {**APP, "revision": "one"})
    assert not run(paas_app, {**APP, "revision": "one"})["changed"]
    second = run(paas_app, {**APP, "revision": "two"})
    assert second["changes"] == ["application mirror: revision changed"]
    assert second["id"] == first["id"]
    assert not run(paas_app, {**APP, "revision": "two"})["changed"]


def test_what_is_set_when_it_is_made_needs_leave_to_make_it_again(run: Run, network: Network) -> None:
    first = run(paas_app, APP)
    changed = {**APP, "flavor": "LARGE", "env_vars": {"LEVEL": 4}}
    assert "differs in envVars, flavor" in run(paas_app, changed)["msg"]
    assert "differs in envVars, flavor" in run(paas_app, changed, check=True)["msg"]
    second = run(paas_app, {**changed, "recreate": True})
    assert second["status"] == "RUNNING"
    assert second["id"] != first["id"]


def test_a_failed_one_tells_why_and_can_be_tried_again(run: Run, network: Network) -> None:
    network.engine.build_phase = BuildPhase.FAILED
    assert "is FAILED: " in run(paas_app, APP)["msg"]
    assert "is FAILED: " in run(paas_app, APP)["msg"]
    network.engine.build_phase = BuildPhase.COMPLETE
    assert run(paas_app, {**APP, "redeploy_failed": True})["status"] == "RUNNING"


def test_a_file_as_it_is(run: Run, network: Network) -> None:
    options = {**ACCESS, "project": "red", "definition": DOCUMENT, "flavor": "SMALL"}
    assert run(paas_app, options)["status"] == "RUNNING"
    assert not run(paas_app, options)["changed"]


def test_without_waiting(run: Run, network: Network) -> None:
    done = run(paas_app, {**APP, "wait": False})
    assert done["changed"]
    assert done["status"] != "RUNNING"


def test_wrong_options_are_told(run: Run, network: Network) -> None:
    assert "name is needed" in run(paas_app, {**ACCESS, "project": "red"})["msg"]
    assert "provider is needed" in run(marketplace_app, {**MARKET_ACCESS, "name": "x"})["msg"]
    assert "no project blue" in run(paas_app, {**APP, "project": "blue"})["msg"]
    assert "gitURL" in run(paas_app, {**APP, "git_url": "file:///etc"})["msg"]


def test_nobody_shares_as_well(run: Run, network: Network) -> None:
    options = {**MARKET_ACCESS, "definition": DOCUMENT}
    assert run(marketplace_app, options)["changed"]
    assert not run(marketplace_app, options)["changed"]
