"""Who may ask: whoever has the token of the settings; whoever reaches the address where they have none."""

from __future__ import annotations

import hmac

from fastapi import Request

from nai.core.errors import UnauthorizedError
from nai.vnfm.generic.context import Generic


def generic(request: Request) -> Generic:
    """Returns the service's parts."""
    found: Generic = request.app.state.generic
    return found


def check_token(request: Request) -> None:
    """Checks the bearer token.

    Raises:
        UnauthorizedError: It is missing or wrong.
    """
    token = generic(request).settings.api_token
    if token is None:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    expected = token.get_secret_value().encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected):
        raise UnauthorizedError("the generic VNFM wants its token: Authorization: Bearer ...")
