"""Who asks: what every operation of the API depends on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from nai.marketplace.context import Market
from nai.marketplace.errors import StartingError
from nai.marketplace.people import NOBODY, Caller
from nai.marketplace.rights import check_may

_bearer = HTTPBearer(auto_error=False, description="A token of the PaaS manager; without it, nobody is logged in")


def market_of(request: Request) -> Market:
    """The running marketplace.

    Raises:
        StartingError: It is not up yet.
    """
    market: Market | None = getattr(request.app.state, "market", None)
    if market is None:
        raise StartingError("The marketplace is starting; it waits for its database")
    return market


Running = Annotated[Market, Depends(market_of)]
"""The running marketplace."""


async def caller_of(
    market: Running, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """Who asks: a user of the PaaS manager or nobody.

    Raises:
        UnauthorizedError: There is a token that is nobody's.
        PaasAwayError: It cannot be told whose it is.
    """
    if credentials is None or market.people is None:
        return NOBODY
    return await market.people.caller(credentials.credentials)


async def reader_of(market: Running, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who asks, who may read.

    Raises:
        UnauthorizedError: One has to log in to read.
    """
    check_may(caller, market.settings.readers, "read")
    return caller


async def writer_of(market: Running, caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who asks, who may write.

    Raises:
        UnauthorizedError: One has to log in to write.
    """
    check_may(caller, market.settings.writers, "write")
    return caller


Reader = Annotated[Caller, Depends(reader_of)]
"""Somebody who may read."""

Writer = Annotated[Caller, Depends(writer_of)]
"""Somebody who may write."""
