"""Waiting: soon at first, then more rarely, never for ever; and which driver serves what."""

from __future__ import annotations

import pytest

from nai.catalogue import VimInstance
from nai.vim import VimCredentialsError, VimError, VimTimeoutError, VimUnreachableError, open_driver
from nai.vim.polling import LONGEST_PAUSE_SECONDS, poll
from tests.unit.vim.conftest import FastClock


async def test_it_looks_soon_at_first_and_then_more_rarely(clock: FastClock) -> None:
    async def never() -> bool | None:
        return None

    with pytest.raises(VimTimeoutError, match="not within 20 s: something"):
        await poll("something", never, clock=clock, timeout_seconds=20)
    assert clock.pauses[0] == 0.1
    assert clock.pauses == sorted(clock.pauses)
    assert clock.pauses[-1] == LONGEST_PAUSE_SECONDS
    assert 20 <= sum(clock.pauses) < 20 + LONGEST_PAUSE_SECONDS


async def test_an_infrastructure_that_stays_away_is_told_as_such(clock: FastClock) -> None:
    async def away() -> bool | None:
        raise VimUnreachableError("away")

    with pytest.raises(VimUnreachableError, match="away"):
        await poll("something", away, clock=clock, timeout_seconds=5)


@pytest.mark.parametrize("kind", [VimError, VimCredentialsError])
async def test_any_other_error_ends_the_wait_at_once(clock: FastClock, kind: type[VimError]) -> None:
    async def broken() -> bool | None:
        raise kind("broken")

    with pytest.raises(VimError, match="broken"):
        await poll("something", broken, clock=clock, timeout_seconds=5)
    assert clock.pauses == []


def test_a_type_without_a_driver_is_told_with_those_there_are() -> None:
    with pytest.raises(VimError, match=r"type 'amazon', for which there is no driver; there are drivers for docker"):
        open_driver(VimInstance(name="x", type="amazon"))
