"""The PaaS manager as a service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from nai.core import service
from nai.core.oauth import oauth_router
from nai.core.openapi import answers_400_for_422
from nai.paas.api import ROUTERS
from nai.paas.api.access import paas_of
from nai.paas.bringing_up import BringingUp, Parts
from nai.paas.errors import ERRORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from nai.paas.settings import PaasSettings

TITLE, API_VERSION = "Nubomedia PaaS", "2"
"""As in the original's description; clients compare it with theirs."""


def create_app(settings: PaasSettings, parts: Parts | None = None) -> FastAPI:
    """Make the PaaS manager's application; nothing is connected before its lifespan.

    Args:
        settings: What it is told.
        parts: What it is put together from; None: what is real.
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
        lambda request: paas_of(request).logins,
        settings.oauth_client_id,
        settings.oauth_client_secret.get_secret_value(),
    )
    app = service.create_app(TITLE, API_VERSION, lifespan=lifespan, routers=[login, *ROUTERS], errors=ERRORS)
    answers_400_for_422(app)
    return app


def _real_parts() -> Parts:
    from nai.paas.wiring import real_parts  # noqa: PLC0415  # tests of the API need none of what it brings along

    return real_parts()
