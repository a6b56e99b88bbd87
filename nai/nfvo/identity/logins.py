"""Logging in: a name and password, or a refresh token, become an access token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nai.core.errors import NotFoundError, UnauthorizedError
from nai.core.oauth import Grant
from nai.core.passwords import verify_password
from nai.core.tokens import new_token
from nai.nfvo.store import tokens
from nai.nfvo.store.users import find_user, read_user, user_by_id

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.catalogue import User
    from nai.nfvo.context import Nfvo

REFRESH_LIFETIMES = 2
"""A refresh token lives this many times as long as an access token."""


class Logins:
    """The log-ins of the orchestrator."""

    def __init__(self, nfvo: Nfvo) -> None:
        """Use a running orchestrator's users and tokens."""
        self._nfvo = nfvo

    async def login(self, username: str, password: str) -> Grant:
        """Return tokens for a user.

        Raises:
            UnauthorizedError: there is no such user, the password is wrong, or the user is disabled.
        """
        async with self._nfvo.database.session() as session:
            row = await find_user(session, username)
        matches = await verify_password(row.password_hash if row is not None else None, password)
        if row is None or not matches or not read_user(row).enabled:
            message = "Bad credentials"
            raise UnauthorizedError(message)
        async with self._nfvo.database.session() as session:
            return await self._grant(session, row.id)

    async def refresh(self, token: str) -> Grant:
        """Return new tokens for a refresh token, which is used up by it.

        Raises:
            UnauthorizedError: it is unknown or expired.
        """
        async with self._nfvo.database.session() as session:
            owner = await tokens.owner_of(session, token, tokens.REFRESH, self._nfvo.clock.now())
            if owner is not None:
                await tokens.drop_token(session, token)
                return await self._grant(session, owner)
        message = "Invalid refresh token"
        raise UnauthorizedError(message)

    async def user_of(self, token: str) -> User:
        """Return the user that an access token was given to.

        Raises:
            UnauthorizedError: it is unknown or expired, or the user is gone or disabled.
        """
        async with self._nfvo.database.session() as session:
            owner = await tokens.owner_of(session, token, tokens.ACCESS, self._nfvo.clock.now())
            if owner is not None:
                try:
                    user = read_user(await user_by_id(session, owner))
                except NotFoundError:
                    pass
                else:
                    if user.enabled:
                        return user
        message = "Invalid access token"
        raise UnauthorizedError(message)

    async def _grant(self, session: AsyncSession, user_id: str) -> Grant:
        now = self._nfvo.clock.now()
        await tokens.drop_expired(session, now)
        lifetime = timedelta(seconds=self._nfvo.settings.token_seconds)
        grant = Grant(
            access_token=new_token(),
            refresh_token=new_token(),
            issued_at=now,
            expires_at=now + lifetime,
            refresh_expires_at=now + REFRESH_LIFETIMES * lifetime,
        )
        await tokens.keep_token(session, grant.access_token, tokens.ACCESS, user_id, grant.expires_at)
        await tokens.keep_token(session, grant.refresh_token, tokens.REFRESH, user_id, grant.refresh_expires_at)
        return grant
