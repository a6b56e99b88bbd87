"""How a resource's router is made, and forms that many resources share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Path

from nai.paas.errors import LOGGED_IN, OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nai.paas.errors import Declared

V1, V2 = "/api/v1", "/api/v2"
PAAS_V1, PAAS_V2 = f"{V1}/nubomedia/paas", f"{V2}/nubomedia/paas"

Id = Annotated[str, Path(min_length=1, max_length=255)]
"""Something's id in a path."""

Ids = Annotated[
    list[str],
    Body(description="Ids of what is to be deleted: all of them, or none if one cannot be", max_length=1000),
]


def resource(path: str, *, needs_login: bool = True) -> APIRouter:
    """The router of a resource, which `mounted` puts where clients look for it.

    Args:
        path: Its path below `/api/v1`, for example `users`.
        needs_login: Whether its operations answer 401.
    """
    declared: Declared = LOGGED_IN if needs_login else OPEN
    return APIRouter(prefix=f"/{path}", tags=[path], responses=declared)


def mounted(routers: Sequence[APIRouter]) -> list[APIRouter]:
    """Resources at `/api/v1`, and at `/api/v2`, which clients of the second generation use for everything alike."""
    first, second = APIRouter(prefix=V1), APIRouter(prefix=V2, include_in_schema=False)
    for router in routers:
        first.include_router(router)
        second.include_router(router)
    return [first, second]
