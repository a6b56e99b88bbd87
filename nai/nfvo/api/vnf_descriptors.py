"""`/vnf-descriptors`: descriptors of functions, those of services among them."""

from __future__ import annotations

from nai.catalogue import VirtualNetworkFunctionDescriptor
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.onboarding.checks import check_function, gathered
from nai.nfvo.onboarding.descriptors import onboard_function, remove_function
from nai.nfvo.store.descriptors import functions

router = resource("vnf-descriptors")


@router.get("")
async def list_function_descriptors(caller: InProject, nfvo: Running) -> list[VirtualNetworkFunctionDescriptor]:
    """List the project's functions."""
    async with nfvo.database.session() as session:
        return await functions.list(session, caller.project_id)


@router.post("", status_code=201)
async def create_function_descriptor(
    body: VirtualNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """On-board a function."""
    async with nfvo.database.session() as session:
        return await onboard_function(session, body, caller.project_id)


@router.post("/multipledelete", status_code=204)
async def delete_function_descriptors(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Delete functions, all of them or none."""
    async with nfvo.database.session() as session:
        for id_ in ids:
            await remove_function(session, id_, caller.project_id, package_too=nfvo.settings.package_cascade_delete)


@router.get("/{vnfd_id}")
async def get_function_descriptor(vnfd_id: Id, caller: InProject, nfvo: Running) -> VirtualNetworkFunctionDescriptor:
    """Return a function."""
    async with nfvo.database.session() as session:
        return await functions.get(session, vnfd_id, caller.project_id)


@router.put("/{vnfd_id}", status_code=202)
async def replace_function_descriptor(
    vnfd_id: Id, body: VirtualNetworkFunctionDescriptor, caller: InProject, nfvo: Running
) -> VirtualNetworkFunctionDescriptor:
    """Change a function; running ones stay as they are."""
    async with nfvo.database.session() as session:
        stored = await functions.replace(session, vnfd_id, body, caller.project_id)
        check_function(stored, await gathered(session, caller.project_id))
        return stored


@router.delete("/{vnfd_id}", status_code=204)
async def delete_function_descriptor(vnfd_id: Id, caller: InProject, nfvo: Running) -> None:
    """Delete a function that is part of no service."""
    async with nfvo.database.session() as session:
        await remove_function(session, vnfd_id, caller.project_id, package_too=nfvo.settings.package_cascade_delete)
