"""Tokens that were handed out, by their digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from nai.core.tokens import digest
from nai.nfvo.tables import TokenRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

ACCESS = "access"
REFRESH = "refresh"


async def keep_token(session: AsyncSession, token: str, kind: str, user_id: str, expires_at: datetime) -> None:
    """Note a token that is handed out."""
    session.add(TokenRow(digest=digest(token), kind=kind, user_id=user_id, expires_at=int(expires_at.timestamp())))
    await session.flush()


async def owner_of(session: AsyncSession, token: str, kind: str, now: datetime) -> str | None:
    """Return the id of the user that a token was given to; None if it is unknown or expired."""
    row = await session.get(TokenRow, digest(token))
    if row is None or row.kind != kind or row.expires_at <= now.timestamp():
        return None
    return row.user_id


async def drop_token(session: AsyncSession, token: str) -> None:
    """Make a token invalid."""
    await session.execute(delete(TokenRow).where(TokenRow.digest == digest(token)))


async def drop_tokens_of(session: AsyncSession, user_id: str) -> None:
    """Make all tokens of a user invalid."""
    await session.execute(delete(TokenRow).where(TokenRow.user_id == user_id))


async def drop_expired(session: AsyncSession, now: datetime) -> None:
    """Forget the tokens that are of no use any more."""
    await session.execute(delete(TokenRow).where(TokenRow.expires_at <= int(now.timestamp())))
