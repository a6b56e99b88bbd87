"""The history of requests: a bounded number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from nai.catalogue import HistoryEntity
from nai.core.identifiers import new_id
from nai.nfvo.tables import HistoryRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

PATH_CHARACTERS = 1024


async def remember(
    session: AsyncSession, username: str, method: str, path: str, result: int, at: datetime, *, keep: int
) -> None:
    """Note a request, and forget all but the last `keep`."""
    row = HistoryRow(
        id=new_id(),
        username=username[:255],
        method=method[:16],
        path=path[:PATH_CHARACTERS],
        result=str(result),
        timestamp=int(at.timestamp() * 1000),
    )
    session.add(row)
    await session.flush()
    # Numbers only grow, with gaps where a transaction was rolled back: then a few less are kept, never more.
    await session.execute(delete(HistoryRow).where(HistoryRow.number <= row.number - keep))


async def latest(session: AsyncSession, username: str | None, count: int | None = None) -> list[HistoryEntity]:
    """Return requests, latest first.

    Args:
        session: the transaction.
        username: whose; None for everybody's.
        count: how many at most; None for all.
    """
    query = select(HistoryRow).order_by(HistoryRow.number.desc())
    if username is not None:
        query = query.where(HistoryRow.username == username)
    if count is not None:
        query = query.limit(count)
    return [
        HistoryEntity(
            id=row.id,
            username=row.username,
            method=row.method,
            path=row.path,
            result=row.result,
            timestamp=row.timestamp,
        )
        for row in await session.scalars(query)
    ]
