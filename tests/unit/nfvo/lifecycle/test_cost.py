"""What a deployment costs beside the infrastructure. Its time is a figure of `tests/bench`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from tests.support.nfvo import descriptor, function, stage

MOST_TRANSACTIONS = 16
"""Of a service of one function, from the order to ACTIVE; five of them are this test's own."""


async def test_few_transactions(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        await here.deploy(descriptor(function("warm")))
        counted: list[str] = []
        event.listen(here.nfvo.database.engine.sync_engine, "commit", lambda _connection: counted.append("commit"))
        record = await here.deploy(descriptor(function("media")))
        assert record["status"] == "ACTIVE"
        assert len(counted) <= MOST_TRANSACTIONS
