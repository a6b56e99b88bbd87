"""Users. Names are compared in lower case; passwords are kept as hashes, apart from the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from nai.catalogue import User
from nai.core.errors import InvalidError, NotFoundError
from nai.core.identifiers import new_id
from nai.nfvo.errors import AlreadyExistsError
from nai.nfvo.identity.roles import ANY_PROJECT
from nai.nfvo.store.documents import NAME_LENGTH, checked
from nai.nfvo.store.identity_of_parts import give_ids
from nai.nfvo.store.projects import projects
from nai.nfvo.tables import UserRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


SERVICE_PREFIX = "service:"
"""What the names of programs begin with, and of no person."""


async def add_user(session: AsyncSession, user: User, password_hash: str) -> User:
    """Insert a user.

    Raises:
        AlreadyExistsError: there is one of that name.
        InvalidError: it has no name, or a role in a project that does not exist.
    """
    name = (user.username or "").lower()
    if not name or len(name) > NAME_LENGTH:
        message = f"a User needs a username of 1 to {NAME_LENGTH} characters"
        raise InvalidError(message)
    if await find_user(session, name) is not None:
        message = f"User with username {name} already exists"
        raise AlreadyExistsError(message)
    await _check_roles(session, user)
    stored = user.model_copy(deep=True, update={"id": new_id(), "username": name, "password": None})
    give_ids(stored)
    session.add(UserRow(id=stored.id, username=name, password_hash=password_hash, document=checked(stored)))
    await session.flush()
    return stored


async def find_user(session: AsyncSession, username: str) -> UserRow | None:
    """Return the row of a user by name, or None."""
    name = username.lower()
    row: UserRow | None = await session.scalar(select(UserRow).where(UserRow.username == name))
    # MariaDB takes "ádmin " for "admin": one user would have many names, each with free tries of a password.
    return row if row is not None and row.username == name else None


async def user_row(session: AsyncSession, username: str) -> UserRow:
    """Return the row of a user by name.

    Raises:
        NotFoundError: there is none.
    """
    row = await find_user(session, username)
    if row is None:
        message = f"User with username {username} was not found"
        raise NotFoundError(message)
    return row


async def user_by_id(session: AsyncSession, id_: str) -> UserRow:
    """Return the row of a user by id.

    Raises:
        NotFoundError: there is none.
    """
    row = await session.get(UserRow, id_)
    if row is None:
        message = f"User with id {id_} was not found"
        raise NotFoundError(message)
    return row


async def list_users(session: AsyncSession) -> list[User]:
    """Return all users, ordered by name, without services."""
    return [user for user in await _all(session) if not is_service(user)]


async def list_services(session: AsyncSession) -> list[User]:
    """Return the services, ordered by name."""
    return [user for user in await _all(session) if is_service(user)]


def is_service(user: User) -> bool:
    """Say whether a user is a program rather than a person."""
    return (user.username or "").startswith(SERVICE_PREFIX)


async def replace_user(session: AsyncSession, username: str, user: User) -> User:
    """Change everything of a user but the name and the password.

    Raises:
        InvalidError: a role is in a project that does not exist.
        NotFoundError: there is no such user.
    """
    row = await user_row(session, username)
    await _check_roles(session, user)
    stored = user.model_copy(deep=True, update={"id": row.id, "username": row.username, "password": None})
    give_ids(stored)
    row.document = checked(stored)
    await session.flush()
    return stored


def read_user(row: UserRow) -> User:
    """Return the user of a row, without the password."""
    return User.from_wire(row.document)


async def _all(session: AsyncSession) -> list[User]:
    return [read_user(row) for row in await session.scalars(select(UserRow).order_by(UserRow.username))]


async def _check_roles(session: AsyncSession, user: User) -> None:
    for role in user.roles:
        if role.role is None or not role.project:
            message = "a Role needs a role and a project"
            raise InvalidError(message)
        if role.project != ANY_PROJECT and await projects.named(session, role.project) is None:
            message = f"a role is in the project {role.project}, which does not exist"
            raise InvalidError(message)
