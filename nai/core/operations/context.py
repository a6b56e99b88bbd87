"""What a step is given."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.database import Database
    from nai.core.operations.model import Operation


class StepContext:
    """The operation that a step belongs to, and its ways to persist.

    Attributes:
        operation: As it was when the step began.
        data: What steps hand on; saved when the step ends, or earlier by `save`.
    """

    def __init__(
        self,
        operation: Operation,
        database: Database,
        write: Callable[[AsyncSession, dict[str, Any]], Awaitable[None]],
        advance: Callable[[AsyncSession, dict[str, Any]], Awaitable[None]],
        observer: Callable[[str], None],
    ) -> None:
        """Made by the runner only.

        Args:
            operation: The occurrence.
            database: Where it is.
            write: Writes the data of the operation, the step still under way.
            advance: Writes that the step is done.
            observer: Hears of the points that the step passes.
        """
        self.operation = operation
        self.data: dict[str, Any] = operation.data
        self.advanced = False
        self._database = database
        self._write = write
        self._advance = advance
        self._observer = observer

    def reached(self, point: str) -> None:
        """Tell the observer that the step has come to a point worth a name."""
        self._observer(f"{self.operation.kind}/{point}")

    async def save(self, session: AsyncSession | None = None) -> None:
        """Write `data` now, in the caller's transaction or in one of its own."""
        if session is not None:
            await self._write(session, self.data)
            return
        async with self._database.session() as own:
            await self._write(own, self.data)

    @asynccontextmanager
    async def completing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that holds the step's last writes and the end of the step: both are there, or neither."""
        async with self._database.session() as session:
            yield session
            await self._advance(session, self.data)
        self.advanced = True
