"""An application that somebody shares in the marketplace."""

from __future__ import annotations

from nai.catalogue.applications.application import ApplicationRequest
from nai.core.wire import wire


class MarketplaceApplication(ApplicationRequest):
    """A shared application: how to deploy it, and what it is."""

    id: str | None = None
    description: str | None = None
    provider: str | None = None
    requirements: dict[str, str] = {}
    shared: bool | None = None
    shared_by: str | None = wire("sharedBy", description="User who shared it")
    downloads: int = wire("downloads", 0, description="How often it was taken")
