"""Elasticity of the media-server VNFM: evaluating policies, scaling out of the warm pool."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import text

from nai.catalogue import VimInstance
from nai.core.bus import AmqpBus, Bus, Delivery
from nai.core.database import Database
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings, PoolSettings
from nai.vnfm.media_server.decisions.model import DecisionState
from tests.support.services import Broker, MariaDB
from tests.unit.media_server_scaling.builders import inward, policy
from tests.unit.media_server_scaling.fake_nfvo import FakeNfvo, descriptor
from tests.unit.media_server_scaling.rig import VNFR, Rig
from tests.unit.media_server_scaling.world import World

POLICIES = 1000
RUNS = 5

BOOT_SECONDS = 1.9
"""How long an instance boots in the cloud in memory: as long as on the testbed's OpenStack."""

COUNTS = (1, 5)


def measure(database: MariaDB) -> dict[str, Any]:
    """Figures of elasticity, with a broker of its own.

    Args:
        database: A running MariaDB.
    """
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder))
        broker.start()
        try:
            warm, cold = (
                {str(count): scale_out_milliseconds(database, broker, count, warm=each) for count in COUNTS}
                for each in (True, False)
            )
            return {"policies": POLICIES, **asyncio.run(evaluation()), "pool_ms": warm, "cold_ms": cold}
        finally:
            broker.stop()


async def evaluation() -> dict[str, float]:
    """Milliseconds of evaluating the policies of as many VNFRs with ten servers each; and of one that scales."""
    world = World()
    for number in range(POLICIES):
        world.points[f"vnfr-{number}"] = [float(10 * index % 60) for index in range(10)]
        world.activate([policy()] if number % 2 else [inward(threshold=1)], f"vnfr-{number}")
    await world.clock.advance(3600)
    began = time.perf_counter()
    world.engine.tick()
    evaluated = time.perf_counter() - began
    await world.engine.stop()

    one = World(points=[90.0] * 10, maximum=20)
    one.activate([policy()])
    await one.clock.advance(3600)
    began = time.perf_counter()
    one.engine.tick()
    while not one.executed:
        await asyncio.sleep(0)
    decided = time.perf_counter() - began
    await one.engine.stop()
    return {"policies_ms": round(evaluated * 1000, 1), "detection_and_decision_ms": round(decided * 1000, 2)}


class _StoringNfvo(FakeNfvo):
    """Answers when the record is in the database, as the real one does."""

    def __init__(self, bus: Bus, vim: VimInstance, database: Database) -> None:
        super().__init__(bus, vim)
        self._database = database

    async def _asked(self, delivery: Delivery) -> Mapping[str, Any]:
        answer = await super()._asked(delivery)
        if answer["action"] == "UPDATEVNFR":
            record = answer["vnfr"]
            async with self._database.session() as session:
                await session.execute(
                    text("REPLACE INTO record (id, document) VALUES (:id, :document)"),
                    {"id": record["id"], "document": json.dumps(record)},
                )
        return answer


def scale_out_milliseconds(server: MariaDB, broker: Broker, count: int, *, warm: bool) -> float:
    """Milliseconds from a decision to the scaled, recorded and durable VNFR; the median.

    Args:
        server: A running MariaDB.
        broker: A running RabbitMQ.
        count: Instances that are added.
        warm: Whether they wait in the pool, or have to be booted.
    """
    results = []
    for run in range(RUNS if warm else 1):
        name = f"scale_{warm:d}_{count}_{run}"
        results.append(asyncio.run(_scale_out(server.create(name), broker.url, count, warm=warm)))
        server.drop(name)
    return round(statistics.median(results), 1)


async def _scale_out(database_url: str, broker_url: str, count: int, *, warm: bool) -> float:
    scaling = AutoscalingSettings(pool=PoolSettings(activate=warm, size=count, period=3600))
    database = Database(database_url)
    async with database.session() as session:
        await session.execute(text("CREATE TABLE record (id VARCHAR(64) PRIMARY KEY, document LONGTEXT)"))
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), scaling)
        await rig.bus.close()
        rig.url, bus = database_url, await AmqpBus.connect(broker_url)
        rig.bus = bus  # type: ignore[assignment]  # the rig's own is one in memory
        rig.nfvo = _StoringNfvo(bus, VimInstance(id="vim-1", name="memory-vim", type="memory"), database)
        async with rig:
            await rig.nfvo.run(VNFR, descriptor(maximum=count + 1))
            if warm:
                await rig.elasticity.pool.round()
            rig.vim.delay("create_server", BOOT_SECONDS)
            began = time.perf_counter()
            decision = await rig.scale(Direction.OUT, count)
            seconds = time.perf_counter() - began
            assert (decision.state, decision.scaled) == (DecisionState.DONE, count)
            assert len(rig.nfvo.hostnames(VNFR)) == len(rig.serving()) == count + 1
    await database.dispose()
    return seconds * 1000
