"""An application's life, as it is seen from outside."""

from __future__ import annotations

from tests.unit.paas.applications.world import World


async def test_from_a_git_address_to_running_and_to_nothing(world: World) -> None:
    made = await world.create()
    assert made.status == "CREATED"
    running = await world.is_(made.id or "", "RUNNING")
    assert running.status_reason is None
    print(running.to_wire(), world.events)
    await world.manager.orders.delete(made.id or "", world.project_id)
    await world.gone(made.id or "")
    assert world.left() == []
