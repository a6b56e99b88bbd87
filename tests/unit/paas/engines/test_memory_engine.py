"""The engine that the tests of the manager use does what the real ones do."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_suite import WORDS_OF_THE_CRASH, EngineSuite, World
from tests.support.engines import MemoryEngine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class MemoryWorld(World):
    """See World."""

    source = "https://git.example.org/web"
    broken_source = "https://git.example.org/broken"
    absent_source = "https://git.example.org/absent"
    image = "web:1"
    crashing_image = "crashes:1"
    absent_image = "absent:1"
    patience_seconds = 1
    look_seconds = 0

    engine: MemoryEngine

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open()

    def _open(self) -> None:
        self.engine = MemoryEngine(self._file)
        self.engine.bad_sources = {self.broken_source: WORDS_OF_THE_CRASH, self.absent_source: "not found"}
        self.engine.bad_images = {self.crashing_image: WORDS_OF_THE_CRASH, self.absent_image: "no image absent:1"}

    async def reopen(self) -> None:
        """See World."""
        self._open()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """See World."""
        self.engine.reachable = False
        yield
        self.engine.reachable = True

    async def kill(self, pod: str) -> None:
        """See World: another one is there at once."""

    async def environment(self, pod: str) -> dict[str, str]:
        """See World."""
        (found,) = [each for name, each in self.engine.deployments.items() if pod.startswith(f"{name}-")]
        return dict(found["environment"])

    async def published(self) -> set[str]:
        """See World."""
        return {each["host_name"] for each in self.engine.deployments.values() if each["host_name"]}


@pytest.fixture
def world(tmp_path: Path) -> MemoryWorld:
    return MemoryWorld(tmp_path / "engine.json")


class TestMemory(EngineSuite):
    """See there."""
