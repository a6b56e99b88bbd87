"""Looks at all infrastructures regularly, so that what is planned on them is planned on what is there."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from nai.core.errors import NotFoundError, ServiceError
from nai.nfvo.store.vims import vims
from nai.nfvo.tables import VimRow
from nai.nfvo.vim_refresh import looked_at

if TYPE_CHECKING:
    from nai.catalogue import VimInstance
    from nai.nfvo.context import Nfvo

log = logging.getLogger(__name__)


class VimWatch:
    """The task that looks."""

    def __init__(self, nfvo: Nfvo) -> None:
        """Prepare; nothing runs yet."""
        self._nfvo = nfvo
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="vim-watch")

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._nfvo.clock.sleep(self._nfvo.settings.vim_check_seconds)
            try:
                await self.look()
            except (SQLAlchemyError, ServiceError, OSError):
                log.exception("the infrastructures could not be looked at")

    async def look(self) -> None:
        """Look at all infrastructures once, at the same time."""
        async with self._nfvo.database.session() as session:
            known = [vims.opened(row, self._nfvo.cipher) for row in await session.scalars(select(VimRow))]
        await asyncio.gather(*(self._look_at(vim) for vim in known))

    async def _look_at(self, before: VimInstance) -> None:
        after = await looked_at(self._nfvo, before)
        if after.active != before.active:
            log.warning("VIM %s is %s", before.name, "active" if after.active else "not active any more")
        if after.to_wire() == before.to_wire():
            return
        async with self._nfvo.database.session() as session:
            with suppress(NotFoundError):
                stored = await vims.get(session, str(before.id))
                # Only what was looked at: a client may have changed the rest meanwhile.
                found = {name: getattr(after, name) for name in ("images", "flavours", "networks", "active")}
                await vims.replace(session, str(before.id), stored.model_copy(update=found))
