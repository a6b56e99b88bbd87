"""Projects, by unique name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from nai.catalogue import Project
from nai.core.errors import InvalidError
from nai.nfvo.errors import AlreadyExistsError, InUseError
from nai.nfvo.identity.roles import ANY_PROJECT
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import (
    ConfigurationRow,
    EventEndpointRow,
    FunctionDescriptorRow,
    KeyRow,
    PackageRow,
    ProjectRow,
    ServiceDescriptorRow,
    VimRow,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_NEEDED = (ServiceDescriptorRow, FunctionDescriptorRow, VimRow, PackageRow)
"""What keeps a project from being deleted."""
_DROPPED = (KeyRow, EventEndpointRow, ConfigurationRow)
"""What goes with it."""


class ProjectStore(DocumentStore[Project]):
    """All projects."""

    async def add_new(self, session: AsyncSession, project: Project) -> Project:
        """Insert a project.

        Raises:
            AlreadyExistsError: there is one of that name.
            InvalidError: it has no name, or that which stands for all projects.
        """
        await self._check_name(session, project, None)
        return await self.add(session, project)

    async def rename(self, session: AsyncSession, id_: str, project: Project) -> Project:
        """Put a project in another's place.

        Raises:
            AlreadyExistsError: another one has that name.
            InvalidError: it has no name, or that which stands for all projects.
            NotFoundError: there is none of that id.
        """
        await self.row(session, id_)
        await self._check_name(session, project, id_)
        return await self.replace(session, id_, project)

    async def delete_empty(self, session: AsyncSession, id_: str) -> None:
        """Delete a project with its keys, subscribers and configurations.

        Raises:
            InUseError: it has descriptors, packages or infrastructures.
            NotFoundError: there is none of that id.
        """
        row = await self.row(session, id_)
        for table in _NEEDED:
            if await session.scalar(select(func.count()).select_from(table).where(table.project_id == id_)):
                message = f"the project {row.name} still has entries in {table.__tablename__}; delete them first"
                raise InUseError(message)
        for dropped in _DROPPED:
            for each in await session.scalars(select(dropped).where(dropped.project_id == id_)):
                await session.delete(each)
        await session.delete(row)
        await session.flush()

    async def _check_name(self, session: AsyncSession, project: Project, id_: str | None) -> None:
        if not project.name or project.name == ANY_PROJECT:
            message = "a Project needs a name other than *"
            raise InvalidError(message)
        known = await self.named(session, project.name)
        if known is not None and known.id != id_:
            message = f"Project with name {project.name} already exists"
            raise AlreadyExistsError(message)


projects = ProjectStore(ProjectRow, Project, "Project")
