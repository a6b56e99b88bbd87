"""Downloads from the marketplace: only from the one that the settings name, and of limited size."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from nai.core.errors import InvalidError

if TYPE_CHECKING:
    from nai.nfvo.settings import NfvoSettings

DOWNLOAD_SECONDS = 60.0


class MarketplaceError(InvalidError):
    """Something cannot be downloaded."""


async def download(settings: NfvoSettings, link: str, transport: httpx.AsyncBaseTransport | None = None) -> bytes:
    """Return what is at a link of the marketplace.

    Args:
        settings: name the marketplace and the largest size.
        link: where it is.
        transport: how it is asked; tests put in their own.

    Raises:
        MarketplaceError: there is no marketplace, the link leads somewhere else, or it cannot be downloaded.
    """
    base = settings.marketplace_url
    if base is None:
        message = "no marketplace is configured (setting marketplace_url); on-board the file itself instead"
        raise MarketplaceError(message)
    # Else whoever is logged in could have the orchestrator fetch from inside the operator's network.
    if not _is_below(link, base):
        message = f"downloads come from the marketplace at {base} only"
        raise MarketplaceError(message)
    received = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=DOWNLOAD_SECONDS, transport=transport) as client,
            client.stream("GET", link) as answer,
        ):
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                received += part
                if len(received) > settings.package_bytes:
                    message = f"what is at {link} has more than {settings.package_bytes} bytes"
                    raise MarketplaceError(message)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        message = f"{link} cannot be downloaded: {error}"
        raise MarketplaceError(message) from None
    return bytes(received)


def _is_below(link: str, base: str) -> bool:
    try:
        wanted, allowed = urlsplit(link), urlsplit(base)
        same = (wanted.scheme, wanted.hostname, wanted.port) == (allowed.scheme, allowed.hostname, allowed.port)
    except ValueError:
        return False
    inside = wanted.path.startswith(allowed.path.rstrip("/") + "/") and ".." not in wanted.path
    return same and inside and wanted.username is None
