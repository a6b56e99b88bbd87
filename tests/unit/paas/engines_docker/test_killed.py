"""The manager is killed at any request that it makes of the engine: the next one does what was wanted, and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from nai.paas.engines.errors import EngineUnreachableError
from nai.paas.engines.protocol import BuildPhase, BuildRequest, DeploymentPhase, DeploymentState
from tests.support.engine_suite import names_of
from tests.unit.paas.engines_docker.conftest import DockerWorld

CHANGES = ("POST /", "DELETE /")
"""Beginnings of the requests that change something: between two of them one kill is as good as another."""


async def killed(
    world: DockerWorld, after: int, action: Callable[[], Awaitable[None]], done: Callable[[], Awaitable[bool]]
) -> bool:
    """Kill the manager right after it has made so many changes, or when it is done; the next one is started then.

    Returns:
        Whether it was killed before it was done.
    """
    left, struck = after, False

    def saw(request: str) -> None:
        nonlocal left, struck
        if request.startswith(CHANGES) and not struck:
            left -= 1
            if left < 0:
                struck = True
                world.daemon.cut(world.socket)

    async def look() -> bool:
        try:
            return struck or await done()
        except EngineUnreachableError:
            return struck

    world.daemon.after = saw
    try:
        await action()
    except EngineUnreachableError:
        assert struck
    await world.until("the kill, or the end", look, bool)
    world.daemon.after = lambda _request: None
    await world.reopen()
    return struck


@pytest.mark.parametrize("after", range(8))
async def test_deploying_and_replacing(closed_world: DockerWorld, after: int) -> None:
    world = closed_world
    await world.open()

    def is_new(state: DeploymentState, old: set[str]) -> bool:
        return state.phase is DeploymentPhase.RUNNING and len(state.pods) == 2 and not names_of(state) & old

    async def deployed() -> bool:
        return is_new(await world.engine.state("web"), set())

    await killed(world, after, lambda: world.engine.deploy(world.request("web", host_name="web.example.org")), deployed)
    before = names_of(await world.running("web", 2))
    assert {each.name for each in world.daemon.containers.values()} == before

    async def replaced() -> bool:
        return is_new(await world.engine.state("web"), before)

    await killed(world, after, lambda: world.engine.restart("web"), replaced)
    await world.until("all are new", replaced, bool)
    assert len(world.daemon.containers) == 2
    assert await world.published() == {"web.example.org"}
    await world.close()


@pytest.mark.parametrize("after", range(7))
async def test_building_and_deleting(closed_world: DockerWorld, after: int) -> None:
    world = closed_world
    await world.open()

    async def built() -> bool:
        return (await world.engine.build_state("web")).phase is not BuildPhase.RUNNING

    await killed(world, after, lambda: world.engine.build(BuildRequest("web", world.source)), built)
    assert (await world.built("web")).phase is BuildPhase.COMPLETE
    await world.engine.deploy(world.request("web", image=None, host_name="web.example.org"))
    await world.running("web", 2)

    async def gone() -> bool:
        return "web" not in await world.engine.names()

    await killed(world, after, lambda: world.engine.delete("web"), gone)
    # Nobody asks again: it was wanted, and is done.
    await world.gone("web")
    assert world.daemon.containers == {}
    assert [each for each in world.daemon.images.values() if each.labels] == []
    assert world.daemon.registry == {}

    async def networks() -> set[str]:
        return set(world.daemon.networks)

    await world.until("its networks go", networks, lambda seen: not seen)
    assert list((world.state_directory / "deployments").iterdir()) == []
    await world.close()
