"""The model as documents of the wire. A null is an absent field, as Gson writes it."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from starlette.responses import Response

from nai.core.threads import in_thread
from nai.vnfm.media_server.model import Application, ManagedVnfr, MediaServer

FEW = 500
"""Documents that are written in a few milliseconds."""


def vnfr_document(vnfr: ManagedVnfr) -> dict[str, Any]:
    """Returns a managed VNFR."""
    return {
        "id": vnfr.id,
        "hb_version": vnfr.hb_version,
        "vnfrId": vnfr.vnfr_id,
        "nsrId": vnfr.nsr_id,
        "task": vnfr.task,
    }


def server_document(server: MediaServer) -> dict[str, Any]:
    """Returns a media server."""
    document: dict[str, Any] = {
        "id": server.id,
        "hb_version": server.hb_version,
        "vnfrId": server.vnfr_id,
        "hostName": server.hostname,
        "usedPoints": server.used_points,
        "maxCapacity": server.max_capacity,
        "status": server.status.value,
    }
    if server.ip is not None:
        document["ip"] = server.ip
    return document


def application_document(application: Application) -> dict[str, Any]:
    """Returns an application."""
    document: dict[str, Any] = {
        "id": application.id,
        "hb_version": 0,
        "vnfr_id": application.vnfr_id,
        "points": application.points,
        "ip": application.ip,
        "mediaServerId": application.media_server_id,
        "created": _time(application.created),
        "heartbeat": _time(application.heartbeat),
        "missedHeartbeats": application.missed_heartbeats,
    }
    if application.ext_app_id is not None:
        document["extAppId"] = application.ext_app_id
    return document


def answer(document: dict[str, Any] | Iterable[dict[str, Any]] | float, status: int = 200) -> Response:
    """Returns a document, or a list of them, as an answer; straight to JSON, without a second model in between."""
    content = document if isinstance(document, dict | int | float) else list(document)
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


T = TypeVar("T")


async def answer_all(items: Sequence[T], document: Callable[[T], dict[str, Any]]) -> Response:
    """Returns a list as an answer. A long one is written in a thread, so that registrations need not wait for it.

    Args:
        items: What is listed: a copy, which does not change meanwhile.
        document: Makes the document of one.
    """
    if len(items) <= FEW:
        return answer(map(document, items))
    return await in_thread(lambda: answer(map(document, items)))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
