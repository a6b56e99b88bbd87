"""`/ns-records`: running services, and everything that can be done to them (wire contracts 6.2).

An order is taken here and carried out by an operation; the answer comes as soon as it is written down.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from nai.catalogue import DeployNSRBody, NetworkServiceDescriptor, NetworkServiceRecord
from nai.nfvo.api import ns_records_functions, ns_records_instances, ns_records_parts
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.records_access import orchestrator_of, whole_record
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.store.descriptors import add_service

services = resource("ns-records")


@services.get("", response_model=list[NetworkServiceRecord])
async def list_services(caller: InProject, request: Request) -> Any:
    """List the project's services."""
    return await orchestrator_of(request).records.documents(caller.project_id)


@services.post("", status_code=201, response_model=NetworkServiceRecord)
async def create_with_descriptor(
    body: NetworkServiceDescriptor, caller: InProject, nfvo: Running, request: Request
) -> Any:
    """Keep a descriptor and order a service of it, in one go."""
    async with nfvo.database.session() as session:
        descriptor = await add_service(session, body, caller.project_id)
    return await orchestrator_of(request).orders.deploy(caller.project_id, descriptor, DeployNSRBody())


@services.post("/multipledelete", status_code=204)
async def delete_services(ids: Ids, caller: InProject, request: Request) -> None:
    """Order the end of several services: of all of them, or of none if one is not there."""
    orders = orchestrator_of(request).orders
    for identifier in ids:
        await orders.service(caller.project_id, identifier)
    for identifier in ids:
        await orders.terminate(caller.project_id, identifier)


@services.post("/{id}", status_code=201, response_model=NetworkServiceRecord)
async def create_service(
    id: Id,  # noqa: A002  # the wire's
    caller: InProject,
    request: Request,
    body: Annotated[DeployNSRBody | None, Body()] = None,
) -> Any:
    """Order a service of a descriptor; `id` is the descriptor's."""
    orders = orchestrator_of(request).orders
    descriptor = await orders.descriptor(caller.project_id, id)
    return await orders.deploy(caller.project_id, descriptor, body or DeployNSRBody())


@services.post("/{id}/resume", status_code=204)
async def resume_service(id: Id, caller: InProject, request: Request) -> None:  # noqa: A002  # the wire's
    """Order that the operation that failed last is tried again from where it failed."""
    await orchestrator_of(request).orders.resume(caller.project_id, id)


@services.get("/{id}", response_model=NetworkServiceRecord)
async def get_service(id: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """Return a service."""
    return await whole_record(request, caller.project_id, id)


@services.put("/{id}", status_code=202, response_model=NetworkServiceRecord)
async def update_service(
    id: Id,  # noqa: A002  # the wire's
    body: NetworkServiceRecord,
    caller: InProject,
    request: Request,
) -> Any:
    """Change what describes a service: its name, vendor and version. Its parts have verbs of their own."""
    await orchestrator_of(request).edits.describe(caller.project_id, id, body)
    return await whole_record(request, caller.project_id, id)


@services.delete("/{id}", status_code=204)
async def delete_service(id: Id, caller: InProject, request: Request) -> Response:  # noqa: A002  # the wire's
    """Order the end of a service; its record is gone when everything that it had is removed."""
    await orchestrator_of(request).orders.terminate(caller.project_id, id)
    return Response(status_code=204)


router = APIRouter()
"""All of `/ns-records`."""
router.include_router(services)
router.include_router(ns_records_functions.router)
router.include_router(ns_records_instances.router)
router.include_router(ns_records_parts.router)
