"""One VNF from INSTANTIATE to RELEASE_RESOURCES over RabbitMQ and MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.integration.media_server.world import World
from tests.unit.media_server_scaling.fake_nfvo import FakeNfvo


async def test_whole_life(tmp_path: Path, broker_url: str, new_database: Callable[[], str], nfvo: FakeNfvo) -> None:
    async with World(tmp_path, "whole-life", nfvo, broker_url, new_database()) as world:
        await world.run()
        session = await world.load(150)
        await world.scaled_out()
        assert nfvo.statuses[:2] == ["SCALING", "ACTIVE"]
        await world.unload(session)
        await world.scaled_in()
        decisions = await world.get(f"/vnfr/{world.vnfr}/decisions?state=DONE")
        assert {(each["outcome"], each["scaled"]) for each in decisions} == {("SCALE_OUT", 2), ("SCALE_IN", 2)}
        await world.terminate()
        world.check_nothing_twice()
