"""The end of an application: its containers and its media servers go at the same time, then what describes them.

The row stays until nothing is left, so that an engine or an orchestrator that is away for an hour makes no orphan.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nai.catalogue import Status
from nai.catalogue.applications import AppStatus
from nai.core.operations import Step
from nai.nfvo.client import NfvoError
from nai.paas.applications import media_plane as plane
from nai.paas.applications import store

if TYPE_CHECKING:
    from nai.core.operations import Operations, StepContext
    from nai.paas.applications.progress import Progress
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas

DELETE = "delete"
BEING_DELETED = "Is being deleted"

REPEAT_SECONDS = 60.0
"""How often the orchestrator is told again to end a service that does not end."""


class Deletion:
    """The steps."""

    def __init__(self, paas: Paas, media_plane: plane.MediaPlane, progress: Progress) -> None:
        """Use the parts.

        Args:
            paas: The PaaS manager's.
            media_plane: The orchestrator.
            progress: What all steps share.
        """
        self._paas, self._plane, self._progress = paas, media_plane, progress

    def register(self, operations: Operations) -> None:
        """Say what the operation consists of."""
        steps = [Step("release", self.release), Step("describe_no_more", self.describe_no_more)]
        operations.register(DELETE, [*steps, Step("forget", self.forget)], failed=self.failed)

    async def failed(self, ctx: StepContext, error: Exception) -> None:
        """Say why it could not be deleted; asked for once more it is tried once more."""
        await self._progress.failed(ctx, error, "It could not be deleted")

    async def release(self, ctx: StepContext) -> None:
        """Remove containers and media servers."""
        stored = await self._progress.load(ctx)
        both = (self._containers(ctx, stored), self._media_servers(ctx, stored))
        # One that is refused must not leave the other half done.
        for error in await asyncio.gather(*both, return_exceptions=True):
            if isinstance(error, BaseException):
                raise error

    async def _containers(self, ctx: StepContext, stored: Stored) -> None:
        for os_name in stored.os_names:
            await self._progress.answered(
                ctx,
                AppStatus.PAAS_RESOURCE_MISSING,
                lambda: self._paas.engine.delete(os_name),  # noqa: B023  # awaited here
            )
            ctx.reached("container")

    async def _media_servers(self, ctx: StepContext, stored: Stored) -> None:
        began = told = self._paas.clock.monotonic()
        ordered: set[str] = set()
        while True:
            left = await self._progress.answered(ctx, AppStatus.PAAS_RESOURCE_MISSING, lambda: self._left(stored))
            if not left:
                return
            if self._paas.clock.monotonic() - told > REPEAT_SECONDS:
                ordered, told = set(), self._paas.clock.monotonic()
            for record_id, status in left.items():
                if record_id not in ordered or status is Status.ERROR:
                    await self._progress.answered(
                        ctx,
                        AppStatus.PAAS_RESOURCE_MISSING,
                        lambda: self._plane.terminate(record_id),  # noqa: B023  # awaited here
                    )
                    ordered.add(record_id)
                    ctx.reached("terminated")
            await self._progress.rest(ctx, began)

    async def _left(self, stored: Stored) -> dict[str, Status | None]:
        """What the orchestrator still has, by id: an order that nobody answered in time is found by its name."""
        named = await self._plane.records(plane.service_name(stored.application))
        left = {record.id or "": record.status for record in named}
        if stored.nsr_id and stored.nsr_id not in left:
            record = await self._plane.record(stored.nsr_id)
            if record is not None:
                left[stored.nsr_id] = record.status
        return left

    async def describe_no_more(self, ctx: StepContext) -> None:
        """Remove the descriptor."""
        stored, began = await self._progress.load(ctx), self._paas.clock.monotonic()
        name = plane.service_name(stored.application)
        while True:
            try:
                await self._progress.answered(
                    ctx, AppStatus.PAAS_RESOURCE_MISSING, lambda: self._plane.remove_descriptors(name)
                )
            except NfvoError:
                # An order that was on its way has arrived meanwhile.
                if not await self._left(stored):
                    raise
                await self._media_servers(ctx, stored)
                await self._progress.rest(ctx, began)
            else:
                return

    async def forget(self, ctx: StepContext) -> None:
        """Remove the row; its names stay known for a while."""
        async with ctx.completing() as session:
            stored = await store.find(session, ctx.operation.subject, self._progress.now(), lock=True)
            if stored is not None:
                self._progress.over(stored, ctx)
                await store.forget(session, stored, plane.service_name(stored.application), self._progress.now())
