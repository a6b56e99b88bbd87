"""Descriptors in TOSCA (Simple Profile in YAML 1.0, for NFV 1.0) as Open Baton's clients write them.

A template has nodes of four kinds: functions (VNF), their units (VDU), connection points (CP) and links (VL). Functions
name their units and links in `requirements`, units their connection points, connection points their link.
"""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from nai.catalogue import NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor
from nai.core.errors import InvalidError

VNF, VDU, CONNECTION_POINT, LINK = "VNF", "VDU", "CP", "VL"

_KINDS = {
    "openbaton.type.VNF": VNF,
    "openbaton.type.VNF.GENERIC": VNF,
    "tosca.nodes.nfv.VNF": VNF,
    "openbaton.type.VDU": VDU,
    "tosca.nodes.nfv.VDU": VDU,
    "tosca.nodes.nfv.CP": CONNECTION_POINT,
    "openbaton.type.CP": CONNECTION_POINT,
    "tosca.nodes.nfv.VL": LINK,
    "openbaton.type.VL": LINK,
}

Node = dict[str, Any]

_Model = TypeVar("_Model", NetworkServiceDescriptor, VirtualNetworkFunctionDescriptor)

COMPONENTS = 1000
"""The most components a unit may ask for."""


class ToscaError(InvalidError):
    """A template is not one that can be read."""


def read_service(text: str) -> NetworkServiceDescriptor:
    """Read the template of a service.

    Raises:
        ToscaError: with what is wrong with it.
    """
    template = _loaded(text)
    nodes = _nodes(template)
    metadata = _mapping(template.get("metadata"), "metadata")
    functions = [_function(name, nodes) for name, node in nodes.items() if _kind(node) == VNF]
    document = {
        "name": metadata.get("ID") or metadata.get("name"),
        "vendor": metadata.get("vendor"),
        "version": _text(metadata.get("version")),
        "vnfd": functions,
        "vld": [{"name": name, **_link(node)} for name, node in nodes.items() if _kind(node) == LINK],
        "vnf_dependency": _dependencies(template),
    }
    return _checked(NetworkServiceDescriptor, document)


def read_function(text: str) -> VirtualNetworkFunctionDescriptor:
    """Read the template of a function: one VNF node, or a `substitution_mappings` of a VNF's type with its units.

    Raises:
        ToscaError: with what is wrong with it.
    """
    template = _loaded(text)
    nodes = _nodes(template)
    names = [name for name, node in nodes.items() if _kind(node) == VNF]
    if len(names) != 1:
        message = f"the template of a function needs exactly one VNF node; it has {len(names)}"
        raise ToscaError(message)
    document = _function(names[0], nodes)
    metadata = _mapping(template.get("metadata"), "metadata")
    for field in ("vendor", "version"):
        document[field] = document.get(field) or _text(metadata.get(field))
    return _checked(VirtualNetworkFunctionDescriptor, document)


def _loaded(text: str) -> Node:
    try:
        template = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = f"the template is not YAML: {error}"
        raise ToscaError(message) from None
    loaded = _mapping(template, "the template")
    if not str(loaded.get("tosca_definitions_version", "")).startswith("tosca_simple"):
        message = "the template needs a tosca_definitions_version of TOSCA's Simple Profile (tosca_simple_…)"
        raise ToscaError(message)
    return loaded


def _nodes(template: Node) -> dict[str, Node]:
    topology = _mapping(template.get("topology_template"), "topology_template")
    nodes = _mapping(topology.get("node_templates"), "node_templates")
    return {str(name): _mapping(node, f"node {name}") for name, node in nodes.items()}


def _kind(node: Node) -> str:
    type_ = str(node.get("type", ""))
    if type_ not in _KINDS:
        message = f"nodes of the type {type_[:80]!r} are not known; there are {', '.join(_KINDS)}"
        raise ToscaError(message)
    return _KINDS[type_]


def _function(name: str, nodes: dict[str, Node]) -> Node:
    node = nodes[name]
    properties = _properties(node)
    requirements = _requirements(node)
    links = [*requirements.get("virtualLink", []), *requirements.get("virtual_link", [])]
    document: Node = {
        "name": properties.get("name") or name,
        "vendor": properties.get("vendor"),
        "version": _text(properties.get("version")),
        "type": properties.get("type"),
        "endpoint": properties.get("endpoint"),
        "vnfPackageLocation": properties.get("vnfPackageLocation"),
        "deployment_flavour": properties.get("deploymentFlavour") or properties.get("deployment_flavour"),
        "auto_scale_policy": properties.get("auto_scale_policy"),
        "provides": properties.get("provides"),
        "requires": properties.get("requires"),
        "configurations": _configurations(properties.get("configurations")),
        "virtual_link": [{"name": link, **_link(nodes.get(link, {}))} for link in links],
        "lifecycle_event": _lifecycle(node),
        "vdu": [_unit(each, nodes) for each in requirements.get("vdu", [])],
    }
    return {field: value for field, value in document.items() if value is not None}


