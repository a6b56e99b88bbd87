"""`/register`: people make users of their own, which an administrator then enables and gives roles."""

from __future__ import annotations

from fastapi import APIRouter

from nai.catalogue.applications import PaasUser
from nai.core.errors import ForbiddenError
from nai.paas.api.access import Running
from nai.paas.errors import DUPLICATED, LOGGED_IN, LimitError
from nai.paas.identity.passwords import hashed
from nai.paas.identity.users import add_user, count_waiting

router = APIRouter(prefix="/register", tags=["register"], responses=LOGGED_IN)

MOST_WAITING = 100
"""Whoever is not logged in must not fill the database."""


@router.post("", status_code=201, responses=DUPLICATED)
async def register(body: PaasUser, paas: Running) -> PaasUser:
    """Make a disabled user without roles. No log-in is needed."""
    if paas.settings.registration == "closed":
        raise ForbiddenError("Users are made by administrators only")
    async with paas.database.session() as session:
        if await count_waiting(session) >= MOST_WAITING:
            raise LimitError("Too many users wait to be enabled; ask an administrator")
    password = await hashed(body.password)
    wanted = PaasUser(username=body.username, email=body.email, enabled=False)
    async with paas.database.session() as session:
        return await add_user(session, wanted, password)
