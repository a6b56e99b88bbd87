"""What a function is told about those it depends on (wire contract 6.3, `VNFRecordDependency`; seed 3.3.2.2.1.2).

A dependency names a source, a target and parameters. When all sources of a target are instantiated, the target gets a
MODIFY with the values: one per function (what the source provides or is configured with) and one set per instance
(addresses and host names, which differ from instance to instance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import DependencyParameters, VNFCDependencyParameters, VNFRecordDependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nai.catalogue import VirtualNetworkFunctionRecord, VNFCInstance

HOST_NAME = "hostname"
FLOATING_IP_SUFFIX = "_floatingIp"
IP_SUFFIX = "_ip"
"""The PaaS asks for `internal_nubomedia_ip`, the scripts of the cloud repository for `internal_nubomedia`: both."""


def function_values(source: VirtualNetworkFunctionRecord) -> dict[str, str]:
    """Return what a function knows as a whole: its configuration, over which goes what it provides."""
    return source.configurations.as_dict() | source.provides.as_dict()


def instance_values(instance: VNFCInstance) -> dict[str, str]:
    """Return what one instance knows: its host name, and each network's address under all its names."""
    values: dict[str, str] = {}
    for address in instance.ips:
        if address.net_name and address.ip:
            values.setdefault(address.net_name, address.ip)
            values.setdefault(address.net_name + IP_SUFFIX, address.ip)
    for address in instance.floating_ips:
        if address.net_name and address.ip:
            values.setdefault(address.net_name + FLOATING_IP_SUFFIX, address.ip)
    if instance.hostname:
        values[HOST_NAME] = instance.hostname
    return values


def instances(vnfr: VirtualNetworkFunctionRecord) -> list[VNFCInstance]:
    """Return all instances of a function, in the order of its units."""
    return [instance for vdu in vnfr.vdu for instance in vdu.vnfc_instance]


def _source_type(source: VirtualNetworkFunctionRecord) -> str:
    return source.type or source.name or ""


def resolve(
    target: str,
    wanted: Mapping[str, Sequence[str]],
    sources: Iterable[VirtualNetworkFunctionRecord],
    *,
    only: VNFCInstance | None = None,
) -> VNFRecordDependency:
    """Fill in one target's dependency.

    Args:
        target: name of the function that is told.
        wanted: names of the parameters by name of the source; an empty list asks for everything.
        sources: the records of the sources. Those of one type come under that type, as clients look them up so.
        only: tell about this instance alone (after a scale out: the new one).

    Returns:
        The document of the MODIFY. A parameter that a source does not know is left out.
    """
    filled = VNFRecordDependency(target=target, parameters={}, vnfc_parameters={}, id_type={})
    for source in sources:
        kind, names = _source_type(source), wanted.get(source.name or "", ())
        filled.id_type[source.id or source.name or ""] = kind
        shared = filled.parameters.setdefault(kind, DependencyParameters(parameters={}))
        shared.parameters.update(_chosen(function_values(source), names))
        by_instance = filled.vnfc_parameters.setdefault(kind, VNFCDependencyParameters(vnfc_id="", parameters={}))
        for instance in instances(source):
            if only is not None and instance.id != only.id:
                continue
            key = instance.id or instance.hostname or ""
            by_instance.vnfc_id = key
            by_instance.parameters[key] = DependencyParameters(parameters=_chosen(instance_values(instance), names))
    return filled


def _chosen(values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if not names or name in names}
