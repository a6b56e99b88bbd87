"""project_quota: contract, and names that do not exist."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.openstack import CloudError
from ansible_collections.nubomedia.nai.plugins.modules.project_quota import Quotas

from tests.unit.openstack.conftest import FakeService

DEFAULTS = {"compute": {"instances": 10, "cores": 20}, "network": {"port": 500}}


def quota_service(path: str, key: str, default_path: str, defaults: dict[str, int]) -> FakeService:
    """A service with one project's quotas."""
    service, values = FakeService(), dict(defaults)

    def put(body: dict[str, Any]) -> dict[str, Any]:
        values.update(body[key])
        return {}

    def reset(_body: dict[str, Any]) -> dict[str, Any]:
        values.update(defaults)
        return {}

    service.on("GET", path, lambda _body: {key: {"id": "p0", **values}})
    service.on("GET", default_path, lambda _body: {key: {"id": "p0", **defaults}})
    service.on("PUT", path, put)
    service.on("DELETE", path, reset)
    return service


@pytest.fixture
def cloud(connection: SimpleNamespace) -> SimpleNamespace:
    """A cloud with the project admin."""
    connection.compute = quota_service(
        "/os-quota-sets/p0", "quota_set", "/os-quota-sets/p0/defaults", DEFAULTS["compute"]
    )
    connection.network = quota_service("/quotas/p0", "quota", "/quotas/p0/default", DEFAULTS["network"])
    return connection


def apply(cloud: SimpleNamespace, wanted: dict[str, Any] | None, check_mode: bool) -> list[str]:
    """Sets quotas, or puts them back for None."""
    quotas = Quotas(cloud, check_mode)
    if wanted is None:
        quotas.reset("admin")
    else:
        quotas.ensure({"name": "admin", "compute": {}, "network": {}, **wanted})
    changes: list[str] = quotas.diff.changes
    return changes


def test_the_contract(cloud: SimpleNamespace) -> None:
    first = {"compute": {"instances": -1, "cores": -1}, "network": {"port": -1}}
    seen = []
    for wanted in (first, {"compute": {"cores": 8}}, None):
        for check_mode in (True, False, True, False):
            before = len(cloud.compute.writes) + len(cloud.network.writes)
            seen.append(bool(apply(cloud, wanted, check_mode)))
            assert not check_mode or len(cloud.compute.writes) + len(cloud.network.writes) == before
    assert seen == [True, True, False, False] * 3


def test_one_read_and_one_write_per_service(cloud: SimpleNamespace) -> None:
    assert apply(cloud, {"compute": {"instances": -1, "cores": -1}}, check_mode=False) == [
        "compute quota admin: cores, instances changed"
    ]
    assert (cloud.compute.reads, len(cloud.compute.writes), cloud.network.reads) == (1, 1, 0)


def test_unknown_names_are_named(cloud: SimpleNamespace) -> None:
    with pytest.raises(CloudError, match="compute has no quota core; it has cores, instances"):
        apply(cloud, {"compute": {"core": 1}}, check_mode=False)
    with pytest.raises(CloudError, match="project lab does not exist; known are admin"):
        Quotas(cloud, check_mode=False).reset("lab")
