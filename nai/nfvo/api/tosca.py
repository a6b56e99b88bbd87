"""`/nsd-tosca` and `/vnfd-tosca`: descriptors as TOSCA templates in YAML."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
from nai.core.threads import in_thread
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import BASE, text_body
from nai.nfvo.errors import LOGGED_IN
from nai.nfvo.onboarding.descriptors import onboard_function, onboard_service
from nai.nfvo.onboarding.tosca import read_function, read_service

router = APIRouter(prefix=BASE, tags=["tosca"], responses=LOGGED_IN)

_TEMPLATE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string"}} for kind in ("text/yaml", "text/plain", "application/json")},
    }
}


@router.post("/nsd-tosca", status_code=202, openapi_extra=_TEMPLATE)
async def onboard_service_template(request: Request, caller: InProject, nfvo: Running) -> NetworkServiceDescriptor:
    """On-board a service from a template."""
    descriptor = await in_thread(read_service, await text_body(request))
    async with nfvo.database.session() as session:
        return await onboard_service(session, descriptor, caller.project_id)


@router.post("/vnfd-tosca", status_code=202, openapi_extra=_TEMPLATE)
async def onboard_function_template(
    request: Request, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """On-board a function from a template."""
    descriptor = await in_thread(read_function, await text_body(request))
    async with nfvo.database.session() as session:
        return await onboard_function(session, descriptor, caller.project_id)
