"""Taking descriptors in, from whatever form they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.core.errors import NotFoundError
from nai.nfvo.onboarding.checks import check_function, check_service, gathered
from nai.nfvo.store import descriptors
from nai.nfvo.store.packages import packages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor


async def onboard_service(
    session: AsyncSession, descriptor: NetworkServiceDescriptor, project_id: str
) -> NetworkServiceDescriptor:
    """Check and keep a service's descriptor. Returns it as stored, with ids.

    Raises:
        IntegrityError: it contradicts itself or what there is.
        NotFoundError: something that it names does not exist.
    """
    stored = await descriptors.add_service(session, _current(descriptor), project_id)
    # Functions given by nothing but their ids are known only now; a refusal takes all of it back.
    check_service(stored, await gathered(session, project_id))
    return stored


async def update_service(
    session: AsyncSession, id_: str, descriptor: NetworkServiceDescriptor, project_id: str
) -> NetworkServiceDescriptor:
    """Check a service's descriptor and put it in another's place.

    Raises:
        IntegrityError: it contradicts itself or what there is.
        NotFoundError: the project has no such service, or something that it names does not exist.
    """
    stored = await descriptors.replace_service(session, id_, _current(descriptor), project_id)
    check_service(stored, await gathered(session, project_id))
    return stored


async def onboard_function(
    session: AsyncSession, descriptor: VirtualNetworkFunctionDescriptor, project_id: str
) -> VirtualNetworkFunctionDescriptor:
    """Check and keep a function's descriptor.

    Raises:
        IntegrityError: it contradicts itself or what there is.
        NotFoundError: something that it names does not exist.
    """
    check_function(descriptor, await gathered(session, project_id))
    return await descriptors.functions.add(session, _current_function(descriptor), project_id)


async def remove_function(session: AsyncSession, id_: str, project_id: str, *, package_too: bool) -> None:
    """Delete a function's descriptor, and its package if nothing else uses it.

    Raises:
        InUseError: it is part of a service.
        NotFoundError: the project has no such function.
    """
    gone = await descriptors.delete_function(session, id_, project_id)
    if package_too:
        await remove_unused_package(session, gone.vnf_package_location or "", project_id)


async def remove_unused_package(session: AsyncSession, location: str, project_id: str) -> None:
    """Delete the package at a location, if it is one of the project's and no descriptor needs it any more."""
    if not location or await uses_of_package(session, location, project_id):
        return
    try:
        await packages.delete(session, location, project_id)
    except NotFoundError:
        return


async def uses_of_package(session: AsyncSession, package_id: str, project_id: str) -> list[str]:
    """Return the names of the functions that have a package."""
    known = await descriptors.functions.list(session, project_id)
    return sorted(each.name or "" for each in known if each.vnf_package_location == package_id)


def _current(descriptor: NetworkServiceDescriptor) -> NetworkServiceDescriptor:
    return descriptor.model_copy(update={"vnfd": [_current_function(each) for each in descriptor.vnfd]})


def _current_function(descriptor: VirtualNetworkFunctionDescriptor) -> VirtualNetworkFunctionDescriptor:
    """Return a descriptor in today's form: descriptors of the first releases name a single infrastructure as text."""
    current = descriptor.model_copy(deep=True)
    for unit in current.vdu:
        if isinstance(unit.vim_instance_name, str):
            unit.vim_instance_name = unit.vim_names
    return current
