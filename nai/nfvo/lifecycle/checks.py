"""What must hold before a descriptor is instantiated (wire contract 6.1, "NSD checks")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.core.errors import InvalidError, NotFoundError
from nai.nfvo.lifecycle import ordering

if TYPE_CHECKING:
    from collections.abc import Collection

    from nai.catalogue import DeployNSRBody, NetworkServiceDescriptor


class DescriptorError(InvalidError):
    """A descriptor cannot be instantiated as it is."""


def wanted_parameters(descriptor: NetworkServiceDescriptor) -> dict[str, dict[str, list[str]]]:
    """Return the parameters that each target wants from each source; an empty list asks for all.

    Two ways to say so: a dependency of the service, and a function's `requires`, which names the type of its source.
    """
    wanted: dict[str, dict[str, list[str]]] = {}

    def add(source: str, target: str, names: Collection[str]) -> None:
        known = wanted.setdefault(target, {}).setdefault(source, [])
        known.extend(name for name in names if name not in known)

    for dependency in descriptor.vnf_dependency:
        if dependency.source and dependency.target:
            add(dependency.source.name or "", dependency.target.name or "", dependency.parameters)
    for target in descriptor.vnfd:
        for source in descriptor.vnfd:
            required = target.requires.get(source.type or "") or target.requires.get(source.name or "")
            if required is not None and source is not target:
                add(source.name or "", target.name or "", required.parameters)
    return wanted


def check(
    descriptor: NetworkServiceDescriptor,
    body: DeployNSRBody,
    *,
    vim_names: Collection[str],
    key_names: Collection[str],
    managers: Collection[str],
    start_ordered: bool,
) -> None:
    """Refuse a descriptor that could not become a running service.

    Args:
        descriptor: the service's.
        body: what the client chose.
        vim_names: infrastructures of the project.
        key_names: key pairs of the project.
        managers: types of the VNFMs that are registered and active.
        start_ordered: whether functions are started in the order of their dependencies.

    Raises:
        NotFoundError: a VNFM, infrastructure or key it names is not there.
        DescriptorError: it contradicts itself.
        ordering.CyclicDependenciesError: its dependencies have no order, and one is asked for.
    """
    names = [vnfd.name or "" for vnfd in descriptor.vnfd]
    problems = [] if names else [f"NSD {descriptor.name} has no VNFD"]
    problems += [f"VNFD name {name!r} is not unique" for name in sorted({n for n in names if names.count(n) > 1})]
    problems += ["a VNFD has no name"] * ("" in names)
    problems += [
        f"VNFD {vnfd.name} has no deployment flavour"
        for vnfd in descriptor.vnfd
        if not any(flavour.flavour_key for flavour in vnfd.deployment_flavour)
    ]
    edges = [(source, target) for target, sources in wanted_parameters(descriptor).items() for source in sources]
    problems += [
        f"dependency {source} -> {target} names a VNFD that the NSD does not have"
        for source, target in edges
        if source not in names or target not in names
    ]
    problems += [f"configuration for unknown VNFD {name}" for name in body.configurations if name not in names]
    if problems:
        raise DescriptorError("; ".join(problems))
    for vnfd in descriptor.vnfd:
        if vnfd.endpoint not in managers:
            raise NotFoundError(f"VNFManager with endpoint: {vnfd.endpoint} is not registered")
    _check_places(descriptor, body, vim_names)
    missing = [name for name in body.key_names if name not in key_names]
    if missing:
        raise NotFoundError(f"No Key with name equals to {missing[0]}")
    if start_ordered:
        ordering.weights(names, edges)


def _check_places(descriptor: NetworkServiceDescriptor, body: DeployNSRBody, vim_names: Collection[str]) -> None:
    units = [unit for vnfd in descriptor.vnfd for unit in vnfd.vdu]
    if units and not vim_names:
        raise NotFoundError("No VimInstance is registered in this project")
    asked = [name for names in body.vdu_vim_instances.values() for name in names]
    asked += [name for unit in units if not body.vdu_vim_instances.get(unit.name or "") for name in unit.vim_names]
    for name in asked:
        if name not in vim_names:
            raise NotFoundError(f"No VimInstance with name equals to {name}")
