"""`/ns-descriptors/{id}/vnfdependencies`: the dependencies between the functions of a service."""

from __future__ import annotations

from nai.catalogue import NetworkServiceDescriptor, VNFDependency
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.onboarding.descriptors import update_service
from nai.nfvo.store import descriptors

router = resource("ns-descriptors")


@router.get("/{nsd_id}/vnfdependencies")
async def list_dependencies_of_service(nsd_id: Id, caller: InProject, nfvo: Running) -> list[VNFDependency]:
    """List a service's dependencies between the functions."""
    async with nfvo.database.session() as session:
        return (await descriptors.get_service(session, nsd_id, caller.project_id)).vnf_dependency


@router.post("/{nsd_id}/vnfdependencies", status_code=201)
async def add_dependency_to_service(nsd_id: Id, body: VNFDependency, caller: InProject, nfvo: Running) -> VNFDependency:
    """Add a dependency to a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        service.vnf_dependency = [*service.vnf_dependency, body.model_copy(update={"id": None})]
        return (await update_service(session, nsd_id, service, caller.project_id)).vnf_dependency[-1]


@router.get("/{nsd_id}/vnfdependencies/{dependency_id}")
async def get_dependency_of_service(nsd_id: Id, dependency_id: Id, caller: InProject, nfvo: Running) -> VNFDependency:
    """Return a dependency of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        return service.vnf_dependency[_position(service, dependency_id)]


@router.put("/{nsd_id}/vnfdependencies/{dependency_id}", status_code=202)
async def replace_dependency_of_service(
    nsd_id: Id, dependency_id: Id, body: VNFDependency, caller: InProject, nfvo: Running
) -> VNFDependency:
    """Change a dependency of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        at = _position(service, dependency_id)
        service.vnf_dependency[at] = body.model_copy(update={"id": dependency_id})
        return (await update_service(session, nsd_id, service, caller.project_id)).vnf_dependency[at]


@router.delete("/{nsd_id}/vnfdependencies/{dependency_id}", status_code=204)
async def remove_dependency_from_service(nsd_id: Id, dependency_id: Id, caller: InProject, nfvo: Running) -> None:
    """Take a dependency out of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        del service.vnf_dependency[_position(service, dependency_id)]
        await update_service(session, nsd_id, service, caller.project_id)


def _position(service: NetworkServiceDescriptor, dependency_id: str) -> int:
    for at, each in enumerate(service.vnf_dependency):
        if each.id == dependency_id:
            return at
    message = f"the service has no VNFDependency with id {dependency_id}"
    raise NotFoundError(message)
