"""Logging in: a name and password, or a refresh token, become an access token. The same for every service with users.

A service brings the table of its tokens (a class with `TokenColumns`) and says where its accounts are (`Accounts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from sqlalchemy import BigInteger, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from nai.core.errors import UnauthorizedError
from nai.core.oauth import Grant
from nai.core.passwords import verify_password
from nai.core.tokens import digest, new_token

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.core.login_guard import LoginGuard

ACCESS = "access"
REFRESH = "refresh"

REFRESH_LIFETIMES = 2
"""A refresh token lives this many times as long as an access token."""


class TokenColumns:
    """The columns of a table of tokens, digests only. The service adds `user_id`, a foreign key that cascades."""

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    """Seconds since 1970."""


UserT = TypeVar("UserT")
_User_co = TypeVar("_User_co", covariant=True)


@dataclass(frozen=True)
class Account(Generic[UserT]):
    """What a log-in needs of a user, and the user as the service knows it."""

    id: str
    password_hash: str
    enabled: bool
    user: UserT


class Accounts(Protocol[_User_co]):
    """Where a service's accounts are."""

    async def named(self, session: AsyncSession, username: str) -> Account[Any] | None:
        """The account of a user name, or None."""
        ...

    async def by_id(self, session: AsyncSession, identifier: str) -> Account[Any] | None:
        """The account of an id, or None."""
        ...


class Logins(Generic[UserT]):
    """The log-ins of a service."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        guard: LoginGuard,
        accounts: Accounts[UserT],
        tokens: type[Any],
        token_seconds: float,
    ) -> None:
        """Use a service's tables.

        Args:
            database: Has them.
            clock: Tells the time.
            guard: Slows down guessing.
            accounts: Finds users.
            tokens: The mapped class of the tokens, with `TokenColumns` and `user_id`.
            token_seconds: How long an access token is good for.
        """
        self._database = database
        self._clock = clock
        self._guard = guard
        self._accounts = accounts
        self._tokens = tokens
        self._lifetime = timedelta(seconds=token_seconds)

    async def login(self, username: str, password: str) -> Grant:
        """Tokens for a user.

        Raises:
            UnauthorizedError: No such user, a wrong password, or a disabled user; it does not tell which.
            TooManyTriesError: There were too many wrong passwords lately.
        """
        account = await self._checked(username, password)
        if account is None:
            raise UnauthorizedError("Bad credentials")
        async with self._database.session() as session:
            return await self._grant(session, account.id)

    async def knows_password(self, username: str, password: str) -> bool:
        """Whether it is the user's; guessing is slowed down as at a log-in.

        Raises:
            TooManyTriesError: There were too many wrong passwords lately.
        """
        return await self._checked(username, password) is not None

    async def refresh(self, token: str) -> Grant:
        """Tokens for a refresh token, which is used up by it.

        Raises:
            UnauthorizedError: It is unknown or expired, or its user is gone or disabled.
        """
        async with self._database.session() as session:
            account = await self._owner(session, token, REFRESH)
            if account is not None:
                await session.execute(delete(self._tokens).where(self._tokens.digest == digest(token)))
                return await self._grant(session, account.id)
        raise UnauthorizedError("Invalid refresh token")

    async def user_of(self, token: str) -> UserT:
        """The user that an access token was given to.

        Raises:
            UnauthorizedError: It is unknown or expired, or the user is gone or disabled.
        """
        async with self._database.session() as session:
            account = await self._owner(session, token, ACCESS)
        if account is None:
            raise UnauthorizedError("Invalid access token")
        return account.user

    async def log_out(self, session: AsyncSession, user_id: str, *, keep: str | None = None) -> None:
        """Make all tokens of a user invalid, but one that may be kept."""
        kept = digest(keep) if keep is not None else ""
        query = delete(self._tokens).where(self._tokens.user_id == user_id, self._tokens.digest != kept)
        await session.execute(query)

    async def _checked(self, username: str, password: str) -> Account[Any] | None:
        self._guard.check(username)
        async with self._database.session() as session:
            account = await self._accounts.named(session, username)
        matches = await verify_password(account.password_hash if account else None, password)
        if account is None or not matches or not account.enabled:
            self._guard.failed(username, password)
            return None
        self._guard.succeeded(username)
        return account

    async def _owner(self, session: AsyncSession, token: str, kind: str) -> Account[UserT] | None:
        row = await session.get(self._tokens, digest(token))
        if row is None or row.kind != kind or row.expires_at <= self._clock.now().timestamp():
            return None
        account = await self._accounts.by_id(session, row.user_id)
        return account if account is not None and account.enabled else None

    async def _grant(self, session: AsyncSession, user_id: str) -> Grant:
        now = self._clock.now()
        await session.execute(delete(self._tokens).where(self._tokens.expires_at <= int(now.timestamp())))
        grant = Grant(
            access_token=new_token(),
            refresh_token=new_token(),
            issued_at=now,
            expires_at=now + self._lifetime,
            refresh_expires_at=now + REFRESH_LIFETIMES * self._lifetime,
        )
        self._keep(session, grant.access_token, ACCESS, user_id, grant.expires_at)
        self._keep(session, grant.refresh_token, REFRESH, user_id, grant.refresh_expires_at)
        await session.flush()
        return grant

    def _keep(self, session: AsyncSession, token: str, kind: str, user_id: str, expires_at: datetime) -> None:
        row = self._tokens(digest=digest(token), kind=kind, user_id=user_id, expires_at=int(expires_at.timestamp()))
        session.add(row)
