"""Records in the database: one insertion, then updates only, and nothing after a release."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from nai.catalogue import Status
from nai.nfvo.records.store import RecordGoneError
from nai.nfvo.records.tables import FunctionRow
from tests.support.nfvo import PROJECT, descriptor, function, stage


def refuse(_connection: object) -> None:
    """A commit that does not succeed."""
    raise RuntimeError("power cut")


PAIR = descriptor(function("a"), function("b"))


async def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        store = here.orchestrator.records
        loaded = await store.load(record["id"])
        assert loaded is not None
        assert loaded.whole() == record
        assert await store.documents(PROJECT) == [record]
        assert await store.documents("another") == []
        assert await store.document(record["id"], "another") is None


async def test_a_released_record_cannot_be_written(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        store = here.orchestrator.records
        # Somebody holds a copy of his own, as another process would.
        stale = await store.load(record["id"])
        assert stale is not None
        service = await here.orchestrator.shop.live.get(record["id"])
        await store.remove(service)
        for late in (service, stale):
            late.document.task = "too late"
            with pytest.raises(RecordGoneError):
                await store.save(late, *late.functions.values())
        assert await store.documents(None) == []


async def test_everybody_shares_one_object(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        live = here.orchestrator.shop.live
        service = await live.get(record["id"])
        by_id = await live.function(record["vnfr"][0]["id"])
        by_name = await live.function("", service_id=record["id"], name="a")
        assert by_id[0] is by_name[0] is service
        assert by_id[1] is by_name[1]


async def test_who_uses_what(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        store = here.orchestrator.records
        assert await store.uses_vim("memory")
        assert await store.uses_vim("memory", PROJECT)
        assert not await store.uses_vim("memory", "another")
        assert not await store.uses_vim("other")
        assert await store.uses_descriptor(record["descriptor_reference"])
        vnfm.silent.add("RELEASE_RESOURCES")
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        # The PaaS manager deletes service and descriptor at once.
        assert not await store.uses_descriptor(record["descriptor_reference"])


async def test_a_write_that_was_not_committed_is_made_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        store = here.orchestrator.records
        service = await here.orchestrator.shop.live.get(record["id"])
        service.document.task = "changed"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(here.nfvo.database.engine.sync_engine.dialect, "do_commit", refuse)
            with pytest.raises(RuntimeError, match="power cut"):
                await store.save(service)
        await store.save(service)
        assert (await store.document(record["id"]) or {})["task"] == "changed"
        assert service.combined_status() is Status.ACTIVE


async def test_what_instances_are_started_with_is_sealed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        async with here.nfvo.database.session() as session:
            rows = list(await session.scalars(select(FunctionRow.inner)))
        assert all("#!/bin/sh" not in str(row) for row in rows)
        loaded = await here.orchestrator.records.load(record["id"])
        assert loaded is not None
        for each in loaded.functions.values():
            assert list(each.inner.user_data.values()) == ["#!/bin/sh\n#Hostname=\n"]
