"""Users in the database. A role has its project by name on the wire, by id in the table: renaming one keeps it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from nai.catalogue import RoleEnum
from nai.catalogue.applications import PaasRole, PaasUser
from nai.core.errors import NotFoundError
from nai.core.identifiers import new_id
from nai.core.logins import Account
from nai.paas.errors import DuplicatedError, FieldsError
from nai.paas.identity.roles import ADMIN
from nai.paas.tables import MemberRow, ProjectRow, UserRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Users are deleted by id or by name: a name must not be another one's id."""
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class UserAccounts:
    """Finds users for log-ins."""

    async def named(self, session: AsyncSession, username: str) -> Account[PaasUser] | None:
        """The account of a user name, or None."""
        return await self._account(session, await find_user(session, username))

    async def by_id(self, session: AsyncSession, identifier: str) -> Account[PaasUser] | None:
        """The account of an id, or None."""
        return await self._account(session, await user_by_id(session, identifier))

    async def _account(self, session: AsyncSession, row: UserRow | None) -> Account[PaasUser] | None:
        if row is None:
            return None
        user = (await _read(session, [row]))[0]
        return Account(row.id, row.password_hash, row.enabled, user)


async def add_user(session: AsyncSession, user: PaasUser, password_hash: str) -> PaasUser:
    """Insert a user.

    Raises:
        FieldsError: Fields are wrong, all named.
        DuplicatedError: There is one of that name.
    """
    name = (user.username or "").lower()
    memberships = await _checked(session, user, name)
    if await session.scalar(select(UserRow.id).where(UserRow.username == name)):
        raise DuplicatedError(f"There is a user {name} already")
    row = UserRow(id=new_id(), username=name, password_hash=password_hash, enabled=user.enabled, email=user.email or "")
    session.add(row)
    await session.flush()
    _add_members(session, row.id, memberships)
    await session.flush()
    return (await _read(session, [row]))[0]


async def find_user(session: AsyncSession, username: str) -> UserRow | None:
    """The row of a user by name, or None."""
    name = username.lower()
    row: UserRow | None = await session.scalar(select(UserRow).where(UserRow.username == name))
    # MariaDB takes "ádmin " for "admin": one user would have many names, each with free tries of a password.
    return row if row is not None and row.username == name else None


async def user_row(session: AsyncSession, username: str) -> UserRow:
    """The row of a user.

    Raises:
        NotFoundError: There is none of that name.
    """
    row = await find_user(session, username)
    if row is None:
        raise NotFoundError(f"User {username[:64]} was not found")
    return row


async def user_by_id(session: AsyncSession, identifier: str) -> UserRow | None:
    """The row of a user by id, or None."""
    return await session.get(UserRow, identifier) if len(identifier) <= 36 else None


async def count_waiting(session: AsyncSession) -> int:
    """How many users are disabled and have no role: they have registered and wait for an administrator."""
    with_role = select(MemberRow.user_id)
    query = select(func.count()).where(UserRow.enabled.is_(False), UserRow.id.not_in(with_role))
    return await session.scalar(query) or 0


async def get_user(session: AsyncSession, username: str) -> PaasUser:
    """A user by name.

    Raises:
        NotFoundError: There is none.
    """
    return (await _read(session, [await user_row(session, username)]))[0]


async def list_users(session: AsyncSession) -> list[PaasUser]:
    """All users, by name."""
    return await _read(session, list(await session.scalars(select(UserRow).order_by(UserRow.username))))


async def replace_user(session: AsyncSession, username: str, user: PaasUser) -> PaasUser:
    """Change what the document has of mail address, roles, and whether the user may log in.

    Raises:
        NotFoundError: There is none of that name.
        FieldsError: Fields are wrong, all named.
    """
    row = await user_row(session, username)
    memberships = await _checked(session, user, row.username)
    given = user.model_fields_set
    if row.username == ADMIN and "enabled" in given and not user.enabled:
        raise FieldsError({"enabled": f"the user {ADMIN} stays enabled"})
    if row.username == ADMIN and "roles" in given and RoleEnum.ADMIN not in memberships.values():
        raise FieldsError({"roles": f"the user {ADMIN} stays an administrator"})
    if "enabled" in given:
        row.enabled = user.enabled
    if "email" in given:
        row.email = user.email or ""
    if "roles" in given:
        await session.execute(delete(MemberRow).where(MemberRow.user_id == row.id))
        _add_members(session, row.id, memberships)
    await session.flush()
    return (await _read(session, [row]))[0]


async def delete_user(session: AsyncSession, row: UserRow) -> None:
    """Delete a user, the roles and the tokens.

    Raises:
        FieldsError: It is the administrator.
    """
    if row.username == ADMIN:
        raise FieldsError({"username": f"the user {ADMIN} cannot be deleted"})
    await session.delete(row)
    await session.flush()


def _add_members(session: AsyncSession, user_id: str, memberships: dict[str, RoleEnum]) -> None:
    session.add_all(
        MemberRow(project_id=project_id, user_id=user_id, role=role) for project_id, role in memberships.items()
    )


async def _checked(session: AsyncSession, user: PaasUser, name: str) -> dict[str, RoleEnum]:
    """The roles by project id; raises FieldsError with all that is wrong."""
    wrong: dict[str, str] = {}
    if not USERNAME.fullmatch(name):
        wrong["username"] = "1 to 64 letters, digits and . _ @ -, a letter or digit first"
    elif IDENTIFIER.fullmatch(name):
        wrong["username"] = "not in the form of an id"
    if user.email and not EMAIL.fullmatch(user.email):
        wrong["email"] = "not a mail address"
    known = {row.name: row.id for row in await session.scalars(select(ProjectRow))}
    memberships: dict[str, RoleEnum] = {}
    for index, role in enumerate(user.roles):
        if role.role is None or not role.project:
            wrong[f"roles.{index}"] = "a role needs both role and project"
        elif role.project not in known:
            wrong[f"roles.{index}.project"] = f"there is no project {role.project}"
        elif known[role.project] in memberships:
            wrong[f"roles.{index}.project"] = f"a second role in the project {role.project}"
        else:
            memberships[known[role.project]] = role.role
    if wrong:
        raise FieldsError(wrong)
    return memberships


async def _read(session: AsyncSession, rows: Iterable[UserRow]) -> list[PaasUser]:
    found = list(rows)
    query = (
        select(MemberRow, ProjectRow.name)
        .join(ProjectRow, ProjectRow.id == MemberRow.project_id)
        .where(MemberRow.user_id.in_([row.id for row in found]))
        .order_by(ProjectRow.name)
    )
    roles: dict[str, list[PaasRole]] = {}
    for member, project in await session.execute(query):
        roles.setdefault(member.user_id, []).append(
            PaasRole(id=f"{member.user_id}/{member.project_id}", role=RoleEnum(member.role), project=project)
        )
    return [
        PaasUser(
            id=row.id, username=row.username, enabled=row.enabled, email=row.email or None, roles=roles.get(row.id, [])
        )
        for row in found
    ]
