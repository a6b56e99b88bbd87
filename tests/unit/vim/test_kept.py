"""Connections that are kept, and locks by name."""

from __future__ import annotations

import asyncio

from nai.vim.kept import Kept, NamedLocks


class Connection:
    """Notes that it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_what_was_used_longest_ago_is_closed() -> None:
    kept: Kept[Connection] = Kept(most=2)
    one, two = kept.get(("1",), Connection), kept.get(("2",), Connection)
    assert kept.get(("1",), Connection) is one
    kept.get(("3",), Connection)
    assert (one.closed, two.closed) == (False, True)
    assert kept.get(("2",), Connection) is not two


async def test_one_name_is_held_by_one_task_at_a_time_and_forgotten_then() -> None:
    locks, inside, most = NamedLocks(), 0, 0

    async def work(name: str) -> None:
        nonlocal inside, most
        async with locks.held(name):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work("same") for _ in range(5)))
    assert most == 1
    await asyncio.gather(*(work(str(number)) for number in range(5)))
    assert most == 5
    assert locks._loops[asyncio.get_running_loop()] == {}


def test_every_event_loop_has_its_own() -> None:
    locks = NamedLocks()

    async def once() -> None:
        async with locks.held("x"):
            pass

    asyncio.run(once())
    asyncio.run(once())
