"""`/nubomedia/config`: where the marketplace is."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse

from nai.paas.api.access import Running
from nai.paas.api.routing import resource

router = resource("nubomedia/config", needs_login=False)


@router.get("", response_class=PlainTextResponse)
async def get_marketplace_address(paas: Running) -> str:
    """Return host and port of the marketplace, as browsers reach it."""
    return paas.settings.marketplace_address
