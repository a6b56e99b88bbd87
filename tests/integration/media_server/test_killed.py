"""kill -9 at every persisted step of instantiate, start, scale-out, scale-in, the warm pool and terminate.

Each point is a VNF's whole life in a service of its own, which dies at the point and is started again. Several lives
run at a time; the tests then look at each one's end: everything converged, no server was made twice, none forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from nai.core.bus import AmqpBus
from tests.integration.media_server.world import World, connected

AT_A_TIME = 8

SDK = ("recorded/after", "run/after", "finished/after", "sent/after")
INSTANTIATE = [
    f"INSTANTIATE/{point}" for point in ("granted/after", "managed", "reserved", "allocated", "written", *SDK)
]
START = [f"START/{point}" for point in ("served", "active", *SDK)]
TERMINATE = [f"RELEASE_RESOURCES/{point}" for point in ("begun", "leaving", "forgotten", "deleted", "over", *SDK)]
SCALE_OUT = [
    "engine/decided",
    *(
        f"scale-out/{step}/{when}"
        for step in ("reserve", "allocate", "record", "serve")
        for when in ("before", "after")
    ),
    *(f"scale-out/{point}" for point in ("reserved", "announced", "allocated", "recorded", "served")),
]
SCALE_IN = [
    *(f"scale-in/{step}/{when}" for step in ("claim", "record", "remove") for when in ("before", "after")),
    *(f"scale-in/{point}" for point in ("released", "claimed", "recorded", "withdrawn", "deleted")),
]
POOL = [
    *(f"fill-pool/{step}/{when}" for step in ("reserve", "allocate") for when in ("before", "after")),
    *(f"fill-pool/{point}" for point in ("reserved", "allocated")),
]
BY_THE_NFVO = [
    *(f"SCALE_OUT/{point}" for point in ("recorded/after", "reserved", "allocated", "served", "run/after")),
    *(f"SCALE_IN/{point}" for point in ("recorded/after", "claimed", "written", "deleted", "run/after")),
]
CLOUD = [
    "cloud/create_server/before",
    "cloud/create_server/after",
    "cloud/delete_server/before",
    "cloud/delete_server/after",
]
POINTS = [*INSTANTIATE, *START, *TERMINATE, *SCALE_OUT, *SCALE_IN, *POOL, *BY_THE_NFVO, *CLOUD]


async def grow_and_shrink(world: World) -> None:
    """Policies add two servers, and remove them again."""
    await world.run()
    session = await world.load(150)
    await world.scaled_out()
    await world.unload(session)
    await world.scaled_in()


async def come_and_go(world: World) -> None:
    """Two servers, without any scaling."""
    await world.run(count=2, policies=())
    await world.agree(2)


async def warm(world: World) -> None:
    """One server serves and two are warm."""
    await world.run(policies=())
    await world.until("two instances are warm", lambda: len(world.servers) == 3)
    await world.warm(2)
    assert list(await world.media_servers()) == world.recorded


async def by_the_nfvo(world: World) -> None:
    """The NFVO adds a server, and removes it again."""
    await world.run(policies=())
    added = await world.nfvo_scales_out()
    await world.agree(2)
    await world.nfvo_scales_in(added)
    await world.agree(1)


async def play(world: World, point: str) -> None:
    """Plays the life in which a point lies, to the end."""
    if point in CLOUD:
        _, operation, when = point.split("/")
        world.vim.kill_the_process(operation, when="before" if when == "before" else "after")
        await world.start()
    else:
        await world.start(kill_at=point)
    try:
        if point in POOL:
            await warm(world)
        elif point in BY_THE_NFVO:
            await by_the_nfvo(world)
        elif point in (*SCALE_OUT, *SCALE_IN, *CLOUD):
            await grow_and_shrink(world)
        else:
            await come_and_go(world)
        await world.terminate()
        await world.settled()
        await world.until(f"{point} is reached", lambda: world.kills == 1, seconds=5)
        world.check_nothing_twice()
    finally:
        await world.stop()


@pytest.fixture(scope="module")
def ends(
    tmp_path_factory: pytest.TempPathFactory, broker_url_of_all: str, new_database: Callable[[], str]
) -> dict[str, BaseException | None]:
    """How each life ended: None, or what went wrong."""
    directory = tmp_path_factory.mktemp("killed")
    return asyncio.run(_play_all(directory, broker_url_of_all, new_database))


async def _play_all(
    directory: Path, broker_url: str, new_database: Callable[[], str]
) -> dict[str, BaseException | None]:
    bus = await AmqpBus.connect(broker_url)
    nfvo = await connected(bus, directory)
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(number: int, point: str) -> None:
        async with slots:
            pool = {"autoscaling": {"pool": {"activate": True, "size": 2, "period": 1}}} if point in POOL else {}
            database = await asyncio.to_thread(new_database)
            await play(World(directory, f"killed-{number}", nfvo, broker_url, database, **pool), point)

    results = await asyncio.gather(*(one(*each) for each in enumerate(POINTS)), return_exceptions=True)
    await bus.close()
    return dict(zip(POINTS, results, strict=True))


@pytest.mark.parametrize("point", POINTS)
def test_converges_when_killed_at(point: str, ends: dict[str, BaseException | None]) -> None:
    if (error := ends[point]) is not None:
        raise error
