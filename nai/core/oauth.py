"""The token endpoint, as clients of the original know it.

`POST /oauth/token` takes what RFC 6749 says: password and refresh_token grants, the client by HTTP Basic. Its answer is
what the original's clients read, the token in `value`; beside it stand the names of RFC 6749 (wire contracts 1.1).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import JSONResponse

from nai.core.api_session import CLIENT_ID, CLIENT_SECRET
from nai.core.errors import UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

SCOPES = ["read", "write"]


@dataclass(frozen=True)
class Grant:
    """What a login gives.

    Attributes:
        access_token: For the header `Authorization: Bearer …`.
        refresh_token: Gets the next access token.
        issued_at: When, aware.
        expires_at: When the access token ends, aware.
        refresh_expires_at: When the refresh token ends, aware.
    """

    access_token: str
    refresh_token: str
    issued_at: datetime
    expires_at: datetime
    refresh_expires_at: datetime


class Logins(Protocol):
    """The service's own check of users."""

    async def login(self, username: str, password: str) -> Grant:
        """A token for a user.

        Raises:
            UnauthorizedError: No such user, wrong password or disabled; the text does not tell which.
            TooManyTriesError: There were too many wrong passwords lately.
        """
        ...

    async def refresh(self, token: str) -> Grant:
        """A token for a refresh token, which is used up by it.

        Raises:
            UnauthorizedError: It is unknown, expired or used.
        """
        ...


def oauth_router(
    logins_of: Callable[[Request], Logins], client_id: str = CLIENT_ID, client_secret: str = CLIENT_SECRET
) -> APIRouter:
    """The router of `POST /oauth/token`.

    Args:
        logins_of: Finds the service's logins from a request.
        client_id: What clients name themselves by HTTP Basic.
        client_secret: The secret that goes with it.
    """
    router = APIRouter(tags=["login"])

    @router.post(
        "/oauth/token",
        summary="Log in",
        responses={
            400: {"description": "Wrong grant"},
            401: {"description": "Wrong user, password, token or client"},
            429: {"description": "Too many wrong passwords; the header Retry-After says when to come again"},
            503: {"description": "The service waits for its database or another part"},
        },
    )
    async def token(
        request: Request,
        grant_type: Annotated[str, Form()],
        username: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        refresh_token: Annotated[str, Form()] = "",
        authorization: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        if not _is_client(authorization, client_id, client_secret):
            return _error(401, "invalid_client", "The client's id and secret are wrong; send them by HTTP Basic")
        try:
            if grant_type == "password":
                grant = await logins_of(request).login(username, password)
            elif grant_type == "refresh_token":
                grant = await logins_of(request).refresh(refresh_token)
            else:
                return _error(
                    400, "unsupported_grant_type", f"{grant_type[:40]!r} is not offered; password and refresh_token are"
                )
        except UnauthorizedError as error:
            # RFC 6749 has 400 for invalid_grant; clients of the original log in again on 401.
            return _error(401, "invalid_grant", str(error))
        return JSONResponse(grant_answer(grant), headers={"Cache-Control": "no-store"})

    return router


def grant_answer(grant: Grant) -> dict[str, Any]:
    """The body of the answer, in both forms."""
    return {
        "value": grant.access_token,
        "expiration": gson_date(grant.expires_at),
        "tokenType": "bearer",
        "refreshToken": {"value": grant.refresh_token, "expiration": gson_date(grant.refresh_expires_at)},
        "scope": SCOPES,
        "additionalInformation": {},
        "access_token": grant.access_token,
        "token_type": "bearer",
        "refresh_token": grant.refresh_token,
        "expires_in": max(0, int((grant.expires_at - grant.issued_at).total_seconds())),
    }


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def gson_date(time: datetime) -> str:
    """A time as Gson writes it by default, whatever the locale of this process: `Oct 19, 2016 12:37:20 PM`."""
    hour = time.hour % 12 or 12
    half = "AM" if time.hour < 12 else "PM"
    return f"{MONTHS[time.month - 1]} {time.day}, {time.year} {hour}:{time.minute:02}:{time.second:02} {half}"


def _is_client(authorization: str, client_id: str, client_secret: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, f"{client_id}:{client_secret}".encode())


def _error(status: int, error: str, description: str) -> JSONResponse:
    headers = {"WWW-Authenticate": "Basic"} if error == "invalid_client" else {}
    return JSONResponse({"error": error, "error_description": description}, status_code=status, headers=headers)
