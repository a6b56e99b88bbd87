"""Projects in the database, with the users that they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from nai.catalogue import RoleEnum
from nai.catalogue.applications import PaasProject, PaasQuota
from nai.core.errors import NotFoundError
from nai.core.identifiers import new_id
from nai.paas.errors import DuplicatedError, FieldsError
from nai.paas.identity.roles import ADMIN
from nai.paas.tables import MemberRow, ProjectRow, UserRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
MOST_DESCRIPTION = 4000


async def add_project(session: AsyncSession, project: PaasProject) -> PaasProject:
    """Insert a project.

    Raises:
        FieldsError: Fields are wrong, all named.
        DuplicatedError: There is one of that name.
    """
    members = await _checked(session, project)
    if await session.scalar(select(ProjectRow.id).where(ProjectRow.name == project.name)):
        raise DuplicatedError(f"There is a project {project.name} already")
    row = ProjectRow(id=new_id(), name=project.name, description=project.description or "", quota=_quota(project))
    session.add(row)
    await session.flush()
    await _set_members(session, row.id, members)
    return await get_project(session, row.id)


async def project_row(session: AsyncSession, identifier: str) -> ProjectRow:
    """The row of a project.

    Raises:
        NotFoundError: There is none of that id.
    """
    row = await session.get(ProjectRow, identifier) if len(identifier) <= 36 else None
    if row is None:
        raise NotFoundError(f"Project with id {identifier[:64]} was not found")
    return row


async def project_named(session: AsyncSession, name: str) -> PaasProject | None:
    """A project by name, or None."""
    row = await session.scalar(select(ProjectRow).where(ProjectRow.name == name))
    return None if row is None else (await _read(session, [row]))[0]


async def get_project(session: AsyncSession, identifier: str) -> PaasProject:
    """A project by id.

    Raises:
        NotFoundError: There is none.
    """
    return (await _read(session, [await project_row(session, identifier)]))[0]


async def list_projects(session: AsyncSession) -> list[PaasProject]:
    """All projects, by name."""
    return await _read(session, list(await session.scalars(select(ProjectRow).order_by(ProjectRow.name))))


async def replace_project(session: AsyncSession, identifier: str, project: PaasProject) -> PaasProject:
    """Change a project; its members and its quota where the document has them.

    Raises:
        NotFoundError: There is none of that id.
        FieldsError: Fields are wrong, all named.
        DuplicatedError: Another one has that name.
    """
    row = await project_row(session, identifier)
    members = await _checked(session, project)
    if row.name == ADMIN and project.name != ADMIN:
        raise FieldsError({"name": f"the project {ADMIN} keeps its name"})
    other = await session.scalar(select(ProjectRow.id).where(ProjectRow.name == project.name))
    if other not in (None, identifier):
        raise DuplicatedError(f"There is a project {project.name} already")
    row.name, row.description = project.name or "", project.description or ""
    if "quota" in project.model_fields_set:
        # Clients of the day know no quota and leave it out.
        row.quota = _quota(project)
    if "users" in project.model_fields_set:
        await session.execute(delete(MemberRow).where(MemberRow.project_id == identifier))
        await _set_members(session, identifier, members)
    await session.flush()
    return await get_project(session, identifier)


async def delete_project(session: AsyncSession, identifier: str) -> None:
    """Delete a project and the roles in it; that it has no application any more is the caller's to see.

    Raises:
        NotFoundError: There is none of that id.
        FieldsError: It is the administrators'.
    """
    row = await project_row(session, identifier)
    if row.name == ADMIN:
        raise FieldsError({"id": f"the project {ADMIN} cannot be deleted"})
    await session.delete(row)
    await session.flush()


async def _checked(session: AsyncSession, project: PaasProject) -> dict[str, RoleEnum]:
    """The roles by user id; raises FieldsError with all that is wrong."""
    wrong: dict[str, str] = {}
    if not NAME.fullmatch(project.name or ""):
        wrong["name"] = "1 to 63 letters, digits, _ and -, a letter or digit first"
    if len(project.description or "") > MOST_DESCRIPTION:
        wrong["description"] = f"at most {MOST_DESCRIPTION} characters"
    if project.quota is not None:
        for field, value in project.quota:
            if isinstance(value, int) and value < 0:
                wrong[f"quota.{field}"] = "not below 0"
    known = {row.username: row.id for row in await session.scalars(select(UserRow))} if project.users else {}
    members = {}
    for name, role in project.users.items():
        if name.lower() in known:
            members[known[name.lower()]] = role
        else:
            wrong[f"users.{name[:64]}"] = "there is no such user"
    if project.name == ADMIN and "users" in project.model_fields_set and project.users.get(ADMIN) is not RoleEnum.ADMIN:
        wrong["users"] = f"the user {ADMIN} stays an administrator of the project {ADMIN}"
    if wrong:
        raise FieldsError(wrong)
    return members


def _quota(project: PaasProject) -> dict[str, int] | None:
    return project.quota.to_wire() if project.quota is not None else None


async def _set_members(session: AsyncSession, project_id: str, members: dict[str, RoleEnum]) -> None:
    session.add_all(MemberRow(project_id=project_id, user_id=user, role=role) for user, role in members.items())
    await session.flush()


async def _read(session: AsyncSession, rows: Sequence[ProjectRow]) -> list[PaasProject]:
    query = (
        select(MemberRow, UserRow.username)
        .join(UserRow, UserRow.id == MemberRow.user_id)
        .where(MemberRow.project_id.in_([row.id for row in rows]))
        .order_by(UserRow.username)
    )
    users: dict[str, dict[str, RoleEnum]] = {}
    for member, username in await session.execute(query):
        users.setdefault(member.project_id, {})[username] = RoleEnum(member.role)
    return [
        PaasProject(
            id=row.id,
            name=row.name,
            description=row.description,
            users=users.get(row.id, {}),
            quota=PaasQuota.from_wire(row.quota) if row.quota else None,
        )
        for row in rows
    ]
