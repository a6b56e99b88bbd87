"""`/ns-records/{id}/vnfdependencies…` and `/pnfrecords`: the other parts of a running service."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from nai.catalogue import DependencyObject, PhysicalNetworkFunctionRecord, VNFRecordDependency
from nai.nfvo.api.access import InProject
from nai.nfvo.api.records_access import orchestrator_of, part_of, whole_record
from nai.nfvo.api.routing import Id, resource

router = resource("ns-records")


@router.get("/{id}/vnfdependencies", response_model=list[VNFRecordDependency])
async def list_dependencies(id: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """List a service's dependencies, with the values that were found for them."""
    return (await whole_record(request, caller.project_id, id)).get("vnf_dependency", [])


@router.get("/{id}/vnfdependenciesList")
async def list_dependencies_in_short(id: Id, caller: InProject, request: Request) -> list[DependencyObject]:  # noqa: A002
    """List who needs which parameters of whom."""
    return await orchestrator_of(request).edits.needs(caller.project_id, id)


@router.post("/{id}/vnfdependencies", status_code=201, response_model=VNFRecordDependency)
async def add_dependency(
    id: Id,  # noqa: A002  # the wire's
    body: VNFRecordDependency,
    caller: InProject,
    request: Request,
) -> Any:
    """Add a dependency: the target is told of its sources at the next change of one of them."""
    return await orchestrator_of(request).edits.put_dependency(caller.project_id, id, None, body)


@router.get("/{id}/vnfdependencies/{id_vnfr}", response_model=VNFRecordDependency)
async def get_dependency(id: Id, id_vnfr: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """Return a dependency by its id."""
    return await part_of(request, caller.project_id, id, "vnf_dependency", id_vnfr)


@router.put("/{id}/vnfdependencies/{id_vnfd}", status_code=202, response_model=VNFRecordDependency)
async def update_dependency(
    id: Id,  # noqa: A002  # the wire's
    id_vnfd: Id,
    body: VNFRecordDependency,
    caller: InProject,
    request: Request,
) -> Any:
    """Put a dependency in another one's place."""
    return await orchestrator_of(request).edits.put_dependency(caller.project_id, id, id_vnfd, body)


@router.delete("/{id}/vnfdependencies/{id_vnfd}", status_code=204)
async def delete_dependency(id: Id, id_vnfd: Id, caller: InProject, request: Request) -> Response:  # noqa: A002
    """Remove a dependency."""
    await orchestrator_of(request).edits.drop_dependency(caller.project_id, id, id_vnfd)
    return Response(status_code=204)


@router.get("/{id}/pnfrecords", response_model=list[PhysicalNetworkFunctionRecord])
async def list_physical(id: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """List the functions in hardware that take part in a service."""
    return (await whole_record(request, caller.project_id, id)).get("pnfr", [])


@router.post("/{id}/pnfrecords", status_code=201, response_model=PhysicalNetworkFunctionRecord)
async def add_physical(
    id: Id,  # noqa: A002  # the wire's
    body: PhysicalNetworkFunctionRecord,
    caller: InProject,
    request: Request,
) -> Any:
    """Add a function in hardware."""
    return await orchestrator_of(request).edits.put_physical(caller.project_id, id, None, body)


@router.get("/{id}/pnfrecords/{id_pnf}", status_code=202, response_model=PhysicalNetworkFunctionRecord)
async def get_physical(id: Id, id_pnf: Id, caller: InProject, request: Request) -> Any:  # noqa: A002  # the wire's
    """Return a function in hardware. The status is Open Baton's."""
    return await part_of(request, caller.project_id, id, "pnfr", id_pnf)


@router.put("/{id}/pnfrecords/{id_pnf}", status_code=202, response_model=PhysicalNetworkFunctionRecord)
async def update_physical(
    id: Id,  # noqa: A002  # the wire's
    id_pnf: Id,
    body: PhysicalNetworkFunctionRecord,
    caller: InProject,
    request: Request,
) -> Any:
    """Put a function in hardware in another one's place."""
    return await orchestrator_of(request).edits.put_physical(caller.project_id, id, id_pnf, body)


@router.delete("/{id}/pnfrecords/{id_pnf}", status_code=204)
async def delete_physical(id: Id, id_pnf: Id, caller: InProject, request: Request) -> Response:  # noqa: A002
    """Remove a function in hardware."""
    await orchestrator_of(request).edits.drop_physical(caller.project_id, id, id_pnf)
    return Response(status_code=204)
