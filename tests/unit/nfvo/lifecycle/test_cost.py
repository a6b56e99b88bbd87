"""What a deployment costs beside the infrastructure: transactions, and the orchestrator's own time."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import event

from tests.support.nfvo import descriptor, function, stage

MOST_TRANSACTIONS = 16
"""Of a service of one function, from the order to ACTIVE."""


async def test_few_transactions_and_little_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        await here.deploy(descriptor(function("warm")))
        counted: list[str] = []
        event.listen(here.nfvo.database.engine.sync_engine, "commit", lambda _connection: counted.append("commit"))
        document = descriptor(function("media"))
        begun, cpu = time.monotonic(), time.process_time()
        record = await here.deploy(document)
        elapsed, used = time.monotonic() - begun, time.process_time() - cpu
        assert record["status"] == "ACTIVE"
        print(f"{len(counted)} transactions, {elapsed * 1000:.0f} ms, {used * 1000:.0f} ms of CPU")  # noqa: T201
        assert len(counted) <= MOST_TRANSACTIONS
        # Of its own time: how long it waits for a busy machine is not the orchestrator's doing.
        assert used < 0.2
