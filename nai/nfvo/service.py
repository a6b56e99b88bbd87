"""The orchestrator as a service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from nai.core import service
from nai.core.oauth import oauth_router
from nai.nfvo.api import ROUTERS
from nai.nfvo.api.access import nfvo_of
from nai.nfvo.api.system import API_VERSION
from nai.nfvo.bringing_up import BringingUp, Parts
from nai.nfvo.errors import ERRORS
from nai.nfvo.history_middleware import HistoryMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from nai.nfvo.settings import NfvoSettings


def create_app(settings: NfvoSettings, parts: Parts | None = None) -> FastAPI:
    """Make the orchestrator's application; nothing is connected before its lifespan.

    Args:
        settings: what it is told.
        parts: what it is put together from; None: RabbitMQ, the real infrastructures and the system's clock.
    """
    put_together = parts or _real_parts()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bringing_up = BringingUp(app, settings, put_together)
        try:
            await bringing_up.begin()
            yield
        finally:
            await bringing_up.end()

    login = oauth_router(
        lambda request: nfvo_of(request).logins,
        settings.oauth_client_id,
        settings.oauth_client_secret.get_secret_value(),
    )
    app = service.create_app("NFVO", API_VERSION, lifespan=lifespan, routers=[login, *ROUTERS], errors=ERRORS)
    if settings.history_level:
        app.add_middleware(HistoryMiddleware, service=app, level=settings.history_level, keep=settings.history_entries)
    return app


def _real_parts() -> Parts:
    from nai.nfvo.wiring import orchestrator_of  # noqa: PLC0415  # tests of the API need none of what it brings along

    return Parts(orchestrator_of)
