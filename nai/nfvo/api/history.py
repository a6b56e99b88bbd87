"""`/history`: the last requests. Administrators see everybody's, others their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from nai.catalogue import HistoryEntity
from nai.nfvo.api.access import LoggedIn, Running
from nai.nfvo.api.routing import resource
from nai.nfvo.identity.roles import is_administrator
from nai.nfvo.store.history import latest

router = resource("history")


@router.get("")
async def list_history(user: LoggedIn, nfvo: Running) -> list[HistoryEntity]:
    """List what is kept, latest first."""
    async with nfvo.database.session() as session:
        return await latest(session, None if is_administrator(user) else user.username)


@router.get("/{actions}")
async def list_last(
    actions: Annotated[int, Path(ge=0, le=1_000_000, description="How many")], user: LoggedIn, nfvo: Running
) -> list[HistoryEntity]:
    """List so many of the latest."""
    async with nfvo.database.session() as session:
        return await latest(session, None if is_administrator(user) else user.username, actions)
