"""`/users`. Administrators see and change all; everybody sees the own account and changes its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import BaseModel, SecretStr

from nai.catalogue.applications import PaasUser
from nai.paas.api.access import Administrator, LoggedIn, Running, Token, administrator
from nai.paas.api.routing import Ids, resource
from nai.paas.errors import DUPLICATED, TOO_MANY_TRIES, FieldsError
from nai.paas.identity.passwords import hashed
from nai.paas.identity.users import add_user, delete_user, get_user, list_users, replace_user, user_by_id, user_row

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.paas.context import Paas
    from nai.paas.tables import UserRow

router = resource("users")

Username = Annotated[str, Path(min_length=1, max_length=255)]


class PasswordChange(BaseModel):
    """A change of the own password."""

    old_pwd: SecretStr
    new_pwd: SecretStr


class PasswordReset(BaseModel):
    """A new password for another user."""

    password: SecretStr


@router.get("")
async def get_users(_user: Administrator, paas: Running) -> list[PaasUser]:
    """List all users."""
    async with paas.database.session() as session:
        return await list_users(session)


@router.post("", status_code=201, responses=DUPLICATED)
async def create_user(body: PaasUser, _user: Administrator, paas: Running) -> PaasUser:
    """Make a user; the password is not given back."""
    password = await hashed(body.password)
    async with paas.database.session() as session:
        return await add_user(session, body, password)


@router.post("/multipledelete", status_code=204)
async def delete_users(ids: Ids, _user: Administrator, paas: Running) -> None:
    """Delete users by their ids or names, all of them or none."""
    async with paas.database.session() as session:
        for identifier in dict.fromkeys(ids):
            row = await user_by_id(session, identifier) or await user_row(session, identifier)
            await _delete(session, paas, row)


@router.get("/current")
async def get_current_user(user: LoggedIn) -> PaasUser:
    """Return the user who asks."""
    return user


@router.put("/changepwd", status_code=202, responses=TOO_MANY_TRIES)
async def change_own_password(body: PasswordChange, user: LoggedIn, paas: Running, token: Token) -> None:
    """Change the own password. Whoever else is logged in as that user has to log in again."""
    username = user.username or ""
    new = await hashed(body.new_pwd.get_secret_value(), "new_pwd")
    if not await paas.logins.knows_password(username, body.old_pwd.get_secret_value()):
        raise FieldsError({"old_pwd": "not the present password"})
    await _set_password(paas, username, new, keep=token)


@router.get("/{username}")
async def get_user_by_name(username: Username, user: LoggedIn, paas: Running) -> PaasUser:
    """Return a user: anybody the own account, administrators any."""
    if username.lower() == user.username:
        return user
    await administrator(user)
    async with paas.database.session() as session:
        return await get_user(session, username)


@router.put("/{username}")
async def update_user(username: Username, body: PaasUser, _user: Administrator, paas: Running) -> PaasUser:
    """Change what the document has of a user's mail address, roles, whether the user may log in, and password."""
    password = await hashed(body.password) if body.password else None
    async with paas.database.session() as session:
        user = await replace_user(session, username, body)
        if password is not None:
            (await user_row(session, username)).password_hash = password
        if password is not None or not user.enabled:
            await paas.logins.log_out(session, user.id or "")
        return user


@router.delete("/{username}", status_code=204)
async def delete_user_by_name(username: Username, _user: Administrator, paas: Running) -> None:
    """Delete a user, who is logged out by it."""
    async with paas.database.session() as session:
        await _delete(session, paas, await user_row(session, username))


@router.put("/{username}/reset")
async def reset_password(username: Username, body: PasswordReset, _user: Administrator, paas: Running) -> PaasUser:
    """Set a user's password; whoever is logged in as that user has to log in again."""
    await _set_password(paas, username, await hashed(body.password.get_secret_value()))
    async with paas.database.session() as session:
        return await get_user(session, username)


async def _set_password(paas: Paas, username: str, password_hash: str, *, keep: str | None = None) -> None:
    async with paas.database.session() as session:
        row = await user_row(session, username)
        row.password_hash = password_hash
        await paas.logins.log_out(session, row.id, keep=keep)


async def _delete(session: AsyncSession, paas: Paas, row: UserRow) -> None:
    # The table's foreign key would do it as well, where the database enforces them.
    await paas.logins.log_out(session, row.id)
    await delete_user(session, row)
