"""What autoscaling and operators read: consumed capacity of a server, age of the heartbeats of a VNFR."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from nai.vnfm.media_server.api.answers import declared
from nai.vnfm.media_server.api.documents import answer
from nai.vnfm.media_server.api.parts import Fleets, plane_of
from nai.vnfm.media_server.errors import UnknownServerError
from nai.vnfm.media_server.plane import Plane

router = APIRouter(prefix="/monitor", tags=["rest-monitor"])

PlaneOf = Annotated[Plane, Depends(plane_of)]

_AGES = {"model": dict[str, str], "description": "Milliseconds by application id; none of an unknown VNFR."}


@router.get(
    "/{hostname}/CONSUMED_CAPACITY",
    response_class=PlainTextResponse,
    responses={200: {"description": "The used points, as a decimal number."}, **declared(404, 503)},
    summary="Used points of a media server",
)
async def consumed_capacity(hostname: str, plane: PlaneOf) -> Response:
    """Returns the used points as text, such as `50.0`."""
    server = plane.server(hostname)
    if server is None:
        raise UnknownServerError(hostname)
    return PlainTextResponse(str(float(server.used_points)))


@router.get(
    "/{vnfrId}/HEARTBEAT_ELAPSED",
    response_class=Response,
    responses={200: _AGES, **declared(503)},
    summary="Age of the heartbeats",
)
async def heartbeat_elapsed(vnfrId: str, plane: PlaneOf, request: Request) -> Response:  # noqa: N803  # wire name
    """Returns the milliseconds since each application's last heartbeat, as text."""
    now = request.app.state.clock.monotonic()
    applications = Fleets(plane).applications(vnfrId)
    return answer({each.id: str(round((now - each.beat) * 1000)) for each in applications})
