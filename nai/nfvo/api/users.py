"""`/users`. Administrators see and change all; everybody sees and changes the own password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import BaseModel, SecretStr

from nai.catalogue import User
from nai.core.errors import ForbiddenError, InvalidError
from nai.core.passwords import hash_password
from nai.nfvo.api.access import Administrator, LoggedIn, Running, administrator
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.errors import TOO_MANY_TRIES, InUseError
from nai.nfvo.identity.startup import ADMINISTRATOR
from nai.nfvo.store.users import (
    SERVICE_PREFIX,
    add_user,
    is_service,
    list_users,
    read_user,
    replace_user,
    user_by_id,
    user_row,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.nfvo.context import Nfvo

router = resource("users")

PASSWORD_CHARACTERS = 8
"""The fewest a new password may have."""

Username = Annotated[str, Path(min_length=1, max_length=255)]


class PasswordChange(BaseModel):
    """A change of the own password."""

    old_pwd: SecretStr
    new_pwd: SecretStr


class PasswordReset(BaseModel):
    """A new password for another user."""

    new_pwd: SecretStr


@router.get("")
async def get_users(_user: Administrator, nfvo: Running) -> list[User]:
    """List all users."""
    async with nfvo.database.session() as session:
        return await list_users(session)


@router.post("", status_code=201)
async def create_user(body: User, _user: Administrator, nfvo: Running) -> User:
    """Make a user; the password is not given back."""
    if is_service(body.model_copy(update={"username": (body.username or "").lower()})):
        message = f"names that begin with {SERVICE_PREFIX} are those of services (/components/services)"
        raise InvalidError(message)
    hashed = await hash_password(_strong(body.password or ""))
    async with nfvo.database.session() as session:
        return await add_user(session, body, hashed)


@router.post("/multipledelete", status_code=204)
async def delete_users(ids: Ids, _user: Administrator, nfvo: Running) -> None:
    """Delete users by their ids, all of them or none."""
    async with nfvo.database.session() as session:
        for id_ in ids:
            await _delete(session, nfvo, id_)


@router.get("/current")
async def get_current_user(user: LoggedIn) -> User:
    """Return the user who asks."""
    return user


@router.put("/changepwd", status_code=202, responses=TOO_MANY_TRIES)
async def change_own_password(body: PasswordChange, user: LoggedIn, nfvo: Running) -> None:
    """Change the own password. Tokens of before stay good until they expire."""
    new = _strong(body.new_pwd.get_secret_value())
    if not await nfvo.logins.knows_password(str(user.username), body.old_pwd.get_secret_value()):
        message = "the old password is wrong"
        raise ForbiddenError(message)
    await _set_password(nfvo, str(user.username), new)


@router.put("/changepwd/{username}", status_code=202)
async def change_password(username: Username, body: PasswordReset, _user: Administrator, nfvo: Running) -> None:
    """Set a user's password; whoever is logged in as that user has to log in again."""
    await _set_password(nfvo, username, _strong(body.new_pwd.get_secret_value()), log_out=True)


@router.get("/{username}")
async def get_user(username: Username, user: LoggedIn, nfvo: Running) -> User:
    """Return a user: anybody the own one, administrators any."""
    if username.lower() == user.username:
        return user
    await administrator(user)
    async with nfvo.database.session() as session:
        return read_user(await user_row(session, username))


@router.put("/{username}", status_code=202)
async def update_user(username: Username, body: User, _user: Administrator, nfvo: Running) -> User:
    """Change a user's mail address, roles and whether the user may log in; a password, if there is one, is set too."""
    hashed = await hash_password(_strong(body.password)) if body.password else None
    async with nfvo.database.session() as session:
        stored = await replace_user(session, username, body)
        if hashed is not None:
            (await user_row(session, username)).password_hash = hashed
        return stored


@router.delete("/{user_id}", status_code=204)
async def delete_user(user_id: Id, _user: Administrator, nfvo: Running) -> None:
    """Delete a user by id."""
    async with nfvo.database.session() as session:
        await _delete(session, nfvo, user_id)


def _strong(password: str) -> str:
    if len(password) < PASSWORD_CHARACTERS:
        message = f"a password needs at least {PASSWORD_CHARACTERS} characters"
        raise InvalidError(message)
    try:
        password.encode()
    except UnicodeEncodeError:
        message = "the password is not Unicode text"
        raise InvalidError(message) from None
    return password


async def _set_password(nfvo: Nfvo, username: str, password: str, *, log_out: bool = False) -> None:
    hashed = await hash_password(password)
    async with nfvo.database.session() as session:
        row = await user_row(session, username)
        row.password_hash = hashed
        if log_out:
            await nfvo.logins.log_out(session, row.id)


async def _delete(session: AsyncSession, nfvo: Nfvo, user_id: str) -> None:
    row = await user_by_id(session, user_id)
    if row.username == ADMINISTRATOR:
        message = f"the user {ADMINISTRATOR} cannot be deleted"
        raise InUseError(message)
    await nfvo.logins.log_out(session, row.id)
    await session.delete(row)
    await session.flush()