def _unit(name: str, nodes: dict[str, Node]) -> Node:
    if name not in nodes or _kind(nodes[name]) != VDU:
        message = f"a VNF requires the VDU {name[:80]}, which is no VDU of the template"
        raise ToscaError(message)
    node = nodes[name]
    properties = _properties(node)
    requirements = _requirements(node)
    named = [*requirements.get("virtual_link", []), *requirements.get("virtualLink", [])]
    bound = [
        point
        for point, each in nodes.items()
        if _kind(each) == CONNECTION_POINT and name in _requirements(each).get("virtualBinding", [])
    ]
    points = [_connection_point(each, nodes) for each in dict.fromkeys([*named, *bound])]
    instances = min(COMPONENTS, max(1, _number(properties.get("vnfc_count"), 1)))
    document = {
        "name": properties.get("name") or name,
        "vm_image": _list(properties.get("vm_image")),
        "scale_in_out": _number(properties.get("scale_in_out"), instances),
        "vimInstanceName": _list(properties.get("vimInstanceName")),
        "vnfc": [{"connection_point": points} for _ in range(instances)],
        "fault_management_policy": properties.get("fault_management_policy"),
        "monitoring_parameter": properties.get("monitoring_parameter"),
    }
    return {field: value for field, value in document.items() if value is not None}


def _connection_point(name: str, nodes: dict[str, Node]) -> Node:
    node = nodes.get(name)
    if node is None or _kind(node) == LINK:
        # Units may name their link without a connection point between them.
        return {"virtual_link_reference": name}
    links = [*_requirements(node).get("virtualLink", []), *_requirements(node).get("virtual_link", [])]
    if len(links) != 1:
        message = f"the connection point {name[:80]} needs exactly one virtualLink"
        raise ToscaError(message)
    properties = _properties(node)
    floating = properties.get("floatingIP") or properties.get("floatingIp")
    return {"virtual_link_reference": links[0]} | ({"floatingIp": floating} if floating else {})


def _link(node: Node) -> Node:
    properties = _properties(node)
    return {field: properties[field] for field in ("vendor", "qos", "connectivity_type") if properties.get(field)}


def _lifecycle(node: Node) -> list[Node]:
    interfaces = _mapping(node.get("interfaces"), "interfaces")
    lifecycle = _mapping(interfaces.get("lifecycle"), "interfaces.lifecycle")
    return [{"event": str(event).upper(), "lifecycle_events": _list(scripts)} for event, scripts in lifecycle.items()]


def _configurations(value: Any) -> Node | None:
    """Read parameters, which are a list of single pairs or one mapping."""
    if value is None:
        return None
    configuration = _mapping(value, "configurations")
    given = configuration.get("configurationParameters") or []
    pairs = [given] if isinstance(given, dict) else _list(given)
    parameters: list[Node] = []
    for pair in pairs:
        entry = _mapping(pair, "configurationParameters")
        if "confKey" in entry:
            parameters.append(entry)
        else:
            parameters += [{"confKey": str(key), "value": _text(each)} for key, each in entry.items()]
    return {"name": configuration.get("name"), "configurationParameters": parameters}


def _dependencies(template: Node) -> list[Node]:
    relationships = template.get("relationships_template") or _mapping(
        template.get("topology_template"), "topology_template"
    ).get("relationship_templates")
    return [
        {
            "source": {"name": relation.get("source")},
            "target": {"name": relation.get("target")},
            "parameters": _list(relation.get("parameters")),
        }
        for relation in (_mapping(each, "relationship") for each in _mapping(relationships, "relationships").values())
    ]


def _properties(node: Node) -> Node:
    return _mapping(node.get("properties"), "properties")


def _requirements(node: Node) -> dict[str, list[str]]:
    """Read requirements: a list of pairs whose value is a name, a list of names, or a mapping with `node`."""
    gathered: dict[str, list[str]] = {}
    for entry in _list(node.get("requirements")):
        for kind, wanted in _mapping(entry, "requirements").items():
            names = [wanted.get("node")] if isinstance(wanted, dict) else _list(wanted)
            gathered.setdefault(str(kind), []).extend(str(name) for name in names if name is not None)
    return gathered


def _mapping(value: Any, what: str) -> Node:
    if value is None:
        return {}
    if not isinstance(value, dict):
        message = f"{what} has to be a mapping"
        raise ToscaError(message)
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _number(value: Any, default: int) -> int:
    try:
        return int(value) if value is not None else default
    except (TypeError, ValueError, OverflowError):
        message = f"a number is expected, not {str(value)[:40]!r}"
        raise ToscaError(message) from None


def _checked(model: type[_Model], document: Node) -> _Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise ToscaError(wrong) from None
