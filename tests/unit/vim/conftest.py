"""What the tests of the drivers share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


class FastClock:
    """A clock that nobody waits on: sleeping moves it."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return sum(self.pauses)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def clock() -> FastClock:
    """Time that passes by itself."""
    return FastClock()
