"""Operation occurrences: order, persistence, failure, retry, rollback, resumption."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from nai.core.clock import ManualClock
from nai.core.database import Database
from nai.core.errors import ConflictError, NotFoundError
from nai.core.operations import Operations, OperationState, Step, StepContext
from nai.core.operations.table import Base

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/test.sqlite")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.dispose()


@pytest.fixture
async def operations(database: Database) -> AsyncIterator[Operations]:
    operations = Operations(database, ManualClock())
    yield operations
    await operations.stop()


def noting(name: str, seen: list[str]) -> Callable[[StepContext], Awaitable[None]]:
    async def run(context: StepContext) -> None:
        seen.append(name)
        context.data.setdefault("path", []).append(name)

    return run


async def test_steps_run_in_order_and_hand_on_their_data(operations: Operations) -> None:
    seen: list[str] = []
    operations.register("build", [Step("a", noting("a", seen)), Step("b", noting("b", seen))])
    started = await operations.start("build", "x", {"who": "me"})
    ended = await operations.wait(started.id)
    assert (started.state, started.step) == (OperationState.STARTING, "a")
    assert (ended.state, ended.step, ended.error) == (OperationState.COMPLETED, "", None)
    assert ended.data == {"who": "me", "path": ["a", "b"]}
    assert seen == ["a", "b"]


async def test_one_subject_one_at_a_time_others_beside_it(operations: Operations) -> None:
    running: set[str] = set()
    most: list[set[str]] = []
    gate = asyncio.Event()

    async def run(context: StepContext) -> None:
        running.add(context.data["name"])
        most.append(set(running))
        await gate.wait()
        running.discard(context.data["name"])

    operations.register("hold", [Step("hold", run)])
    jobs = [await operations.start("hold", name[0], {"name": name}) for name in ("x1", "x2", "y1")]
    while len(most) < 2:
        await asyncio.sleep(0)
    gate.set()
    for job in jobs:
        await operations.wait(job.id)
    assert {"x1", "y1"} in most
    assert not [names for names in most if {"x1", "x2"} <= names]


async def test_failure_is_told_and_can_be_retried_from_the_step(operations: Operations) -> None:
    seen: list[str] = []
    broken = [True]
    told: list[str] = []

    async def run(_context: StepContext) -> None:
        seen.append("b")
        if broken[0]:
            raise ValueError("no room")

    async def failed(context: StepContext, error: Exception) -> None:
        told.append(f"{context.operation.step}: {error}")

    operations.register(
        "build", [Step("a", noting("a", seen)), Step("b", run), Step("c", noting("c", seen))], failed=failed
    )
    started = await operations.start("build", "x", {})
    stuck = await operations.wait(started.id)
    assert (stuck.state, stuck.step, stuck.error) == (OperationState.FAILED_TEMP, "b", "no room")
    assert told == ["b: no room"]
    broken[0] = False
    await operations.retry(started.id)
    assert (await operations.wait(started.id)).state is OperationState.COMPLETED
    assert seen == ["a", "b", "b", "c"]
    with pytest.raises(ConflictError, match="COMPLETED"):
        await operations.retry(started.id)


async def test_rollback_takes_back_the_failed_step_too_latest_first(operations: Operations) -> None:
    seen: list[str] = []

    async def fails(_context: StepContext) -> None:
        raise RuntimeError("half done")

    async def rolled_back(_context: StepContext) -> None:
        seen.append("told")

    operations.register(
        "build",
        [
            Step("a", noting("a", seen), noting("-a", seen)),
            Step("plain", noting("plain", seen)),
            Step("b", fails, noting("-b", seen)),
        ],
        rolled_back=rolled_back,
    )
    started = await operations.start("build", "x", {})
    await operations.wait(started.id)
    await operations.rollback(started.id)
    ended = await operations.wait(started.id)
    assert ended.state is OperationState.ROLLED_BACK
    assert seen == ["a", "plain", "-b", "-a", "told"]


async def test_fail_ends_it_for_good_and_others_of_the_subject_go_on(operations: Operations) -> None:
    async def fails(_context: StepContext) -> None:
        raise RuntimeError

    operations.register("bad", [Step("a", fails)])
    operations.register("good", [Step("a", noting("a", []))])
    bad = await operations.start("bad", "x", {})
    good = await operations.start("good", "x", {})
    assert (await operations.wait(good.id)).state is OperationState.COMPLETED
    assert (await operations.get(bad.id)).error == "RuntimeError"
    assert (await operations.fail(bad.id)).state is OperationState.FAILED


async def test_cancel_stops_a_hanging_step_with_the_reason(operations: Operations) -> None:
    async def hangs(_context: StepContext) -> None:
        await asyncio.Event().wait()

    operations.register("hang", [Step("a", hangs)])
    running = await operations.start("hang", "x", {})
    waiting = await operations.start("hang", "x", {})
    await asyncio.sleep(0.01)
    await operations.cancel(waiting.id, "not needed")
    await operations.cancel(running.id, "the service is deleted")
    for identifier, reason in ((running.id, "the service is deleted"), (waiting.id, "not needed")):
        ended = await operations.wait(identifier)
        assert (ended.state, ended.error) == (OperationState.FAILED_TEMP, reason)
    await operations.cancel(running.id, "again")
    assert (await operations.get(running.id)).error == "the service is deleted"


async def test_cancel_before_the_first_step_has_begun(operations: Operations) -> None:
    async def hangs(_context: StepContext) -> None:
        await asyncio.Event().wait()

    operations.register("hang", [Step("a", hangs)])
    for turns in range(4):
        running = await operations.start("hang", f"x{turns}", {})
        for _ in range(turns):
            await asyncio.sleep(0)
        await operations.cancel(running.id, "not needed")
        ended = await asyncio.wait_for(operations.wait(running.id), 5)
        assert (ended.state, ended.error) == (OperationState.FAILED_TEMP, "not needed")


async def test_next_process_goes_on_at_the_step_that_was_under_way(database: Database) -> None:
    first, second = Operations(database, ManualClock()), Operations(database, ManualClock())
    seen: list[str] = []

    async def hangs(context: StepContext) -> None:
        seen.append("hangs")
        context.data["half"] = True
        await context.save()
        await asyncio.Event().wait()

    first.register("build", [Step("a", noting("a", seen)), Step("b", hangs)])
    started = await first.start("build", "x", {})
    while "hangs" not in seen:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    await first.stop()
    second.register("build", [Step("a", noting("a", seen)), Step("b", noting("b", seen))])
    assert [operation.id for operation in await second.resume()] == [started.id]
    ended = await second.wait(started.id)
    assert seen == ["a", "hangs", "b"]
    assert ended.data == {"path": ["a", "b"], "half": True}
    await second.stop()


async def test_started_in_a_transaction_that_fails_it_never_was(database: Database, operations: Operations) -> None:
    operations.register("build", [Step("a", noting("a", []))])

    async def changes_its_mind() -> None:
        async with database.session() as session:
            await operations.start("build", "x", {}, session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await changes_its_mind()
    assert await operations.list() == []
    async with database.session() as session:
        kept = await operations.start("build", "x", {}, session)
    assert (await operations.wait(kept.id)).state is OperationState.COMPLETED


async def test_a_step_completes_in_one_transaction_with_its_writes(operations: Operations) -> None:
    async def run(context: StepContext) -> None:
        async with context.completing():
            context.data["written"] = True

    operations.register("build", [Step("a", run)])
    started = await operations.start("build", "x", {})
    assert (await operations.wait(started.id)).data == {"written": True}


async def test_a_database_that_is_away_is_waited_for(database: Database) -> None:
    clock = ManualClock()
    operations = Operations(database, clock)
    tries: list[float] = []

    async def run(_context: StepContext) -> None:
        tries.append(clock.monotonic())
        if len(tries) < 3:
            raise OperationalError("SELECT 1", {}, Exception("gone away"))

    operations.register("build", [Step("a", run)])
    started = await operations.start("build", "x", {})
    while len(tries) < 3:
        await asyncio.sleep(0.001)
        await clock.advance(0.2)
    assert (await operations.wait(started.id)).state is OperationState.COMPLETED
    await operations.stop()


async def test_observer_hears_of_every_point(database: Database) -> None:
    points: list[str] = []
    operations = Operations(database, ManualClock(), points.append)

    async def run(context: StepContext) -> None:
        context.reached("made")

    async def fails(_context: StepContext) -> None:
        raise RuntimeError

    operations.register("build", [Step("a", run), Step("b", fails)])
    started = await operations.start("build", "x", {})
    await operations.wait(started.id)
    await operations.rollback(started.id)
    await operations.wait(started.id)
    assert points == [
        "build/a/before",
        "build/made",
        "build/a/after",
        "build/b/before",
        "build/undo-b/before",
        "build/undo-b/after",
        "build/undo-a/before",
        "build/undo-a/after",
    ]
    await operations.stop()


async def test_what_another_release_wrote_fails_with_its_reason(database: Database, operations: Operations) -> None:
    old = Operations(database, ManualClock())
    hangs = asyncio.Event()

    async def hang(_context: StepContext) -> None:
        await hangs.wait()

    old.register("gone", [Step("a", hang)])
    old.register("build", [Step("former", hang)])
    kinds = [await old.start("gone", "x", {}), await old.start("build", "y", {})]
    await old.stop()
    operations.register("build", [Step("a", noting("a", []))])
    await operations.resume()
    gone, changed = [await operations.wait(kind.id) for kind in kinds]
    assert {gone.state, changed.state} == {OperationState.FAILED}
    assert gone.error == "no kind of operation is called 'gone'"
    assert changed.error == "build has no step 'former'; it has a"


async def test_prune_and_unknown(database: Database) -> None:
    clock = ManualClock()
    operations = Operations(database, clock)
    operations.register("build", [Step("a", noting("a", []))])
    started = await operations.start("build", "x", {})
    await operations.wait(started.id)
    assert await operations.prune(timedelta(hours=1)) == 0
    await clock.advance(7200)
    assert await operations.prune(timedelta(hours=1)) == 1
    with pytest.raises(NotFoundError):
        await operations.get(started.id)
    await operations.stop()
