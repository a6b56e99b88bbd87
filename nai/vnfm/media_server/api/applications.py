"""Applications: register, look up, heartbeat, unregister. `/event` is the same as `/app`, without heartbeat.

Registrations and heartbeats are nearly all that this service is asked. Their handlers take the bare request and read it
themselves, which costs a third of what FastAPI's parameters do; OpenAPI is told by hand what they take.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from nai.vnfm.media_server.api.answers import ApplicationDocument, Registration, declared
from nai.vnfm.media_server.api.bare import in_path, json_body, read
from nai.vnfm.media_server.api.documents import answer, answer_all, application_document
from nai.vnfm.media_server.api.parts import Fleets, opened, plane_of
from nai.vnfm.media_server.plane import Plane

PlaneOf = Annotated[Plane, Depends(plane_of)]

router = APIRouter(tags=["rest-application"])


def _both(path: str, method: str, **description: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Routes a handler below `/app` and below `/event`."""

    def route(handler: Callable[..., Any]) -> Callable[..., Any]:
        for segment, tag in (("app", "rest-application"), ("event", "rest-event")):
            router.add_api_route(
                f"/vnfr/{{vnfrId}}/{segment}{path}",
                handler,
                methods=[method],
                tags=[tag],
                operation_id=f"{handler.__name__}_{segment}",
                response_class=Response,
                **description,
            )
        return handler

    return route


_ONE = {"model": ApplicationDocument, "description": "The application."}
_ALL = {"model": list[ApplicationDocument], "description": "The applications; none of an unknown VNFR."}


@_both(
    "",
    "POST",
    status_code=201,
    responses={201: _ONE, **declared(400, 404, 503)},
    summary="Register an application",
    openapi_extra=in_path("vnfrId") | json_body(Registration),
)
async def register(request: Request) -> Response:
    """Places an application on a media server, or returns the one of the same `extAppId`.

    The answer comes when the registration is durable. 404 also says that no server has room.
    """
    registration = read(Registration, await request.body())
    application = await opened(request).register(
        request.path_params["vnfrId"], registration.points, registration.extAppId
    )
    return answer(application_document(application), 201)


@_both("", "GET", responses={200: _ALL, **declared(503)}, summary="All applications of a VNFR")
async def list_applications(vnfrId: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Returns the applications of a VNFR in the order in which they registered."""
    return await answer_all(Fleets(plane).applications(vnfrId), application_document)


@_both("/{appId}", "GET", responses={200: _ONE, **declared(404, 503)}, summary="One application")
async def get_application(vnfrId: str, appId: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Returns an application."""
    return answer(application_document(plane.state.application(vnfrId, appId)))


@_both(
    "/{appId}",
    "DELETE",
    responses={200: {"description": "It is removed.", "content": {}}, **declared(404, 503)},
    summary="Unregister an application",
)
async def unregister(vnfrId: str, appId: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Removes an application; its points are free again."""
    await plane.unregister(vnfrId, appId)
    return Response()


@router.put(
    "/vnfr/{vnfrId}/app/{appId}/heartbeat",
    response_class=Response,
    responses={200: _ONE, **declared(404, 503)},
    summary="Heartbeat of an application",
    openapi_extra=in_path("vnfrId", "appId"),
)
async def heartbeat(request: Request) -> Response:
    """Keeps an application alive; answers with it (seed 2.3.7.5, figure 16)."""
    path = request.path_params
    return answer(application_document(opened(request).heartbeat(path["vnfrId"], path["appId"])))
