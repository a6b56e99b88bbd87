"""The media servers of a VNFR: list, number, load, their history; start and stop of one."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from nai.vnfm.media_server.api.answers import MediaServerDocument, SampleDocument, declared
from nai.vnfm.media_server.api.documents import answer, answer_all, server_document
from nai.vnfm.media_server.api.parts import Fleets, history_of, plane_of
from nai.vnfm.media_server.history import History, Sample
from nai.vnfm.media_server.plane import Plane

router = APIRouter(prefix="/vnfr/{vnfrId}/media-server", tags=["rest-media-server"], default_response_class=Response)

PlaneOf = Annotated[Plane, Depends(plane_of)]
HistoryOf = Annotated[History, Depends(history_of)]

_ALL = {"model": list[MediaServerDocument], "description": "The media servers; none of an unknown VNFR."}
_ONE = {"model": MediaServerDocument, "description": "The media server."}
_SAMPLES = {"model": list[SampleDocument], "description": "The samples, oldest first, one each 5 s."}


@router.get("", responses={200: _ALL, **declared(503)}, summary="All media servers of a VNFR")
async def list_servers(vnfrId: str, plane: PlaneOf) -> Response:  # noqa: N803  # wire name
    """Returns the media servers of a VNFR in the order in which they came."""
    return await answer_all(Fleets(plane).servers(vnfrId), server_document)


@router.get(
    "/number",
    responses={200: {"model": int, "description": "The number."}, **declared(503)},
    summary="Number of media servers",
)
async def number(vnfrId: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Returns the number of media servers; 0 of an unknown VNFR."""
    return answer(len(Fleets(plane).servers(vnfrId)))


@router.get(
    "/load",
    responses={200: {"model": float, "description": "The load."}, **declared(503)},
    summary="Load of the media servers",
)
async def load(vnfrId: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Returns the mean of the used points; 0.0 without a server, where the original said NaN, which is no JSON."""
    fleet = Fleets(plane).of(vnfrId)
    return answer(fleet.load if fleet else 0.0)


@router.get("/number/history", responses={200: _SAMPLES, **declared(404, 503)}, summary="History of the number")
async def number_history(vnfrId: str, history: HistoryOf) -> Response:  # noqa: N803
    """Returns the numbers of media servers of the last two hours."""
    return answer(_samples(history.number(vnfrId)))


@router.get("/load/history", responses={200: _SAMPLES, **declared(404, 503)}, summary="History of the load")
async def load_history(vnfrId: str, history: HistoryOf) -> Response:  # noqa: N803
    """Returns the loads of the last two hours; -1 where there was no media server."""
    return answer(_samples(history.load(vnfrId)))


@router.post("/{hostName}/stop", responses={200: _ONE, **declared(400, 404, 503)}, summary="Stop a media server")
async def stop(vnfrId: str, hostName: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Lets a media server finish its sessions and take no new ones; INACTIVE once it is empty (seed 3.3.2.1.11)."""
    return answer(server_document(await plane.stop_server(vnfrId, hostName)))


@router.post("/{hostName}/start", responses={200: _ONE, **declared(400, 404, 503)}, summary="Start a media server")
async def start(vnfrId: str, hostName: str, plane: PlaneOf) -> Response:  # noqa: N803
    """Makes a stopped media server take sessions again."""
    return answer(server_document(await plane.start_server(vnfrId, hostName)))


def _samples(samples: Iterable[Sample]) -> Iterable[dict[str, Any]]:
    return ({"timestamp": sample.timestamp_ms, "value": sample.value} for sample in samples)
