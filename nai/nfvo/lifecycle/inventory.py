"""The lifecycle's view of what was on-boarded: `Inventory` over the orchestrator's own stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from nai.core.errors import NotFoundError
from nai.nfvo.store import descriptors
from nai.nfvo.store.keys import keys
from nai.nfvo.store.packages import packages
from nai.nfvo.store.vims import vims
from nai.nfvo.tables import VimRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.catalogue import Key, NetworkServiceDescriptor, VimInstance, VNFPackage
    from nai.core.cipher import Cipher
    from nai.core.database import Database


class StoredInventory:
    """See `nai.nfvo.lifecycle.ports.Inventory`."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        """Use the orchestrator's database.

        Args:
            database: holds everything.
            cipher: opens the infrastructures' passwords.
        """
        self._database, self._cipher = database, cipher

    async def descriptor(self, project_id: str, descriptor_id: str) -> NetworkServiceDescriptor | None:
        """See `Inventory`."""
        async with self._database.session() as session:
            try:
                return await descriptors.get_service(session, descriptor_id, project_id)
            except NotFoundError:
                return None

    async def vim_instances(self, project_id: str) -> Sequence[VimInstance]:
        """See `Inventory`."""
        async with self._database.session() as session:
            rows = await session.scalars(select(VimRow).where(VimRow.project_id == project_id).order_by(VimRow.name))
            return [vims.opened(row, self._cipher) for row in rows]

    async def keys(self, project_id: str) -> Sequence[Key]:
        """See `Inventory`."""
        async with self._database.session() as session:
            return await keys.list(session, project_id)

    async def package(self, project_id: str, reference: str) -> VNFPackage | None:
        """See `Inventory`."""
        async with self._database.session() as session:
            try:
                found = await packages.get(session, reference, project_id)
            except NotFoundError:
                named = await packages.named(session, reference, project_id)
                if named is None:
                    return None
                found = named
            found.scripts = await packages.scripts(session, found.id or "")
            return found
