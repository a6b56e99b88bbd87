"""VNF managers that registered themselves. There is one of each type: that is how descriptors name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from nai.catalogue import VnfmManagerEndpoint
from nai.core.errors import InvalidError
from nai.nfvo.store.documents import NAME_LENGTH, DocumentStore
from nai.nfvo.tables import ManagerRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class ManagerStore(DocumentStore[VnfmManagerEndpoint]):
    """All registered managers."""

    async def of_type(self, session: AsyncSession, type_: str) -> VnfmManagerEndpoint | None:
        """Return the manager of a type, or None."""
        row = await self._row_of_type(session, type_)
        return None if row is None else self.read(row)

    async def register(self, session: AsyncSession, endpoint: VnfmManagerEndpoint) -> VnfmManagerEndpoint:
        """Take a manager in; one that registers again keeps its id. Returns it as stored, enabled and active.

        Raises:
            InvalidError: it has no type, or one that is too long.
        """
        if not endpoint.type or len(endpoint.type) > NAME_LENGTH:
            message = f"a VNFManager needs a type of 1 to {NAME_LENGTH} characters"
            raise InvalidError(message)
        taken = endpoint.model_copy(update={"enabled": True, "active": True})
        row = await self._row_of_type(session, endpoint.type)
        if row is None:
            return await self.add(session, taken, type=endpoint.type)
        return await self.replace(session, row.id, taken)

    async def unregister(self, session: AsyncSession, endpoint: VnfmManagerEndpoint) -> bool:
        """Forget a manager; return whether it was there."""
        row = await self._row_of_type(session, endpoint.type or "")
        if row is not None:
            await session.delete(row)
        return row is not None

    async def set_active(self, session: AsyncSession, id_: str, *, active: bool) -> None:
        """Note whether a manager listens.

        Raises:
            NotFoundError: there is no such manager.
        """
        manager = await self.get(session, id_)
        manager.active = active
        await self.replace(session, id_, manager)

    async def _row_of_type(self, session: AsyncSession, type_: str) -> ManagerRow | None:
        row: ManagerRow | None = await session.scalar(select(ManagerRow).where(ManagerRow.type == type_))
        return row


managers = ManagerStore(ManagerRow, VnfmManagerEndpoint, "VNFManager")
