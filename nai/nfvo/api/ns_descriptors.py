"""`/ns-descriptors`: descriptors of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import NetworkServiceDescriptor
from nai.nfvo.api.access import InProject, Running
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.errors import InUseError
from nai.nfvo.onboarding.descriptors import onboard_service, remove_unused_package, update_service
from nai.nfvo.store import descriptors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.nfvo.context import Nfvo

router = resource("ns-descriptors")


@router.get("")
async def list_service_descriptors(caller: InProject, nfvo: Running) -> list[NetworkServiceDescriptor]:
    """List the project's services."""
    async with nfvo.database.session() as session:
        return await descriptors.list_services(session, caller.project_id)


@router.post("", status_code=201)
async def create_service_descriptor(
    body: NetworkServiceDescriptor, caller: InProject, nfvo: Running
) -> NetworkServiceDescriptor:
    """On-board a service. Its functions are given in full, or by nothing but the ids of existing ones."""
    async with nfvo.database.session() as session:
        return await onboard_service(session, body, caller.project_id)


@router.post("/multipledelete", status_code=204)
async def delete_service_descriptors(ids: Ids, caller: InProject, nfvo: Running) -> None:
    """Delete services, all of them or none."""
    for id_ in ids:
        await _refuse_in_use(nfvo, id_)
    async with nfvo.database.session() as session:
        for id_ in ids:
            await _delete(session, nfvo, id_, caller.project_id)


@router.get("/{nsd_id}")
async def get_service_descriptor(nsd_id: Id, caller: InProject, nfvo: Running) -> NetworkServiceDescriptor:
    """Return a service."""
    async with nfvo.database.session() as session:
        return await descriptors.get_service(session, nsd_id, caller.project_id)


@router.put("/{nsd_id}", status_code=202)
async def replace_service_descriptor(
    nsd_id: Id, body: NetworkServiceDescriptor, caller: InProject, nfvo: Running
) -> NetworkServiceDescriptor:
    """Put another descriptor in its place; running services stay as they are."""
    async with nfvo.database.session() as session:
        return await update_service(session, nsd_id, body, caller.project_id)


@router.delete("/{nsd_id}", status_code=204)
async def delete_service_descriptor(nsd_id: Id, caller: InProject, nfvo: Running) -> None:
    """Delete a service's descriptor, unless a running service was made of it."""
    await _refuse_in_use(nfvo, nsd_id)
    async with nfvo.database.session() as session:
        await _delete(session, nfvo, nsd_id, caller.project_id)


async def _refuse_in_use(nfvo: Nfvo, nsd_id: str) -> None:
    if await nfvo.usage.uses_descriptor(nsd_id):
        message = f"NetworkServiceDescriptor {nsd_id} has running services; delete them first"
        raise InUseError(message)


async def _delete(session: AsyncSession, nfvo: Nfvo, nsd_id: str, project_id: str) -> None:
    cascade = nfvo.settings.vnfd_cascade_delete
    locations = await descriptors.delete_service(session, nsd_id, project_id, cascade=cascade)
    for location in locations if nfvo.settings.package_cascade_delete else ():
        await remove_unused_package(session, location, project_id)
