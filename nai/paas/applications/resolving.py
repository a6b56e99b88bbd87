"""Where the names in an application's addresses lead to. A name that is not known yet is left to the engine."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from nai.paas.applications.addresses import AddressError, Allowed, check_addresses, image_host, repository_host
from nai.paas.errors import FieldsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nai.catalogue.applications import ApplicationRequest

    Resolve = Callable[[str], Awaitable[list[str]]]

RESOLVE_SECONDS = 5.0


async def resolve(host: str) -> list[str]:
    """The addresses of a host; none where the name is unknown, or nobody says in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return sorted({str(each[4][0]) for each in found})


async def check_where_they_lead(request: ApplicationRequest, allowed: Allowed, resolve: Resolve) -> None:
    """Refuse a request, checked already, whose names lead where they must not.

    Raises:
        FieldsError: Naming all of them.
    """
    hosts = {"gitURL": repository_host(request.git_url or "", allowed)}
    for number, service in enumerate(request.services):
        host = image_host(service.docker_url or "", allowed)
        if host is not None:
            hosts[f"services.{number}.dockerURL"] = host
    wrong: dict[str, str] = {}

    async def look(field: str, host: str) -> None:
        try:
            check_addresses(host, await resolve(host), allowed)
        except AddressError as error:
            wrong[field] = str(error)

    await asyncio.gather(*(look(*each) for each in hosts.items()))
    if wrong:
        raise FieldsError({field: wrong[field] for field in hosts if field in wrong})
