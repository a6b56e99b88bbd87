"""`/security`: whether one has to log in."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse

from nai.paas.api.routing import resource

router = resource("security", needs_login=False)


@router.get("", response_class=PlainTextResponse)
async def is_security_enabled() -> str:
    """Say whether one has to log in: always."""
    return "true"
