"""kill -9 at every point of an application's life, and inside every call to the engine and the orchestrator.

In each whole life the process ends at several of the points, each time a fresh one takes over, and the end is always
the same: what was ordered is there once, and after the deletion nothing is anywhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.paas.applications.world import World

STEPS = {
    "deploy": ("describe", "order", "begin", "media_plane", "services", "build", "built", "deploy", "run"),
    "restart": ("restart", "run"),
    "resize": ("resize", "run"),
    "recover": ("services", "deploy", "run"),
    "delete": ("release", "describe_no_more", "forget"),
}
POINTS = [
    *(f"{kind}/{step}/{when}" for kind, steps in STEPS.items() for step in steps for when in ("before", "after")),
    *(f"deploy/{point}" for point in ("described", "ordered", "begun", "service", "building", "deployed")),
    *("recover/service", "recover/deployed", "restart/restarted", "resize/resized"),
    *("delete/container", "delete/terminated"),
    *(f"engine/{method}/{when}" for method in ("build", "deploy", "delete") for when in ("before", "after")),
    *("engine/build_state/before", "engine/state/before", "engine/restart/before", "engine/restart/after"),
    *("engine/scale/before", "engine/scale/after"),
    *(
        f"nfvo/{call}/{when}"
        for call in ("POST ns-descriptors", "POST ns-records", "DELETE ns-records", "DELETE ns-descriptors")
        for when in ("before", "after")
    ),
    *("nfvo/GET ns-descriptors/before", "nfvo/GET ns-records/before", "nfvo/DELETE vnf-descriptors/before"),
    "nfvo/DELETE vnf-descriptors/after",
]
LIVES = 5
PREPARING = ("datacenters", "projects", "oauth", "events", "names", "build_log")


async def whole_life(world: World) -> None:
    """Deploy, restart, resize, lose the containers and get them back, redeploy, delete."""
    identifier = (await world.create()).id or ""
    running = await world.is_(identifier, "RUNNING")
    await world.manager.orders.restart(identifier, world.project_id)
    await world.is_(identifier, "RUNNING")
    await world.manager.orders.resize(identifier, world.project_id, 3)
    running = await world.is_(identifier, "RUNNING")
    assert len(running.pod_list) == 3
    world.engine.deployments.pop(running.os_name or "")
    world.engine.save()
    await world.manager.orders.recover(identifier, "gone")
    await world.is_(identifier, "RUNNING")
    await world.manager.orders.redeploy(identifier, world.project_id)
    running = await world.is_(identifier, "RUNNING")
    os_name = running.os_name or ""
    assert len(world.orchestrator.descriptors) == 1
    assert len(world.orchestrator.services) == 1
    assert set(world.engine.builds) == {os_name}
    assert set(world.engine.deployments) == {os_name, running.services[0].os_name}
    assert set(world.orchestrator.most_at_once.values()) == {1}
    await world.manager.orders.delete(identifier, world.project_id)
    await world.gone(identifier)
    assert world.left() == []


@pytest.mark.parametrize("number", range(LIVES))
async def test_converges_when_killed(number: int, tmp_path: Path, empty_database: Path) -> None:
    world = World(tmp_path, empty_database)
    await world.start()
    points = POINTS[number::LIVES]
    world.kill_at = set(points)
    try:
        await whole_life(world)
        assert world.kill_at == set()
        assert world.kills == len(points)
    finally:
        await world.stop()


async def test_every_point_is_tested(world: World) -> None:
    await whole_life(world)
    others = {event for event in world.events if event not in POINTS}
    # Preparing is what a look does from time to time, too.
    assert not [event for event in others if not any(part in event for part in PREPARING)]
    assert set(POINTS) <= set(world.events)
