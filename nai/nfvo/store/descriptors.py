"""Descriptors. A function's descriptor stands on its own and may be part of several services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
from nai.core.errors import NotFoundError
from nai.nfvo.errors import InUseError
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import FunctionDescriptorRow, ServiceDescriptorRow, ServiceFunctionRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

functions = DocumentStore(FunctionDescriptorRow, VirtualNetworkFunctionDescriptor, "VirtualNetworkFunctionDescriptor")
_services = DocumentStore(ServiceDescriptorRow, NetworkServiceDescriptor, "NetworkServiceDescriptor")


async def add_service(
    session: AsyncSession, descriptor: NetworkServiceDescriptor, project_id: str
) -> NetworkServiceDescriptor:
    """Insert a service's descriptor; its functions become descriptors of their own, or are existing ones by their id.

    Raises:
        NotFoundError: a function is nothing but an id that does not exist in the project.
    """
    members = [await _member(session, each, project_id) for each in descriptor.vnfd]
    stored = await _services.add(session, _without_functions(descriptor), project_id)
    await _set_members(session, str(stored.id), members)
    stored.vnfd = members
    return stored


async def get_service(session: AsyncSession, id_: str, project_id: str | None = None) -> NetworkServiceDescriptor:
    """Return a service's descriptor with those of its functions.

    Raises:
        NotFoundError: the project has no such service.
    """
    descriptor = await _services.get(session, id_, project_id)
    descriptor.vnfd = await _members(session, id_)
    return descriptor


async def list_services(session: AsyncSession, project_id: str | None = None) -> list[NetworkServiceDescriptor]:
    """Return a project's services (None: everybody's) with their functions."""
    descriptors = await _services.list(session, project_id)
    for descriptor in descriptors:
        descriptor.vnfd = await _members(session, str(descriptor.id))
    return descriptors


async def replace_service(
    session: AsyncSession, id_: str, descriptor: NetworkServiceDescriptor, project_id: str
) -> NetworkServiceDescriptor:
    """Put a service's descriptor in another's place; functions that are known by their id are updated with it.

    Raises:
        NotFoundError: the project has no such service.
    """
    await _services.row(session, id_, project_id)
    members = [await _member(session, each, project_id, update=True) for each in descriptor.vnfd]
    stored = await _services.replace(session, id_, _without_functions(descriptor), project_id)
    await _set_members(session, id_, members)
    stored.vnfd = members
    return stored


async def delete_service(session: AsyncSession, id_: str, project_id: str, *, cascade: bool) -> list[str]:
    """Delete a service's descriptor.

    Args:
        session: the transaction.
        id_: the service's id.
        project_id: its project.
        cascade: whether its functions go too, unless another service has them.

    Returns:
        The locations of the packages of the functions that went with it.

    Raises:
        NotFoundError: the project has no such service.
    """
    row = await _services.row(session, id_, project_id)
    members = await _members(session, id_)
    await _set_members(session, id_, [])
    await session.delete(row)
    await session.flush()
    locations = []
    for member in members if cascade else ():
        if not await services_with(session, str(member.id)):
            await functions.delete(session, str(member.id), project_id)
            locations.append(member.vnf_package_location or "")
    return locations


async def delete_function(session: AsyncSession, id_: str, project_id: str) -> VirtualNetworkFunctionDescriptor:
    """Delete a function's descriptor and return it.

    Raises:
        InUseError: it is part of a service.
        NotFoundError: the project has no such function.
    """
    descriptor = await functions.get(session, id_, project_id)
    users = await services_with(session, id_)
    if users:
        message = f"VirtualNetworkFunctionDescriptor {id_} is part of the NetworkServiceDescriptor {', '.join(users)}"
        raise InUseError(message)
    await functions.delete(session, id_, project_id)
    return descriptor


async def services_with(session: AsyncSession, function_id: str) -> list[str]:
    """Return the ids of the services that have a function."""
    query = select(ServiceFunctionRow.service_id).where(ServiceFunctionRow.function_id == function_id)
    return sorted(set(await session.scalars(query)))


async def _member(
    session: AsyncSession, function: VirtualNetworkFunctionDescriptor, project_id: str, *, update: bool = False
) -> VirtualNetworkFunctionDescriptor:
    if function.id:
        only_an_id = not (function.model_fields_set - {"id", "hb_version", "project_id"})
        try:
            known = await functions.get(session, function.id, project_id)
        except NotFoundError:
            # One that was exported from somewhere else comes with an id that means nothing here.
            if only_an_id:
                raise
        else:
            if update and not only_an_id:
                return await functions.replace(session, function.id, function, project_id)
            return known
    return await functions.add(session, function, project_id)


async def _members(session: AsyncSession, service_id: str) -> list[VirtualNetworkFunctionDescriptor]:
    query = (
        select(FunctionDescriptorRow)
        .join(ServiceFunctionRow, ServiceFunctionRow.function_id == FunctionDescriptorRow.id)
        .where(ServiceFunctionRow.service_id == service_id)
        .order_by(ServiceFunctionRow.position)
    )
    return [functions.read(row) for row in await session.scalars(query)]


async def _set_members(
    session: AsyncSession, service_id: str, members: Sequence[VirtualNetworkFunctionDescriptor]
) -> None:
    await session.execute(delete(ServiceFunctionRow).where(ServiceFunctionRow.service_id == service_id))
    session.add_all(
        ServiceFunctionRow(service_id=service_id, position=position, function_id=member.id)
        for position, member in enumerate(members)
    )
    await session.flush()


def _without_functions(descriptor: NetworkServiceDescriptor) -> NetworkServiceDescriptor:
    return descriptor.model_copy(update={"vnfd": []})
