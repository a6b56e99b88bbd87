"""`/ns-records/{id}/vnfrecords`: the functions of a running service.

An order about a part is answered as in Open Baton: 201 with an empty body.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Request, Response

from nai.catalogue import Action, HistoryLifecycleEvent, Script, VirtualNetworkFunctionRecord
from nai.nfvo.api.access import InProject
from nai.nfvo.api.records_access import orchestrator_of, part_of, whole_record
from nai.nfvo.api.routing import Id, JsonObject, resource

router = resource("ns-records")


@router.get("/{id}/vnfrecords", response_model=list[VirtualNetworkFunctionRecord])
async def list_functions(id: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """List a service's functions."""
    return (await whole_record(request, caller.project_id, id))["vnfr"]


@router.post("/{id}/vnfrecords", status_code=201, response_model=VirtualNetworkFunctionRecord)
async def add_function(
    id: Id,  # noqa: A002  # the wire's
    body: VirtualNetworkFunctionRecord,
    caller: InProject,
    request: Request,
) -> Any:
    """Add a function to a running service and bring it up: one of the descriptor that `descriptor_reference` names."""
    return await orchestrator_of(request).edits.add_function(caller.project_id, id, body)


@router.get("/{id}/vnfrecords/{idVnf}", response_model=VirtualNetworkFunctionRecord)
async def get_function(id: Id, idVnf: Id, caller: InProject, request: Request) -> Any:  # noqa: A002, N803  # the wire's
    """Return a function."""
    return await part_of(request, caller.project_id, id, "vnfr", idVnf)


@router.put("/{id}/vnfrecords/{idVnf}", status_code=202, response_model=VirtualNetworkFunctionRecord)
async def update_function(
    id: Id,  # noqa: A002  # the wire's
    idVnf: Id,  # noqa: N803  # the wire's
    body: VirtualNetworkFunctionRecord,
    caller: InProject,
    request: Request,
) -> Any:
    """Change a function's configuration and its rules of scaling and monitoring."""
    await orchestrator_of(request).edits.configure(caller.project_id, id, idVnf, body)
    return await part_of(request, caller.project_id, id, "vnfr", idVnf)


@router.delete("/{id}/vnfrecords/{idVnf}", status_code=204)
async def delete_function(id: Id, idVnf: Id, caller: InProject, request: Request) -> Response:  # noqa: A002, N803
    """Order the end of one function; with the last one the service ends."""
    await orchestrator_of(request).orders.terminate_function(caller.project_id, id, idVnf)
    return Response(status_code=204)


@router.get("/{id}/vnfrecords/{idVnf}/history", status_code=202, response_model=list[HistoryLifecycleEvent])
async def history(id: Id, idVnf: Id, caller: InProject, request: Request) -> Any:  # noqa: A002, N803  # the wire's
    """Return what happened to a function, oldest first. The status is Open Baton's."""
    return (await part_of(request, caller.project_id, id, "vnfr", idVnf)).get("lifecycle_event_history", [])


@router.post("/{id}/vnfrecords/{idVnf}/execute-script", status_code=201, response_class=Response)
async def execute_script(id: Id, idVnf: Id, body: Script, caller: InProject, request: Request) -> Response:  # noqa: A002, N803
    """Order that a script is run in a function's instances (5.x)."""
    await orchestrator_of(request).orders.update(caller.project_id, id, idVnf, Action.EXECUTE, body)
    return Response(status_code=201)


@router.post("/{id}/vnfrecords/{idVnf}/update", status_code=201, response_class=Response)
async def update_software(
    id: Id,  # noqa: A002  # the wire's
    idVnf: Id,  # noqa: N803  # the wire's
    caller: InProject,
    request: Request,
    body: Annotated[Script | None, Body()] = None,
) -> Response:
    """Order that a changed script takes the place of the one a function has (5.x)."""
    await orchestrator_of(request).orders.update(caller.project_id, id, idVnf, Action.UPDATE, body)
    return Response(status_code=201)


@router.post("/{id}/vnfrecords/{idVnf}/restart", status_code=201, response_class=Response)
async def restart(
    id: Id,  # noqa: A002  # the wire's
    idVnf: Id,  # noqa: N803  # the wire's
    caller: InProject,
    request: Request,
    body: Annotated[JsonObject | None, Body()] = None,
) -> Response:
    """Order that a function is stopped and started (5.x)."""
    del body
    await orchestrator_of(request).orders.restart(caller.project_id, id, idVnf)
    return Response(status_code=201)
