"""nova_flavors: contract, recreation, extra specs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules.nova_flavors import Flavors

from tests.unit.openstack.conftest import FakeService

SMALL = {"name": "d1.small", "vcpus": 1, "ram_mb": 512, "disk_gb": 10, "extra_specs": {}, "is_public": True}


@pytest.fixture
def nova() -> FakeService:
    """Nova without a flavor."""
    service = FakeService(flavors=[])
    flavors = service.collections["flavors"]

    def create(body: dict[str, Any]) -> dict[str, Any]:
        wanted = dict(body["flavor"])
        identifier = wanted.pop("id")
        made = {"extra_specs": {}, **wanted, "id": identifier or f"f{len(flavors)}"}
        flavors[made["id"]] = made
        return {"flavor": made}

    def set_specs(body: dict[str, Any], identifier: str) -> dict[str, Any]:
        flavors[identifier]["extra_specs"].update(body["extra_specs"])
        return body

    def drop_spec(_body: dict[str, Any], identifier: str, key: str) -> dict[str, Any]:
        del flavors[identifier]["extra_specs"][key]
        return {}

    service.on("GET", r"/flavors/detail\?is_public=None", lambda _body: {"flavors": list(flavors.values())})
    service.on("GET", r"/flavors/(.*)/os-flavor-access", lambda _b, _i: {"flavor_access": [{"tenant_id": "t1"}]})
    service.on("POST", "/flavors", create)
    service.on("POST", r"/flavors/(.*)/os-extra_specs", set_specs)
    service.on("POST", r"/flavors/(.*)/action", lambda body, _i: body)
    service.on("DELETE", r"/flavors/(.*)/os-extra_specs/(.*)", drop_spec)
    return service


def apply(nova: FakeService, flavor: dict[str, Any], state: str = "present", check_mode: bool = False) -> list[str]:
    """Runs the module's body; returns the changes."""
    flavors = Flavors(nova, check_mode)
    if state == "present":
        flavors.ensure(flavor)
    else:
        flavors.remove(flavor["name"])
    changes: list[str] = flavors.diff.changes
    return changes


def test_the_contract(nova: FakeService) -> None:
    seen = []
    for flavor, state in ((SMALL, "present"), ({**SMALL, "ram_mb": 1024}, "present"), (SMALL, "absent")):
        for check_mode in (True, False, True, False):
            before = len(nova.writes)
            seen.append(bool(apply(nova, flavor, state, check_mode)))
            assert not check_mode or len(nova.writes) == before
    assert seen == [True, True, False, False] * 3


def test_a_new_size_keeps_id_specs_and_projects(nova: FakeService) -> None:
    private = {**SMALL, "is_public": False, "extra_specs": {"nai:init": "true"}}
    apply(nova, private)
    assert apply(nova, {**private, "vcpus": 2}) == ["flavor d1.small (made again): vcpus changed"]
    [made] = nova.collections["flavors"].values()
    assert (made["id"], made["vcpus"], made["extra_specs"]) == ("f0", 2, {"nai:init": "true"})
    assert ("POST", "/flavors/f0/action") in nova.writes, "the project may still use it"


def test_specs_are_edited_in_place(nova: FakeService) -> None:
    apply(nova, {**SMALL, "extra_specs": {"a": "1", "b": "2"}})
    nova.writes.clear()
    apply(nova, {**SMALL, "extra_specs": {"b": 3}})
    assert nova.writes == [("POST", "/flavors/f0/os-extra_specs"), ("DELETE", "/flavors/f0/os-extra_specs/a")]
    assert nova.collections["flavors"]["f0"]["extra_specs"] == {"b": "3"}
