"""keystone_catalog: the twelve steps of a module's contract, and what it must never show."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules import keystone_catalog

PARAMETERS: dict[str, Any] = {
    "state": "present",
    "region": "RegionOne",
    "services": [
        {
            "name": "glance",
            "type": "image",
            "description": "Images",
            "endpoints": {"public": "http://c:9292", "internal": "http://c:9292", "admin": "http://c:9292"},
        }
    ],
    "projects": [{"name": "service", "description": "Services", "domain": "Default"}],
    "roles": ["service"],
    "users": [
        {
            "name": "glance",
            "password": "the-right-password",
            "project": "service",
            "roles": ["admin", "service"],
            "domain": "Default",
        }
    ],
}


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Passwords that Keystone accepts, by user."""
    known: dict[str, str] = {}
    monkeypatch.setattr(
        keystone_catalog.Catalogue, "_works", lambda _self, user: known.get(user["name"]) == user["password"]
    )
    return known


def apply(connection: Any, parameters: dict[str, Any], check_mode: bool = False) -> dict[str, Any]:
    """Runs the module's body."""
    catalogue = keystone_catalog.Catalogue(connection, parameters, check_mode)
    if parameters["state"] == "present":
        catalogue.ensure()
    else:
        catalogue.remove()
    result: dict[str, Any] = catalogue.diff.result()
    return result


def test_the_contract(connection: SimpleNamespace, passwords: dict[str, str]) -> None:
    changed_url = copy.deepcopy(PARAMETERS)
    changed_url["services"][0]["endpoints"]["public"] = "https://c:9292"
    absent = {**PARAMETERS, "state": "absent"}
    seen = []
    for parameters in (PARAMETERS, changed_url, absent):
        for check_mode in (True, False, True, False):
            before = len(connection.identity.writes)
            seen.append(apply(connection, parameters, check_mode)["changed"])
            if check_mode:
                assert len(connection.identity.writes) == before, "check mode writes nothing"
            passwords["glance"] = "the-right-password"
    assert seen == [True, True, False, False] * 3


def test_everything_is_made_and_a_second_run_only_reads(connection: SimpleNamespace, passwords: dict[str, str]) -> None:
    result = apply(connection, PARAMETERS)
    passwords["glance"] = "the-right-password"
    assert result["changes"] == [
        "service glance: created",
        "endpoint glance public in RegionOne http://c:9292: created",
        "endpoint glance internal in RegionOne http://c:9292: created",
        "endpoint glance admin in RegionOne http://c:9292: created",
        "project service: created",
        "role service: created",
        "user glance: created",
        "role assignment glance is admin on service: created",
        "role assignment glance is service on service: created",
    ]
    writes, reads = len(connection.identity.writes), connection.identity.reads
    assert apply(connection, PARAMETERS)["changed"] is False
    assert len(connection.identity.writes) == writes
    assert connection.identity.reads - reads <= 8, "each collection is listed once"


def test_a_password_that_keystone_refuses_is_set_and_never_shown(
    connection: SimpleNamespace, passwords: dict[str, str]
) -> None:
    apply(connection, PARAMETERS)
    passwords["glance"] = "somebody-changed-it"
    result = apply(connection, PARAMETERS)
    assert result["changes"] == ["user glance: enabled, password changed"]
    assert "the-right-password" not in json.dumps(result)


def test_a_second_endpoint_of_the_same_kind_goes(connection: SimpleNamespace, passwords: dict[str, str]) -> None:
    apply(connection, PARAMETERS)
    passwords["glance"] = "the-right-password"
    endpoints = connection.identity.collections["endpoints"]
    endpoints["old"] = {**next(iter(endpoints.values())), "id": "old", "url": "http://elsewhere"}
    result = apply(connection, PARAMETERS)
    assert result["changes"] == ["endpoint glance public in RegionOne http://elsewhere (second one): removed"]
    assert "old" not in endpoints


def test_an_unknown_region_is_made(connection: SimpleNamespace, passwords: dict[str, str]) -> None:
    assert "region Oslo: created" in apply(connection, {**PARAMETERS, "region": "Oslo"})["changes"]
    assert passwords == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": ["admin", "operator"]}, "role operator of user glance does not exist"),
        ({"project": "lab"}, "project lab of user glance does not exist"),
        ({"domain": "Heat"}, "domain Heat does not exist; known are Default"),
    ],
)
def test_what_is_missing_is_named(
    connection: SimpleNamespace, passwords: dict[str, str], change: dict[str, Any], words: str
) -> None:
    parameters = copy.deepcopy(PARAMETERS)
    parameters["users"][0].update(change)
    with pytest.raises(CloudError, match=words):
        apply(connection, parameters)
    assert passwords == {}


def test_parameters_that_lack_something() -> None:
    wrong = copy.deepcopy(PARAMETERS)
    wrong["services"][0]["endpoints"]["outside"] = "http://c"
    assert "endpoints has outside" in str(keystone_catalog.complaint(wrong))
    wrong = copy.deepcopy(PARAMETERS)
    wrong["users"][0]["password"] = ""
    assert keystone_catalog.complaint(wrong) == "user glance: password is missing or empty"
    wrong["state"] = "absent"
    assert keystone_catalog.complaint(wrong) is None
