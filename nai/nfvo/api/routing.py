"""How a resource's router is made, and forms that many resources share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Path, Request

from nai.core.errors import InvalidError
from nai.nfvo.errors import LOGGED_IN, OPEN

if TYPE_CHECKING:
    from nai.nfvo.errors import Declared

BASE = "/api/v1"

Id = Annotated[str, Path(min_length=1, max_length=255)]
"""Something's id in a path."""

Ids = Annotated[list[str], Body(description="Ids of what is to be deleted: all of them, or none if one cannot be")]

JsonObject = dict[str, Any]


def resource(path: str, *, needs_login: bool = True) -> APIRouter:
    """Return the router of a resource.

    Args:
        path: its path below `/api/v1`, for example `keys`.
        needs_login: whether its operations answer 401 and 403.
    """
    declared: Declared = LOGGED_IN if needs_login else OPEN
    return APIRouter(prefix=f"{BASE}/{path}", tags=[path], responses=declared)


TEXT_BODY: JsonObject = {
    "requestBody": {
        "required": True,
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "string"}},
        },
    }
}
"""What the API's description says of an operation that takes a text."""


async def text_body(request: Request, limit: int = 1024 * 1024) -> str:
    """Return a body that is a text.

    Clients of the day send it bare under whatever content type their library sets, or as a JSON string.

    Raises:
        InvalidError: it is not UTF-8, or longer than `limit` bytes.
    """
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > limit:
            message = f"the body may have {limit} bytes"
            raise InvalidError(message)
    try:
        text = received.decode()
    except UnicodeDecodeError:
        message = "the body is not text in UTF-8"
        raise InvalidError(message) from None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _unquoted(text)
    return text


def _unquoted(text: str) -> str:
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return read if isinstance(read, str) else text
