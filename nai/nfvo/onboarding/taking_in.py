"""Taking archives in: a package or CSAR becomes packages and descriptors, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor, VNFPackage
from nai.core.threads import in_thread
from nai.nfvo.onboarding.archive import read_tar, read_zip
from nai.nfvo.onboarding.csar import read_function_archive, read_service_archive
from nai.nfvo.onboarding.descriptors import onboard_function, onboard_service
from nai.nfvo.onboarding.packages import read_package
from nai.nfvo.store.packages import packages

if TYPE_CHECKING:
    from nai.nfvo.context import Nfvo
    from nai.nfvo.onboarding.packages import Metadata


async def take_package(nfvo: Nfvo, content: bytes, project_id: str) -> VirtualNetworkFunctionDescriptor:
    """Take a VNF package in; returns the function's descriptor, whose package location is the package's id.

    Raises:
        AlreadyExistsError: the project has a package of that name.
        ArchiveError: the archive is wrong.
        IntegrityError: the function contradicts what there is.
        NotFoundError: something that the function names does not exist.
    """
    read = read_package(await in_thread(read_tar, content, nfvo.settings.package_bytes))
    async with nfvo.database.session() as session:
        stored = await packages.add_new(session, read.package, project_id, read.scripts)
        function = read.function.model_copy(update={"vnf_package_location": stored.id})
        return await onboard_function(session, function, project_id)


async def take_function_archive(nfvo: Nfvo, content: bytes, project_id: str) -> VirtualNetworkFunctionDescriptor:
    """Take a function's CSAR in.

    Raises:
        AlreadyExistsError, ArchiveError, IntegrityError, NotFoundError, ToscaError: as `take_package`.
    """
    files = await in_thread(read_zip, content, nfvo.settings.package_bytes)
    archive = await in_thread(read_function_archive, files)
    async with nfvo.database.session() as session:
        function = archive.function
        name = archive.metadata.name if archive.metadata is not None else str(function.name)
        stored = await packages.add_new(session, _package(name, archive.metadata), project_id, archive.scripts)
        function.vnf_package_location = stored.id
        return await onboard_function(session, function, project_id)


async def take_service_archive(nfvo: Nfvo, content: bytes, project_id: str) -> NetworkServiceDescriptor:
    """Take a service's CSAR in; each function that has scripts gets a package of its own.

    Raises:
        AlreadyExistsError, ArchiveError, IntegrityError, NotFoundError, ToscaError: as `take_package`.
    """
    files = await in_thread(read_zip, content, nfvo.settings.package_bytes)
    archive = await in_thread(read_service_archive, files)
    async with nfvo.database.session() as session:
        for function in archive.service.vnfd:
            scripts = archive.scripts.get(str(function.name))
            if scripts:
                package = _package(f"{archive.service.name}-{function.name}", archive.metadata)
                function.vnf_package_location = (await packages.add_new(session, package, project_id, scripts)).id
        return await onboard_service(session, archive.service, project_id)


def _package(name: str, metadata: Metadata | None) -> VNFPackage:
    if metadata is None:
        return VNFPackage(name=name)
    return VNFPackage(name=name, nfvo_version=metadata.nfvo_version, vim_types=metadata.vim_types)
