"""What the steps of all operations on applications share: reading and writing, asking again, waiting.

An engine or an orchestrator that does not answer is no failure: it is told by the application's status and reason, and
asked again until it answers. What either refuses is one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from nai.catalogue.applications import AppStatus
from nai.core.errors import ConflictError
from nai.core.operations.table import microseconds
from nai.nfvo.client import NfvoError
from nai.paas.applications import store
from nai.paas.applications.media_plane import away
from nai.paas.engines.errors import EngineUnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from nai.core.operations import StepContext
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.25
SHARE_OF_TIME = 0.05
"""What is waited for is found at most so much later, as a part of what it took."""


class SupersededError(ConflictError):
    """Something else is being done to the application by now, or it is gone."""


class StepError(ConflictError):
    """What a step waited for has failed, or takes too long."""


class Progress:
    """Of operations on applications."""

    def __init__(self, paas: Paas) -> None:
        """Use the parts of the PaaS manager."""
        self._paas = paas
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._told: dict[str, str] = {}
        """What an operation has last said that it waits for."""

    def now(self) -> datetime:
        """The time of day."""
        return self._paas.clock.now()

    async def load(self, ctx: StepContext) -> Stored:
        """The application of an operation.

        Raises:
            SupersededError: It is not the operation's any more.
        """
        async with self._paas.database.session() as session:
            return _own(ctx, await store.find(session, ctx.operation.subject, self.now()))

    @asynccontextmanager
    async def completing(self, ctx: StepContext) -> AsyncIterator[Stored]:
        """Change the application in one transaction with the end of the step.

        Raises:
            SupersededError: It is not the operation's any more.
        """
        async with ctx.completing() as session:
            stored = _own(ctx, await store.find(session, ctx.operation.subject, self.now(), lock=True))
            yield stored
            await store.save(session, stored)

    def over(self, stored: Stored, ctx: StepContext) -> None:
        """Say, in the transaction of the last step, that nothing is being done any more."""
        stored.operation_id = ""
        self._told.pop(ctx.operation.id, None)

    async def answered(self, ctx: StepContext, during: AppStatus, action: Callable[[], Awaitable[T]]) -> T:
        """Do something at the engine or the orchestrator, again and again until they answer.

        Args:
            ctx: Of the step.
            during: What the application is while they answer.
            action: What to do; it can be done again.

        Raises:
            EngineRefusedError: The engine says no.
            NfvoError: The orchestrator says no.
        """
        began = self._paas.clock.monotonic()
        while True:
            try:
                result = await action()
            except EngineUnreachableError as error:
                await self._tell(ctx, AppStatus.PAAS_RESOURCE_MISSING, f"Waits for the engine: {error}")
            except NfvoError as error:
                if not away(error):
                    raise
                await self._tell(ctx, during, f"Waits for the orchestrator: {error}")
            else:
                await self._tell(ctx, during, "")
                return result
            await self.rest(ctx, began)

    async def rest(self, ctx: StepContext, began: float) -> None:
        """Pause before the next look, shorter where something is heard of the application.

        Args:
            ctx: Of the step.
            began: When the waiting began, by the clock's seconds.
        """
        clock, limits = self._paas.clock, self._paas.settings.limits
        pause = max(FIRST_PAUSE_SECONDS, (clock.monotonic() - began) * SHARE_OF_TIME)
        bell = self._bells[ctx.operation.subject]
        waiting = [
            asyncio.ensure_future(clock.sleep(min(pause, limits.poll_seconds))),
            asyncio.ensure_future(bell.wait()),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            self._bells.pop(ctx.operation.subject, None)

    def ring(self, application_id: str) -> None:
        """Have whoever waits for something about an application look at once."""
        if (bell := self._bells.get(application_id)) is not None:
            bell.set()

    async def since(self, ctx: StepContext, what: str) -> float:
        """Seconds since something began, which is now if this is asked for the first time."""
        now = microseconds(self.now())
        if what not in ctx.data:
            ctx.data[what] = now
            await ctx.save()
        return float(now - ctx.data[what]) / 1e6

    async def failed(self, ctx: StepContext, error: Exception, what: str) -> None:
        """Say why an application is FAILED.

        Args:
            ctx: Of the step that failed.
            error: Why.
            what: What could not be done.
        """
        self._told.pop(ctx.operation.id, None)
        async with self._paas.database.session() as session:
            stored = await store.find(session, ctx.operation.subject, self.now(), lock=True)
            if stored is None or stored.operation_id != ctx.operation.id:
                return
            stored.enter(AppStatus.FAILED, self.now(), f"{what}: {error or type(error).__name__}")
            stored.failed_in = ctx.operation.step
            stored.operation_id = ""
            await store.save(session, stored)

    async def _tell(self, ctx: StepContext, status: AppStatus, reason: str) -> None:
        """Write what an application waits for; nothing where that has not changed."""
        if self._told.get(ctx.operation.id) == reason:
            return
        async with self._paas.database.session() as session:
            stored = _own(ctx, await store.find(session, ctx.operation.subject, self.now(), lock=True))
            present = stored.application.status or status
            missing = AppStatus.PAAS_RESOURCE_MISSING
            if not stored.deleting:
                # Only away and back again: whatever else a step makes of it, it writes itself.
                wanted = status if missing in (status, present) else present
                if (wanted, reason or None) != (present, stored.application.status_reason):
                    stored.enter(wanted, self.now(), reason)
                    await store.save(session, stored)
            elif reason:
                stored.application.status_reason = f"Is being deleted. {reason}"
                await store.save(session, stored)
        self._told[ctx.operation.id] = reason


def _own(ctx: StepContext, stored: Stored | None) -> Stored:
    if stored is None or stored.operation_id != ctx.operation.id:
        raise SupersededError("Something else is being done to the application, or it is gone")
    return stored
