"""VNF packages and their scripts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from sqlalchemy import select

from nai.catalogue import Script, VNFPackage
from nai.core.errors import InvalidError, NotFoundError
from nai.core.identifiers import new_id
from nai.nfvo.errors import AlreadyExistsError
from nai.nfvo.store.documents import NAME_LENGTH, DocumentStore
from nai.nfvo.tables import PackageRow, ScriptRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession


class PackageStore(DocumentStore[VNFPackage]):
    """The packages of all projects. Scripts are rows of their own: a document has their names and ids."""

    async def add_new(
        self, session: AsyncSession, package: VNFPackage, project_id: str, contents: Mapping[str, bytes]
    ) -> VNFPackage:
        """Insert a package with its scripts.

        Args:
            session: the transaction.
            package: the package; its list of scripts is made from `contents`.
            project_id: its project.
            contents: the scripts by name.

        Raises:
            AlreadyExistsError: the project has a package of that name.
            InvalidError: it has no name, or a script's name is too long.
        """
        if not package.name:
            message = "a VNFPackage needs a name"
            raise InvalidError(message)
        if await self.named(session, package.name, project_id) is not None:
            message = f"VNFPackage with name {package.name} already exists in this project"
            raise AlreadyExistsError(message)
        too_long = [name for name in contents if len(name) > NAME_LENGTH]
        if too_long:
            message = f"a script's name may have {NAME_LENGTH} characters: {too_long[0][:40]}…"
            raise InvalidError(message)
        scripts = [Script(id=new_id(), name=name) for name in sorted(contents)]
        stored = await self.add(session, package.model_copy(update={"scripts": scripts}), project_id)
        session.add_all(
            ScriptRow(id=script.id, package_id=stored.id, name=script.name, content=contents[str(script.name)])
            for script in scripts
        )
        await session.flush()
        return stored

    async def scripts(self, session: AsyncSession, package_id: str) -> list[Script]:
        """Return a package's scripts with their contents, in base64, ordered by name."""
        rows = await session.scalars(
            select(ScriptRow).where(ScriptRow.package_id == package_id).order_by(ScriptRow.name)
        )
        return [Script(id=row.id, name=row.name, payload=base64.b64encode(row.content).decode()) for row in rows]

    async def script(self, session: AsyncSession, package_id: str, script_id: str, project_id: str) -> ScriptRow:
        """Return a script of a package.

        Raises:
            NotFoundError: the project has no such package, or the package no such script.
        """
        await self.row(session, package_id, project_id)
        row = await session.get(ScriptRow, script_id)
        if row is None or row.package_id != package_id:
            message = f"Script with id {script_id} was not found in the package {package_id}"
            raise NotFoundError(message)
        return row


packages = PackageStore(PackageRow, VNFPackage, "VNFPackage")
