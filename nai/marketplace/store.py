"""Applications in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, update

from nai.catalogue.applications import MarketplaceApplication
from nai.marketplace.checks import accepted
from nai.marketplace.errors import ApplicationNotFoundError, FullError
from nai.marketplace.people import NOBODY
from nai.marketplace.tables import ApplicationRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.marketplace.people import Caller


async def listed(
    session: AsyncSession,
    caller: Caller,
    *,
    words: str = "",
    provider: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Applications that somebody sees, as on the wire, by name.

    Args:
        session: Of the database.
        caller: Who looks.
        words: All of them are in the name, the description, the provider or the requirements; case does not matter.
        provider: Whose they are; case does not matter.
        limit: How many at most.
        offset: How many are left out before.
    """
    query = select(ApplicationRow).where(_visible(caller)).order_by(ApplicationRow.name, ApplicationRow.id)
    for word in words.casefold().split():
        query = query.where(ApplicationRow.search_text.contains(word, autoescape=True))
    if provider:
        query = query.where(ApplicationRow.provider_key == provider.casefold())
    if limit is not None or offset:
        query = query.limit(limit if limit is not None else 2**31 - 1).offset(offset)
    return [on_wire(row) for row in await session.scalars(query)]


async def found(session: AsyncSession, identifier: str, caller: Caller, *, lock: bool = False) -> ApplicationRow:
    """An application that somebody sees.

    Raises:
        ApplicationNotFoundError: There is none, or it is another's own.
    """
    query = select(ApplicationRow).where(ApplicationRow.id == identifier, _visible(caller))
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise ApplicationNotFoundError(f"Not found Application with ID: {identifier}")
    return row


def add(
    session: AsyncSession, identifier: str, application: MarketplaceApplication, now: datetime, caller: Caller = NOBODY
) -> ApplicationRow:
    """Add an application that was checked."""
    row = ApplicationRow(
        id=identifier,
        owner_id=caller.id,
        shared_by=caller.username,
        downloads=0,
        created_at=int(now.timestamp() * 1_000_000),
    )
    write(row, application)
    session.add(row)
    return row


def write(row: ApplicationRow, application: MarketplaceApplication) -> None:
    """Give a row the document of an application that was checked; whose it is and how often it was taken stays."""
    kept = accepted(application)
    texts = [
        kept.name,
        kept.description,
        kept.provider,
        *(f"{key} {value}" for key, value in kept.requirements.items()),
    ]
    row.name = kept.name or ""
    row.provider_key = (kept.provider or "").casefold()[:255]
    row.search_text = "\n".join(text for text in texts if text).casefold()
    row.shared = bool(kept.shared)
    row.document = json.dumps(kept.to_wire(), ensure_ascii=False, separators=(",", ":"))


async def check_room(session: AsyncSession, most: int) -> None:
    """Refuse another application where there are enough.

    Raises:
        FullError: There are.
    """
    number = await session.scalar(select(func.count()).select_from(ApplicationRow))
    if (number or 0) >= most:
        raise FullError(f"The marketplace has {number} applications and takes no more; delete some first")


async def remove(session: AsyncSession, identifiers: Sequence[str]) -> None:
    """Delete applications."""
    await session.execute(delete(ApplicationRow).where(ApplicationRow.id.in_(identifiers)))


async def count_download(session: AsyncSession, identifier: str) -> None:
    """Count a download: in the database, so that none is lost where two come at once."""
    query = update(ApplicationRow).where(ApplicationRow.id == identifier)
    await session.execute(query.values(downloads=ApplicationRow.downloads + 1))


def on_wire(row: ApplicationRow) -> dict[str, Any]:
    """An application as clients see it."""
    document: dict[str, Any] = json.loads(row.document)
    document |= {"id": row.id, "shared": row.shared, "downloads": row.downloads}
    if row.shared_by:
        document["sharedBy"] = row.shared_by
    return document


def _visible(caller: Caller) -> Any:
    shared = ApplicationRow.shared.is_(True)
    return or_(shared, ApplicationRow.owner_id == caller.id) if caller.id else shared
