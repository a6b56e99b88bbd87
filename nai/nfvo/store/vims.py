"""Infrastructures. A password is encrypted at rest, and given back to nobody but the drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from nai.catalogue import VimInstance
from nai.core.errors import InvalidError
from nai.nfvo.errors import AlreadyExistsError
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import VimRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.cipher import Cipher


class VimStore(DocumentStore[VimInstance]):
    """The infrastructures of all projects."""

    async def put_in(
        self, session: AsyncSession, vim: VimInstance, project_id: str, cipher: Cipher, *, id_: str | None = None
    ) -> VimInstance:
        """Insert an infrastructure, or replace the one of an id. Without a password the former one stays.

        Raises:
            AlreadyExistsError: another one of the project has that name.
            InvalidError: it has no name.
            NotFoundError: there is none of that id.
        """
        if not vim.name:
            message = "a VimInstance needs a name"
            raise InvalidError(message)
        named = await self._row_named(session, vim.name, project_id)
        if named is not None and named.id != id_:
            message = f"VimInstance with name {vim.name} already exists in this project"
            raise AlreadyExistsError(message)
        columns: dict[str, Any] = {"secret": cipher.encrypt(vim.password)} if vim.password else {}
        without = vim.model_copy(update={"password": None})
        if id_ is None:
            return await self.add(session, without, project_id, **columns)
        return await self.replace(session, id_, without, project_id, **columns)

    async def with_password(
        self, session: AsyncSession, name: str, project_id: str, cipher: Cipher
    ) -> VimInstance | None:
        """Return an infrastructure by its name, ready to be opened; None if there is none."""
        row = await self._row_named(session, name, project_id)
        return None if row is None else self.opened(row, cipher)

    async def names(self, session: AsyncSession, project_id: str) -> set[str]:
        """Return the names of a project's infrastructures."""
        return set(await session.scalars(select(VimRow.name).where(VimRow.project_id == project_id)))

    def opened(self, row: VimRow, cipher: Cipher) -> VimInstance:
        """Return the infrastructure of a row with its password."""
        vim = self.read(row)
        vim.password = cipher.decrypt(row.secret) or None
        return vim

    async def _row_named(self, session: AsyncSession, name: str, project_id: str) -> VimRow | None:
        query = select(VimRow).where(VimRow.project_id == project_id, VimRow.name == name)
        row: VimRow | None = await session.scalar(query)
        return row


vims = VimStore(VimRow, VimInstance, "VimInstance")
