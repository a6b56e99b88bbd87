"""Clocks."""

import asyncio

from nai.core.clock import START, ManualClock, SystemClock


async def test_who_sleeps_wakes_in_order_and_at_their_own_time() -> None:
    clock, woken = ManualClock(), []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async def beat() -> None:
        while True:
            await clock.sleep(4)
            woken.append(("beat", clock.monotonic()))

    tasks = [asyncio.ensure_future(each) for each in (sleeper("late", 9), sleeper("early", 2), beat())]
    await clock.advance(10)
    assert woken == [("early", 2), ("beat", 4), ("beat", 8), ("late", 9)]
    assert clock.monotonic() == 10
    assert (clock.now() - START).total_seconds() == 10
    assert clock.sleepers == 1
    tasks[-1].cancel()


async def test_cancelled_sleeper_is_passed_over() -> None:
    clock = ManualClock()
    task = asyncio.ensure_future(clock.sleep(5))
    await clock.advance(0)
    task.cancel()
    await clock.advance(10)
    assert task.cancelled()
    assert clock.sleepers == 0


async def test_the_machines_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0)
    assert clock.now().utcoffset() is not None
    assert clock.monotonic() >= before
