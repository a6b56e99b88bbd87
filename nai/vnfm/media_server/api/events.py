"""Events of the NFVO about network services, which start and end the elasticity of their media servers."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from starlette.responses import Response

from nai.vnfm.media_server.api.answers import declared
from nai.vnfm.media_server.api.parts import services_of
from nai.vnfm.media_server.services import Services

router = APIRouter(prefix="/event", tags=["event"], default_response_class=Response)

ACTIONS = ("INSTANTIATE_FINISH", "RELEASE_RESOURCES_FINISH", "ERROR")


def _add(action: str) -> None:
    async def receive(
        request: Request,
        event: Annotated[dict[str, Any], Body(description="The event, as the NFVO sends it.")],
        services: Annotated[Services, Depends(services_of)],
    ) -> Response:
        del services
        await request.app.state.elasticity.nfvo_event(action, event)
        return Response(status_code=201)

    router.add_api_route(
        f"/{action}",
        receive,
        methods=["POST"],
        status_code=201,
        operation_id=f"event_{action.lower()}",
        summary=f"The NFVO says {action}",
        responses={201: {"description": "It is taken.", "content": {}}, **declared(400, 503)},
    )


for each in ACTIONS:
    _add(each)
