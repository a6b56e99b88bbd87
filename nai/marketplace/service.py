"""The marketplace as a service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from nai.core import service
from nai.core.openapi import answers_400_for_422
from nai.marketplace.api import ROUTERS
from nai.marketplace.bringing_up import BringingUp, Parts
from nai.marketplace.cors import Cors
from nai.marketplace.errors import ERRORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from nai.marketplace.settings import MarketplaceSettings

TITLE, API_VERSION = "Nubomedia Marketplace", "1"


def create_app(settings: MarketplaceSettings, parts: Parts | None = None) -> FastAPI:
    """Make the marketplace's application; nothing is connected before its lifespan.

    Args:
        settings: What it is told.
        parts: What it is put together from; None: what is real.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bringing_up = BringingUp(app, settings, parts or Parts())
        try:
            await bringing_up.begin()
            yield
        finally:
            await bringing_up.end()

    app = service.create_app(TITLE, API_VERSION, lifespan=lifespan, routers=ROUTERS, errors=ERRORS)
    answers_400_for_422(app)
    app.add_middleware(Cors)
    return app
