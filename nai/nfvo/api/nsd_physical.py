"""`/ns-descriptors/{id}/pnfdescriptors`: the physical functions of a service."""

from __future__ import annotations

from nai.catalogue import NetworkServiceDescriptor, PhysicalNetworkFunctionDescriptor
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.onboarding.descriptors import update_service
from nai.nfvo.store import descriptors

router = resource("ns-descriptors")


@router.get("/{nsd_id}/pnfdescriptors")
async def list_pnfds_of_service(
    nsd_id: Id, caller: InProject, nfvo: Running
) -> list[PhysicalNetworkFunctionDescriptor]:
    """List a service's physical functions."""
    async with nfvo.database.session() as session:
        return (await descriptors.get_service(session, nsd_id, caller.project_id)).pnfd


@router.post("/{nsd_id}/pnfdescriptors", status_code=201)
async def add_pnfd_to_service(
    nsd_id: Id, body: PhysicalNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> PhysicalNetworkFunctionDescriptor:
    """Add a physical function to a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        service.pnfd = [*service.pnfd, body.model_copy(update={"id": None})]
        return (await update_service(session, nsd_id, service, caller.project_id)).pnfd[-1]


@router.get("/{nsd_id}/pnfdescriptors/{pnfd_id}")
async def get_pnfd_of_service(
    nsd_id: Id, pnfd_id: Id, caller: InProject, nfvo: Running
) -> PhysicalNetworkFunctionDescriptor:
    """Return a physical function of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        return service.pnfd[_position(service, pnfd_id)]


@router.put("/{nsd_id}/pnfdescriptors/{pnfd_id}", status_code=202)
async def replace_pnfd_of_service(
    nsd_id: Id, pnfd_id: Id, body: PhysicalNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> PhysicalNetworkFunctionDescriptor:
    """Change a physical function of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        at = _position(service, pnfd_id)
        service.pnfd[at] = body.model_copy(update={"id": pnfd_id})
        return (await update_service(session, nsd_id, service, caller.project_id)).pnfd[at]


@router.delete("/{nsd_id}/pnfdescriptors/{pnfd_id}", status_code=204)
async def remove_pnfd_from_service(nsd_id: Id, pnfd_id: Id, caller: InProject, nfvo: Running) -> None:
    """Take a physical function out of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        del service.pnfd[_position(service, pnfd_id)]
        await update_service(session, nsd_id, service, caller.project_id)


def _position(service: NetworkServiceDescriptor, pnfd_id: str) -> int:
    for at, each in enumerate(service.pnfd):
        if each.id == pnfd_id:
            return at
    message = f"the service has no PhysicalNetworkFunctionDescriptor with id {pnfd_id}"
    raise NotFoundError(message)
