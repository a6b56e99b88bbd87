"""Guessing passwords gets slower and slower."""

import itertools

import pytest

from nai.core.clock import ManualClock
from nai.core.login_guard import FORGET_SECONDS, FREE_TRIES, MOST_REMEMBERED, LoginGuard, TooManyTriesError, retry_after

guesses = (f"guess {number}" for number in itertools.count())


async def test_pauses_double_and_end() -> None:
    clock = ManualClock()
    guard = LoginGuard(clock)
    for _ in range(FREE_TRIES):
        guard.check("Ann")
        guard.failed("ann", next(guesses))
    pauses = []
    for _ in range(10):
        with pytest.raises(TooManyTriesError) as caught:
            guard.check("ANN")
        pauses.append(caught.value.seconds)
        assert retry_after(caught.value) == {"Retry-After": f"{caught.value.seconds:.0f}"}
        await clock.advance(caught.value.seconds)
        guard.check("ann")
        guard.failed("ann", next(guesses))
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 300
    guard.check("bob")


async def test_the_right_password_and_time_forgive() -> None:
    clock = ManualClock()
    guard = LoginGuard(clock)
    for _ in range(FREE_TRIES - 1):
        guard.failed("ann", next(guesses))
    guard.succeeded("ann")
    guard.failed("ann", next(guesses))
    guard.check("ann")
    for _ in range(FREE_TRIES - 2):
        guard.failed("ann", next(guesses))
    await clock.advance(FORGET_SECONDS + 1)
    guard.failed("ann", next(guesses))
    guard.check("ann")


def test_a_password_of_before_locks_nobody_out() -> None:
    guard = LoginGuard(ManualClock())
    for _ in range(100):
        guard.failed("ann", "the password of yesterday")
        guard.check("ann")
    for _ in range(FREE_TRIES - 1):
        guard.failed("ann", next(guesses))
    with pytest.raises(TooManyTriesError):
        guard.check("ann")


def test_invented_names_do_not_fill_the_memory() -> None:
    guard = LoginGuard(ManualClock())
    for number in range(MOST_REMEMBERED + 50):
        guard.failed(f"user{number}", "wrong")
    assert len(guard._failures) == MOST_REMEMBERED
