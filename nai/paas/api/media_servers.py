"""`/nubomedia/paas/app/{id}/media-server` and `/nubomedia/paas/server-ip` (wire contracts 1.2)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import PlainTextResponse

from nai.catalogue.applications import Host
from nai.paas.api.access import InProject, LoggedIn, Running
from nai.paas.api.applications import UNKNOWN, Applications, scope
from nai.paas.api.routing import Id
from nai.paas.errors import LOGGED_IN, OUTSIDE

Hostname = Annotated[str, Path(min_length=1, max_length=255)]

addresses = APIRouter(tags=["server-ip"], responses=LOGGED_IN)
router = APIRouter(
    prefix="/app/{id}/media-server", tags=["media-server"], responses={**LOGGED_IN, **UNKNOWN, **OUTSIDE}
)


@addresses.get("/server-ip", response_class=PlainTextResponse)
async def get_manager_address(_user: LoggedIn, paas: Running) -> str:
    """Return the address of the media servers' manager, as applications reach it."""
    return paas.settings.media_servers.address


@router.get("")
async def list_media_servers(id: Id, caller: InProject, applications: Applications) -> list[Host]:  # noqa: A002
    """List the application's media servers, with what is used of them."""
    return await applications.media_servers.list(id, scope(caller))


@router.post("", status_code=202, response_class=Response)
async def scale_out(id: Id, caller: InProject, applications: Applications) -> Response:  # noqa: A002
    """Order one media server more."""
    await applications.media_servers.scale_out(id, scope(caller))
    return Response(status_code=202)


@router.delete("", status_code=202, response_class=Response)
async def scale_in(id: Id, caller: InProject, applications: Applications) -> Response:  # noqa: A002
    """Order one media server less, whichever it is."""
    await applications.media_servers.scale_in(id, scope(caller))
    return Response(status_code=202)


@router.get("/{hostname}")
async def get_media_server(id: Id, hostname: Hostname, caller: InProject, applications: Applications) -> Host:  # noqa: A002
    """Return a media server."""
    return await applications.media_servers.get(id, scope(caller), hostname)


@router.delete("/{hostname}", status_code=202, response_class=Response)
async def scale_in_one(
    id: Id,  # noqa: A002  # the wire's
    hostname: Hostname,
    caller: InProject,
    applications: Applications,
) -> Response:
    """Order that this media server goes."""
    await applications.media_servers.scale_in(id, scope(caller), hostname)
    return Response(status_code=202)


@router.put("/{hostname}/start", status_code=202, response_class=Response)
async def start_media_server(
    id: Id,  # noqa: A002  # the wire's
    hostname: Hostname,
    caller: InProject,
    applications: Applications,
) -> Response:
    """Order that a stopped media server takes sessions again."""
    await applications.media_servers.start(id, scope(caller), hostname)
    return Response(status_code=202)


@router.put("/{hostname}/stop", status_code=202, response_class=Response)
async def stop_media_server(
    id: Id,  # noqa: A002  # the wire's
    hostname: Hostname,
    caller: InProject,
    applications: Applications,
) -> Response:
    """Order that a media server finishes its sessions and takes no new ones."""
    await applications.media_servers.stop(id, scope(caller), hostname)
    return Response(status_code=202)
