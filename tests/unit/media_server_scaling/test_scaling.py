"""Scaling and the warm pool, end to end in one process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from nai.vim import VimQuotaError
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings, PoolSettings
from nai.vnfm.media_server.decisions.model import DecisionState
from nai.vnfm.media_server.errors import NoCapacityError
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.warm_pool.size import Stock, launches, surplus
from tests.unit.media_server_scaling.builders import document, scale_in
from tests.unit.media_server_scaling.fake_nfvo import descriptor
from tests.unit.media_server_scaling.rig import VNFR, Rig

POOL = AutoscalingSettings(pool=PoolSettings(activate=True, size=2, period=3600))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as made:
        await made.nfvo.run(VNFR, descriptor())
        yield made


@pytest.fixture
async def pooled(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path, POOL) as made:
        await made.nfvo.run(VNFR, descriptor())
        await made.elasticity.pool.round()
        yield made


async def test_scale_out_in_parallel_updates_the_record_and_the_plane(rig: Rig) -> None:
    rig.vim.delay("create_server", 0.3)
    scaling = asyncio.ensure_future(rig.scale(Direction.OUT, 4))
    await rig.until(lambda: len(rig.servers()) == 5)
    # All four are there, and none is ready: they are made at the same time.
    assert {rig.vim.servers[name].status for name in rig.servers()[1:]} == {"BUILD"}
    done = await scaling
    assert (done.state, done.scaled, done.servers) == (DecisionState.DONE, 4, ["ms-1", "ms-2", "ms-3", "ms-4"])
    assert rig.nfvo.hostnames(VNFR) == rig.serving() == rig.servers() == [f"ms-{number}" for number in range(5)]
    assert rig.nfvo.statuses == ["SCALING", "ACTIVE"]
    stored = await rig.elasticity.decisions.of(VNFR, 10)
    assert [(each.id, each.state, each.scaled) for each in stored] == [(done.id, DecisionState.DONE, 4)]
    assert await rig.elasticity.decisions.cooldown_until(VNFR) is not None


async def test_part_of_a_scale_out_is_better_than_none(rig: Rig) -> None:
    rig.vim.fail_in_the_cloud("No valid host was found.", name="ms-2", times=-1)
    done = await rig.scale(Direction.OUT, 3)
    assert (done.state, done.scaled) == (DecisionState.DONE, 2)
    assert done.error is not None
    assert "ms-2: " in done.error
    await rig.elasticity._keeper.round()
    assert rig.nfvo.hostnames(VNFR) == rig.serving() == rig.servers() == ["ms-0", "ms-1", "ms-3"]


async def test_a_scale_out_without_any_success_is_taken_back(rig: Rig) -> None:
    rig.vim.fail("create_server", VimQuotaError("quota of cores is 2"), times=-1)
    done = await rig.scale(Direction.OUT, 2)
    assert (done.state, done.scaled) == (DecisionState.FAILED, 0)
    assert done.error is not None
    assert "quota of cores is 2" in done.error
    assert rig.nfvo.statuses == ["SCALING", "ACTIVE"]
    await rig.elasticity._keeper.round()
    assert rig.servers() == rig.ledger() == ["ms-0"]


async def test_a_record_that_the_nfvo_refuses_takes_the_instances_back(rig: Rig) -> None:
    rig.nfvo.refusing = "VNFR unknown"
    done = await rig.scale(Direction.OUT, 1)
    assert (done.state, done.scaled) == (DecisionState.FAILED, 0)
    await rig.elasticity._keeper.round()
    assert rig.serving() == rig.servers() == ["ms-0"]


async def test_scale_in_takes_only_idle_servers(rig: Rig) -> None:
    await rig.scale(Direction.OUT, 3)
    for _ in range(2):
        await rig.plane.register(VNFR, 150)
    busy = sorted(server.hostname for server in rig.plane.servers(VNFR) if server.used_points)
    done = await rig.scale(Direction.IN, 4)
    assert (done.state, done.scaled) == (DecisionState.DONE, 2)
    assert rig.nfvo.hostnames(VNFR) == rig.serving() == rig.servers() == rig.ledger() == busy


async def test_one_server_always_stays(rig: Rig) -> None:
    await rig.scale(Direction.OUT, 2)
    assert (await rig.scale(Direction.IN, 5)).scaled == 2
    assert len(rig.servers()) == 1
    assert (await rig.scale(Direction.IN, 1)).scaled == 0


async def test_no_session_lands_on_a_server_that_leaves(rig: Rig) -> None:
    """Sessions come all the time while servers are removed: each one that was placed keeps its server."""
    await rig.scale(Direction.OUT, 4)
    placed: list[str] = []

    async def sessions() -> None:
        for _ in range(60):
            try:
                application = await rig.plane.register(VNFR, 20)
            except NoCapacityError:
                pass
            else:
                placed.append(application.media_server_id)
            await asyncio.sleep(0)

    coming = asyncio.ensure_future(sessions())
    done = await rig.scale(Direction.IN, 4)
    await coming
    there = {server.id: server for server in rig.plane.servers(VNFR)}
    assert placed
    assert set(placed) <= set(there)
    assert all(server.hostname in rig.servers() for server in there.values())
    assert len(there) == 5 - (done.scaled or 0)


async def test_the_termination_rule_asks_the_monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = AutoscalingSettings.model_validate({"termination_rule": {"activate": True}})
    async with Rig(tmp_path, rule) as rig:
        await rig.nfvo.run(VNFR, descriptor(count=3))
        answers = {"ms-0": "0.0", "ms-1": "2.0"}

        async def text(host: str, metric: str) -> str | None:
            assert metric == "pipelines"
            return answers.get(host)

        monkeypatch.setattr(rig.elasticity.parts.measures, "text", text)
        done = await rig.scale(Direction.IN, 2)
        assert done.servers == ["ms-0"]
        assert rig.serving() == ["ms-1", "ms-2"]


async def test_policies_scale_out_and_in_by_themselves(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        quick: dict[str, Any] = {"period": 1, "cooldown": 0}
        await rig.nfvo.run(VNFR, descriptor(maximum=2, policies=[document(**quick), scale_in(**quick)]))
        session = await rig.plane.register(VNFR, 100)
        await rig.until(lambda: len(rig.servers()) == 2)
        await rig.until(lambda: len(rig.nfvo.instances(VNFR)) == 2)
        await rig.plane.unregister(VNFR, session.id)
        await rig.until(lambda: len(rig.ledger()) == 1 and not rig.elasticity.parts.turns.of(VNFR).locked())
        decisions = await rig.elasticity.decisions.of(VNFR, 10, DecisionState.DONE)
        assert {each.policy for each in decisions} >= {"scale-in", "scale-out"}


async def test_the_warm_pool_is_filled_and_used_first(pooled: Rig) -> None:
    assert pooled.ledger(InstanceState.WARM) == ["ms-1", "ms-2"]
    assert pooled.nfvo.hostnames(VNFR) == pooled.serving() == ["ms-0"]
    pooled.vim.fail("create_server", times=-1)
    done = await pooled.scale(Direction.OUT, 2)
    assert done.servers == ["ms-1", "ms-2"]
    # Nothing had to be allocated, so the NFVO never saw SCALING.
    assert pooled.nfvo.statuses == ["ACTIVE"]
    assert pooled.nfvo.hostnames(VNFR) == pooled.serving() == ["ms-0", "ms-1", "ms-2"]


async def test_warm_and_serving_together_keep_to_the_maximum(pooled: Rig) -> None:
    await pooled.scale(Direction.OUT, 4)
    await pooled.elasticity.pool.round()
    assert len(pooled.servers()) == 5
    assert pooled.ledger(InstanceState.WARM) == []


async def test_a_removed_server_refills_the_pool(pooled: Rig) -> None:
    await pooled.scale(Direction.OUT, 2)
    creations = sum(pooled.vim.creations.values())
    done = await pooled.scale(Direction.IN, 2)
    assert done.scaled == 2
    assert pooled.ledger(InstanceState.WARM) == done.servers
    assert sum(pooled.vim.creations.values()) == creations
    assert len(pooled.serving()) == len(pooled.nfvo.hostnames(VNFR)) == 1


async def test_a_dead_warm_instance_is_replaced(pooled: Rig) -> None:
    pooled.vim.lose("ms-1")
    await pooled.elasticity.pool.round()
    await pooled.elasticity._keeper.round()
    assert len(pooled.ledger(InstanceState.WARM)) == 2
    assert set(pooled.ledger(InstanceState.WARM)) <= set(pooled.servers())


async def test_warm_instances_leave_with_their_vnf(pooled: Rig) -> None:
    await pooled.nfvo.terminate(VNFR)
    assert pooled.servers() == pooled.ledger() == []


async def test_the_nfvo_gets_a_warm_instance_too(pooled: Rig) -> None:
    pooled.vim.fail("create_server", times=-1)
    answer = await pooled.nfvo.ask(
        "SCALE_OUT", component={"connection_point": []}, virtualNetworkFunctionRecord=pooled.nfvo.records[VNFR]
    )
    assert answer["vnfcInstance"]["hostname"] == "ms-1"
    assert pooled.serving() == ["ms-0", "ms-1"]


@pytest.mark.parametrize(
    ("warm", "others", "maximum", "launched", "let_go"),
    [(0, 1, 5, 3, 0), (0, 4, 5, 1, 0), (3, 1, 5, 0, 0), (5, 0, 5, 0, 2), (2, 4, 5, 0, 1), (0, 1, 90, 3, 0)],
)
def test_size_of_a_pool(warm: int, others: int, maximum: int, launched: int, let_go: int) -> None:
    pool = PoolSettings(activate=True, size=3)
    assert launches(Stock(warm, others, maximum), pool) == launched
    assert surplus(Stock(warm, others, maximum), pool) == let_go
    assert launches(Stock(warm, others, maximum), PoolSettings(size=3)) == 0


def test_at_most_five_launches_a_round() -> None:
    assert launches(Stock(0, 1, 100), PoolSettings(activate=True, size=50)) == 5
