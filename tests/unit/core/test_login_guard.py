"""Guessing passwords gets slower and slower."""

import pytest

from nai.core.clock import ManualClock
from nai.core.login_guard import FORGET_SECONDS, FREE_TRIES, MOST_REMEMBERED, LoginGuard, TooManyTriesError


async def test_pauses_double_and_end() -> None:
    clock = ManualClock()
    guard = LoginGuard(clock)
    for _ in range(FREE_TRIES):
        guard.check("Ann")
        guard.failed("ann")
    pauses = []
    for _ in range(10):
        with pytest.raises(TooManyTriesError) as caught:
            guard.check("ANN")
        pauses.append(caught.value.seconds)
        await clock.advance(caught.value.seconds)
        guard.check("ann")
        guard.failed("ann")
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 300
    guard.check("bob")


async def test_the_right_password_and_time_forgive() -> None:
    clock = ManualClock()
    guard = LoginGuard(clock)
    for _ in range(FREE_TRIES - 1):
        guard.failed("ann")
    guard.succeeded("ann")
    guard.failed("ann")
    guard.check("ann")
    for _ in range(FREE_TRIES - 2):
        guard.failed("ann")
    await clock.advance(FORGET_SECONDS + 1)
    guard.failed("ann")
    guard.check("ann")


def test_invented_names_do_not_fill_the_memory() -> None:
    guard = LoginGuard(ManualClock())
    for number in range(MOST_REMEMBERED + 50):
        guard.failed(f"user{number}")
    assert len(guard._failures) == MOST_REMEMBERED
