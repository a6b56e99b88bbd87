"""Every web page may ask the marketplace, as the original's filter has it.

Browsers send no credential by themselves here, only what a page itself puts into a header; so nothing is gained by
naming origins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = [
    (b"access-control-allow-origin", b"*"),
    # The original's list lacks PUT, so that no browser could change an application.
    (b"access-control-allow-methods", b"POST, GET, PUT, OPTIONS, DELETE"),
    (b"access-control-max-age", b"3600"),
    (b"access-control-allow-headers", b"Auth-token, x-requested-with, authorization, content-type, origin"),
    (b"access-control-expose-headers", b"x-request-id, retry-after"),
]


class Cors:
    """Middleware around everything, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; OPTIONS is answered here, whatever it is about."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            head = [*HEADERS, (b"allow", b"DELETE, GET, HEAD, OPTIONS, POST, PUT"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": b""})
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self._app(scope, receive, sending)
