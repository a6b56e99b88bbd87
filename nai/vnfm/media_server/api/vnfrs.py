"""The managed VNFRs."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from nai.vnfm.media_server.api.answers import ManagedVnfrDocument, declared
from nai.vnfm.media_server.api.documents import answer, answer_all, vnfr_document
from nai.vnfm.media_server.api.parts import Fleets, plane_of
from nai.vnfm.media_server.plane import Plane

router = APIRouter(tags=["rest-virtual-network-function-record"])

_ALL = {"model": list[ManagedVnfrDocument], "description": "The managed VNFRs."}
_ONE = {"model": list[ManagedVnfrDocument], "description": "A list of the one VNFR, or an empty one."}


@router.get("/vnfr", response_class=Response, responses={200: _ALL, **declared(503)}, summary="All managed VNFRs")
async def list_vnfrs(plane: Annotated[Plane, Depends(plane_of)]) -> Response:
    """Returns all managed VNFRs."""
    return await answer_all(plane.managed(), vnfr_document)


@router.get(
    "/vnfr/{vnfrId}",
    response_class=Response,
    responses={200: _ONE, **declared(503)},
    summary="One managed VNFR, in a list",
)
async def get_vnfr(vnfrId: str, plane: Annotated[Plane, Depends(plane_of)]) -> Response:  # noqa: N803  # wire name
    """Returns the VNFR in a list, which is how the original answers."""
    fleet = Fleets(plane).of(vnfrId)
    return answer([vnfr_document(fleet.vnfr)] if fleet else [])
