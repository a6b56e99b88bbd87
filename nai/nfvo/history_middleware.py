"""Notes requests to the API in the history: who, what, and what came of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from nai.nfvo.identity.roles import READING
from nai.nfvo.store.history import remember

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from nai.nfvo.context import Nfvo

log = logging.getLogger(__name__)

EVERYTHING = 2
"""The level at which reading is noted too."""


class HistoryMiddleware:
    """ASGI middleware. Requests of nobody who is logged in are not noted: they change nothing."""

    def __init__(self, app: ASGIApp, service: FastAPI, level: int, keep: int) -> None:
        """Wrap an application.

        Args:
            app: what answers the requests.
            service: where the running orchestrator is found.
            level: 1 notes what changes something, 2 everything.
            keep: how many requests are kept.
        """
        self._app = app
        self._service = service
        self._level = level
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or (scope["method"] in READING and self._level < EVERYTHING):
            await self._app(scope, receive, send)
            return
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            await self._note(scope, status)

    async def _note(self, scope: Scope, status: int) -> None:
        username = scope.get("state", {}).get("username")
        nfvo: Nfvo | None = getattr(self._service.state, "nfvo", None)
        if not username or nfvo is None:
            return
        path = str(scope["path"]).encode("utf-8", "replace").decode()
        try:
            async with nfvo.database.session() as session:
                await remember(session, username, scope["method"], path, status, nfvo.clock.now(), keep=self._keep)
        except SQLAlchemyError:
            # The request itself is done: a history that cannot be written must not turn it into a failure.
            log.exception("the history could not be written")
