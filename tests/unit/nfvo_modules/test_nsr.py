"""nfvo_nsr: failures with the orchestrator's reason, replacing, waiting."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import nfvo_nsr

from tests.unit.nfvo_modules.conftest import FakeNfvo, Run


@pytest.fixture(autouse=True)
def on_boarded(fake: FakeNfvo) -> None:
    """The descriptor is there."""
    fake.collections["ns-descriptors"]["nsd"] = {"id": "nsd", "name": "media"}


def test_a_record_in_error_fails_with_its_task(run: Run, fake: FakeNfvo) -> None:
    fake.fate, fake.task = "ERROR", "No valid host was found."
    assert run(nfvo_nsr, {"nsd": "media"})["msg"].endswith("is in ERROR: No valid host was found.")
    again = run(nfvo_nsr, {"nsd": "media"})
    assert again["msg"].endswith("is in ERROR: No valid host was found.")
    assert [method for method, _ in fake.writes] == ["POST"], "it is not instantiated again by itself"


def test_a_failed_record_can_be_replaced(run: Run, fake: FakeNfvo) -> None:
    fake.fate = "ERROR"
    run(nfvo_nsr, {"nsd": "media"})
    fake.fate = "ACTIVE"
    done = run(nfvo_nsr, {"nsd": "media", "replace_failed": True})
    assert (done["changed"], done["status"]) == (True, "ACTIVE")
    assert len(fake.collections["ns-records"]) == 1


def test_a_record_that_takes_too_long_is_told_with_its_status(run: Run, fake: FakeNfvo) -> None:
    fake.reads_until_active = 10**9
    done = run(nfvo_nsr, {"nsd": "media", "timeout_seconds": 0})
    assert "not within 0 s: NSR media is ACTIVE; status NULL" in done["msg"]


def test_without_waiting_it_returns_at_once(run: Run, fake: FakeNfvo) -> None:
    fake.reads_until_active = 10**9
    assert run(nfvo_nsr, {"nsd": "media", "wait": False})["status"] == "NULL"


def test_an_order_carries_keys_infrastructures_and_configurations(run: Run, fake: FakeNfvo) -> None:
    options: dict[str, Any] = {
        "nsd": "media",
        "keys": ["one"],
        "vdu_vim_instances": {"unit": ["cloud"]},
        "configurations": {"media": {"PORT": 27018}},
    }
    run(nfvo_nsr, options)
    parameters = [{"confKey": "PORT", "value": "27018"}]
    assert {
        "keys": ["one"],
        "vduVimInstances": {"unit": ["cloud"]},
        "configurations": {"media": {"name": "media", "configurationParameters": parameters}},
    } in fake.bodies


def test_a_new_instance_is_like_the_first_one(run: Run, fake: FakeNfvo) -> None:
    run(nfvo_nsr, {"nsd": "media", "instances": {"media": 2}})
    assert {"connection_point": [{"floatingIp": "random"}]} in fake.bodies


def test_scaling_down_removes_one_after_the_other(run: Run, fake: FakeNfvo) -> None:
    run(nfvo_nsr, {"nsd": "media", "instances": {"media": 3}})
    fake.writes.clear()
    run(nfvo_nsr, {"nsd": "media", "instances": {"media": 1}})
    assert [method for method, _ in fake.writes] == ["DELETE", "DELETE"]


def test_a_descriptor_or_a_function_that_is_missing_is_named(run: Run, fake: FakeNfvo) -> None:
    assert "no network service descriptor other" in run(nfvo_nsr, {"nsd": "other"})["msg"]
    assert "has no function other; there are media" in run(nfvo_nsr, {"nsd": "media", "instances": {"other": 1}})["msg"]
