"""What must hold before a descriptor is taken in (wire contracts 6.1, "NSD checks").

The functions look at plain documents; `gathered` reads what they are compared with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nai.core.errors import InvalidError, NotFoundError
from nai.nfvo.store.managers import managers
from nai.nfvo.store.packages import packages
from nai.nfvo.store.vims import vims

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.catalogue import (
        NetworkServiceDescriptor,
        VimInstance,
        VirtualDeploymentUnit,
        VirtualNetworkFunctionDescriptor,
        VNFDeploymentFlavour,
        VNFPackage,
    )


class IntegrityError(InvalidError):
    """A descriptor contradicts itself or what there is (Open Baton's NetworkServiceIntegrityException)."""


@dataclass(frozen=True)
class Surroundings:
    """What a project's descriptors may refer to."""

    vims: Mapping[str, VimInstance]
    manager_types: Collection[str]
    packages: Mapping[str, VNFPackage]


async def gathered(session: AsyncSession, project_id: str) -> Surroundings:
    """Read what a project's descriptors may refer to."""
    return Surroundings(
        vims={vim.name or "": vim for vim in await vims.list(session, project_id)},
        manager_types={manager.type or "" for manager in await managers.list(session)},
        packages={package.id or "": package for package in await packages.list(session, project_id)},
    )


def check_service(descriptor: NetworkServiceDescriptor, around: Surroundings) -> None:
    """Refuse a service's descriptor that could not become a running service.

    Raises:
        IntegrityError: it contradicts itself, or an infrastructure lacks an image or flavour.
        NotFoundError: an infrastructure, manager or package that it names does not exist.
    """
    if not descriptor.name:
        message = "a NetworkServiceDescriptor needs a name"
        raise IntegrityError(message)
    names = [function.name or "" for function in descriptor.vnfd]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        message = f"the names of the VNFDs have to be unique; these are not: {', '.join(twice)}"
        raise IntegrityError(message)
    check_dependencies(descriptor)
    for function in descriptor.vnfd:
        check_function(function, around)


def check_dependencies(descriptor: NetworkServiceDescriptor) -> None:
    """Refuse dependencies between functions that the service does not have.

    Raises:
        IntegrityError: naming all of them.
    """
    names = {function.name for function in descriptor.vnfd}
    for dependency in descriptor.vnf_dependency:
        ends = {"source": dependency.source, "target": dependency.target}
        for end, function in ends.items():
            name = function.name if function is not None else None
            if name not in names:
                message = f"the {end} of a VNFDependency is {name!r}, which is not the name of a VNFD of the service"
                raise IntegrityError(message)


def check_function(function: VirtualNetworkFunctionDescriptor, around: Surroundings) -> None:
    """Refuse a function's descriptor that could not become a running function.

    Raises:
        IntegrityError: it lacks something, or an infrastructure lacks an image or flavour of it.
        NotFoundError: an infrastructure, manager or package that it names does not exist.
    """
    if not function.name:
        message = "a VirtualNetworkFunctionDescriptor needs a name"
        raise IntegrityError(message)
    if function.endpoint not in around.manager_types:
        message = f"VNFManager with endpoint: {function.endpoint} is not registered"
        raise NotFoundError(message)
    if not function.deployment_flavour:
        message = f"the VNFD {function.name} needs a deployment_flavour"
        raise IntegrityError(message)
    package = _package_of(function, around)
    for unit in function.vdu:
        for vim in _candidates(unit, around):
            _check_flavours(function, vim)
            _check_image(function, unit, vim, package)


def is_repository(location: str) -> bool:
    """Say whether a package's location is a Git repository rather than the id of a package."""
    return "://" in location or location.endswith(".git") or location.startswith("git@")


def _package_of(function: VirtualNetworkFunctionDescriptor, around: Surroundings) -> VNFPackage | None:
    location = function.vnf_package_location or ""
    if not location or is_repository(location):
        return None
    if location not in around.packages:
        message = (
            f"vnfPackageLocation of the VNFD {function.name} is neither a repository nor the id of a VNFPackage: "
            f"{location}"
        )
        raise NotFoundError(message)
    return around.packages[location]


def _candidates(unit: VirtualDeploymentUnit, around: Surroundings) -> list[VimInstance]:
    """Return the infrastructures that have to be able to run a unit.

    One that does not answer is not among them: what it has is not known now, and looked at again when the service is
    started. A unit that names none is left to that moment too: the order may name one.
    """
    for name in unit.vim_names:
        if name not in around.vims:
            message = f"No VimInstance with name equals to {name}"
            raise NotFoundError(message)
    return [around.vims[name] for name in unit.vim_names if around.vims[name].active]


def _check_flavours(function: VirtualNetworkFunctionDescriptor, vim: VimInstance) -> None:
    there = {key for flavour in vim.flavours for key in (flavour.flavour_key, flavour.ext_id, flavour.id)}
    for flavour in function.deployment_flavour:
        if flavour.flavour_key not in there and not _can_be_made(flavour):
            message = (
                f"the flavour {flavour.flavour_key} of the VNFD {function.name} does not exist in the VIM {vim.name}; "
                f"there are {', '.join(sorted(each.flavour_key or '' for each in vim.flavours)) or 'none'}"
            )
            raise IntegrityError(message)


def _can_be_made(flavour: VNFDeploymentFlavour) -> bool:
    return bool(flavour.flavour_key and flavour.ram and flavour.vcpus)


def _check_image(
    function: VirtualNetworkFunctionDescriptor,
    unit: VirtualDeploymentUnit,
    vim: VimInstance,
    package: VNFPackage | None,
) -> None:
    if not unit.vm_image and package is not None and package.image is not None:
        return
    there = {key for image in vim.images for key in (image.name, image.ext_id, image.id)}
    if not there.intersection(unit.vm_image):
        message = (
            f"none of the images {', '.join(unit.vm_image) or '(none given)'} of the VNFD {function.name} "
            f"exists in the VIM {vim.name}"
        )
        raise IntegrityError(message)
