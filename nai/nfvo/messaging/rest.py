"""The way in for VNFMs that speak REST: `/admin/v1/vnfm-*` (wire contract 6.2).

Without authentication, as the VNFMs of the day have none to give: the address belongs on a private interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request

from nai.catalogue import EndpointType, VnfmManagerEndpoint
from nai.core.errors import InvalidError
from nai.nfvo.errors import OPEN
from nai.nfvo.messaging import queues

if TYPE_CHECKING:
    from nai.nfvo.lifecycle.orchestrator import Orchestrator

router = APIRouter(prefix="/admin/v1", tags=["vnfm"], responses=OPEN)

Message = Annotated[dict[str, Any], Body(description="A VnfmOr message; its class is told by `action`")]


def _orchestrator(request: Request) -> Orchestrator:
    orchestrator: Orchestrator = request.app.state.orchestrator
    return orchestrator


@router.post("/vnfm-register", status_code=201)
async def register(request: Request, endpoint: VnfmManagerEndpoint) -> VnfmManagerEndpoint:
    """Register a VNFM; one of type REST is then called at `<endpoint>/core-rest-actions`."""
    if endpoint.endpoint_type is EndpointType.REST and not (endpoint.endpoint or "").startswith(
        ("http://", "https://")
    ):
        raise InvalidError("a VNFM of type REST needs the URL it is called at as its endpoint")
    queue = None if endpoint.endpoint_type is EndpointType.REST else queues.of_type(endpoint.type or "")
    return await _orchestrator(request).managers.register(endpoint, queue)


@router.post("/vnfm-unregister", status_code=204)
async def unregister(request: Request, endpoint: VnfmManagerEndpoint) -> None:
    """Forget a VNFM."""
    await _orchestrator(request).managers.unregister(endpoint)


@router.post("/vnfm-core-actions")
async def actions(request: Request, message: Message) -> dict[str, Any]:
    """Take in the report of an action."""
    return await _orchestrator(request).desk.take(message) or {}


@router.post("/vnfm-core-actions-reply")
async def actions_reply(request: Request, message: Message) -> dict[str, Any]:
    """Take in a request, and answer it."""
    return await _orchestrator(request).desk.take(message) or {}


@router.post("/vnfm-core-grant", status_code=202)
async def grant(request: Request, message: Message) -> dict[str, Any]:
    """Decide on GRANT_OPERATION."""
    return await _take(request, message, "GRANT_OPERATION")


@router.post("/vnfm-core-allocate", status_code=202)
async def allocate(request: Request, message: Message) -> dict[str, Any]:
    """Carry out ALLOCATE_RESOURCES."""
    return await _take(request, message, "ALLOCATE_RESOURCES")


@router.post("/vnfm-core-scale", status_code=202)
async def scale(request: Request, message: Message) -> dict[str, Any]:
    """Carry out SCALING."""
    return await _take(request, message, "SCALING")


async def _take(request: Request, message: dict[str, Any], action: str) -> dict[str, Any]:
    return await _orchestrator(request).desk.take({"action": action, **message}) or {}
