"""Public keys, by name within a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Key
from nai.core.errors import InvalidError
from nai.nfvo.errors import AlreadyExistsError
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import KeyRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class KeyStore(DocumentStore[Key]):
    """The public keys of all projects."""

    async def add_new(self, session: AsyncSession, key: Key, project_id: str) -> Key:
        """Insert a key.

        Raises:
            AlreadyExistsError: the project has one of that name.
            InvalidError: it has no name.
        """
        if not key.name:
            message = "a Key needs a name"
            raise InvalidError(message)
        if await self.named(session, key.name, project_id) is not None:
            message = f"Key with name {key.name} already exists in this project"
            raise AlreadyExistsError(message)
        return await self.add(session, key, project_id)


keys = KeyStore(KeyRow, Key, "Key")
