"""`/ns-descriptors/{id}/vnfdescriptors`: the functions of a service."""

from __future__ import annotations

from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, resource
from nai.nfvo.onboarding.descriptors import remove_function, update_service
from nai.nfvo.store import descriptors

router = resource("ns-descriptors")


@router.get("/{nsd_id}/vnfdescriptors")
async def list_functions_of_service(
    nsd_id: Id, caller: InProject, nfvo: Running
) -> list[VirtualNetworkFunctionDescriptor]:
    """List a service's functions."""
    async with nfvo.database.session() as session:
        return (await descriptors.get_service(session, nsd_id, caller.project_id)).vnfd


@router.post("/{nsd_id}/vnfdescriptors", status_code=201)
async def add_function_to_service(
    nsd_id: Id, body: VirtualNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """Add a function to a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        service.vnfd.append(body)
        return (await update_service(session, nsd_id, service, caller.project_id)).vnfd[-1]


@router.get("/{nsd_id}/vnfdescriptors/{vnfd_id}")
async def get_function_of_service(
    nsd_id: Id, vnfd_id: Id, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """Return a function of a service."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        return service.vnfd[_position(service, vnfd_id)]


@router.put("/{nsd_id}/vnfdescriptors/{vnfd_id}", status_code=202)
async def replace_function_of_service(
    nsd_id: Id, vnfd_id: Id, body: VirtualNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """Change a function of a service; it changes in every service that has it."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        at = _position(service, vnfd_id)
        service.vnfd[at] = body.model_copy(update={"id": vnfd_id})
        return (await update_service(session, nsd_id, service, caller.project_id)).vnfd[at]


@router.delete("/{nsd_id}/vnfdescriptors/{vnfd_id}", status_code=204)
async def remove_function_from_service(nsd_id: Id, vnfd_id: Id, caller: InProject, nfvo: Running) -> None:
    """Take a function out of a service, and delete it if no other service has it."""
    async with nfvo.database.session() as session:
        service = await descriptors.get_service(session, nsd_id, caller.project_id)
        del service.vnfd[_position(service, vnfd_id)]
        await update_service(session, nsd_id, service, caller.project_id)
        if not await descriptors.services_with(session, vnfd_id):
            package_too = nfvo.settings.package_cascade_delete
            await remove_function(session, vnfd_id, caller.project_id, package_too=package_too)


def _position(service: NetworkServiceDescriptor, vnfd_id: str) -> int:
    for at, function in enumerate(service.vnfd):
        if function.id == vnfd_id:
            return at
    message = f"the service has no VirtualNetworkFunctionDescriptor with id {vnfd_id}"
    raise NotFoundError(message)
