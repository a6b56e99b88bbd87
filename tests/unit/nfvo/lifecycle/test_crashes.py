"""The orchestrator ends at every single point of an operation, and goes on in a new process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.nfvo import PROJECT, Stage, instances_of, stage
from tests.unit.nfvo.lifecycle.test_scaling import PAIR, parts


class EndedError(BaseException):
    """The process is gone: whatever was going on is not."""


class Killer:
    """Ends the process at a point, once; notes all points."""

    def __init__(self) -> None:
        self.points: list[str] = []
        self.at: str | None = None

    def __call__(self, point: str) -> None:
        self.points.append(point)
        if point == self.at:
            self.at = None
            raise EndedError(point)


async def instantiate(here: Stage) -> str:
    return await here.order(PAIR)


async def scale_out(here: Stage) -> str:
    record = await here.deploy(PAIR)
    await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
    return str(record["id"])


async def scale_in(here: Stage) -> str:
    record = await here.deploy(PAIR)
    await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
    record = await here.settled(record["id"])
    await here.orchestrator.orders.scale_in(PROJECT, *parts(record, "server"), None)
    return str(record["id"])


async def terminate(here: Stage) -> str:
    record = await here.deploy(PAIR)
    await here.orchestrator.orders.terminate(PROJECT, record["id"])
    return str(record["id"])


async def heal(here: Stage) -> str:
    record = await here.deploy(PAIR)
    instance = instances_of(record, "server")[0]
    here.vim.lose(instance["hostname"])
    await here.orchestrator.orders.heal(PROJECT, *parts(record, "server"), instance["id"], "")
    return str(record["id"])


POINTS = {
    "instantiate": (
        instantiate,
        2,
        [
            "links/before",
            "links/after",
            "functions/before",
            "server/instantiated",
            "client/instantiated",
            "client/modified",
            "server/started",
            "client/started",
            "functions/after",
            "finish/before",
            "finish/after",
        ],
    ),
    "scale_out": (
        scale_out,
        3,
        ["add/before", "add/after", "relate/before", "relate/after", "finish/before", "finish/after"],
    ),
    "scale_in": (
        scale_in,
        2,
        ["tell/before", "tell/after", "remove/before", "remove/after", "finish/before", "finish/after"],
    ),
    "heal": (heal, 2, ["restore/before", "restore/after", "heal/before", "heal/after", "relate/after", "finish/after"]),
    "terminate": (terminate, 0, ["release/before", "release/after", "delete/before", "delete/after"]),
}


@pytest.mark.parametrize(
    ("kind", "act", "expected", "point"),
    [(kind, act, expected, point) for kind, (act, expected, points) in POINTS.items() for point in points],
    ids=[f"{kind}-{point}" for kind, (_, _, points) in POINTS.items() for point in points],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_it_converges(
    tmp_path: Path, kind: str, act: Callable[[Stage], Awaitable[str]], expected: int, point: str
) -> None:
    killer = Killer()
    async with stage(tmp_path, observer=killer) as here:
        await here.vnfm()
        killer.at = f"{kind}/{point}"
        service = await act(here)
        await here.until(lambda: killer.at is None)
        await here.restart()
        record = await here.settled(service)
        if expected:
            assert record["status"] == "ACTIVE", record["task"]
            assert sorted(each["hostname"] for each in instances_of(record)) == here.servers
        else:
            assert record == {}
        assert len(here.servers) == expected
        made = 2 if kind == "heal" else 1
        assert max(here.vim.creations.values()) <= made


async def test_no_point_is_forgotten(tmp_path: Path) -> None:
    killer = Killer()
    async with stage(tmp_path, observer=killer) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        await here.orchestrator.orders.scale_out(PROJECT, *parts(record, "server"), None)
        await here.settled(record["id"])
        await here.orchestrator.orders.scale_in(PROJECT, *parts(record, "server"), None)
        await here.settled(record["id"])
        await here.orchestrator.orders.terminate(PROJECT, record["id"])
        await here.settled(record["id"])
    known = {f"{kind}/{point}" for kind, (_, _, points) in POINTS.items() for point in points}
    assert set(killer.points) <= known
