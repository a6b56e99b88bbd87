"""The variables a script is given (wire contracts 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.catalogue import VirtualNetworkFunctionRecord, VNFCInstance, VNFRecordDependency

_UNSAFE = re.compile(r"[^A-Za-z0-9_]")


def variable_name(name: str) -> str:
    """Returns a name as a shell can use it: what is no letter, digit or underscore becomes an underscore."""
    safe = _UNSAFE.sub("_", name)
    return f"_{safe}" if safe[:1].isdigit() else safe


def sanitised(values: Mapping[str, str | None]) -> dict[str, str]:
    """Returns variables with usable names; a null character ends a value, as no variable can hold one."""
    return {
        variable_name(name): (value or "").partition("\0")[0] for name, value in values.items() if name and name.strip()
    }


def own_variables(vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance) -> dict[str, str]:
    """Returns what a script knows of its own VNF and instance.

    The keys of `provides` and `configurations`, each network's name with the address in it, `<network>_floatingIp`, and
    `hostname`.
    """
    values: dict[str, str | None] = {}
    for configuration in (vnfr.provides, vnfr.configurations):
        for parameter in configuration.configuration_parameters:
            if parameter.conf_key:
                values[parameter.conf_key] = parameter.value
    values.update(_addresses(vnfc, prefix=""))
    values["hostname"] = vnfc.hostname
    return sanitised(values)


def removed_variables(vnfc: VNFCInstance) -> dict[str, str]:
    """Returns what the scripts of SCALE_IN know of the instance that goes: the same with `removing_` in front."""
    return sanitised({**_addresses(vnfc, prefix="removing_"), "removing_hostname": vnfc.hostname})


def source_type_of(script: str, types: set[str]) -> str | None:
    """Returns the type of the VNF that a script is for: the name of the script begins with it and an underscore."""
    name = script.rpartition("/")[2]
    return max((each for each in types if name.startswith(f"{each}_")), key=len, default=None)


def source_variables(dependency: VNFRecordDependency, source_type: str) -> list[dict[str, str]]:
    """Returns what a script knows of the VNFs of one type that its own depends on.

    Returns:
        One set of variables per instance of the source, in order of their ids: the script runs once for each.
    """
    common = dependency.parameters.get(source_type)
    shared: dict[str, str | None] = {f"{source_type}_{key}": value for key, value in _items(common)}
    instances = dependency.vnfc_parameters.get(source_type)
    if instances is None or not instances.parameters:
        return [sanitised(shared)] if shared else []
    return [
        sanitised({**shared, **{f"{source_type}_{key}": value for key, value in _items(instances.parameters[vnfc])}})
        for vnfc in sorted(instances.parameters)
    ]


def source_types(vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency | None) -> set[str]:
    """Returns the types of VNFs that this one depends on, as far as its record and the dependency tell."""
    types = {each.conf_key for each in vnfr.requires.configuration_parameters if each.conf_key}
    if dependency is not None:
        types |= {*dependency.parameters, *dependency.vnfc_parameters, *dependency.id_type.values()}
    return types


def _items(parameters: object) -> list[tuple[str, str | None]]:
    values = getattr(parameters, "parameters", None) or {}
    return list(values.items())


def _addresses(vnfc: VNFCInstance, *, prefix: str) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for address in vnfc.ips:
        if address.net_name:
            values[f"{prefix}{address.net_name}"] = address.ip
    for address in vnfc.floating_ips:
        if address.net_name:
            values[f"{prefix}{address.net_name}_floatingIp"] = address.ip
    return values
