"""The record of a VNF, made of its descriptor: what Open Baton's SDK does on INSTANTIATE."""

from __future__ import annotations

from collections.abc import Mapping

from nai.catalogue import (
    Configuration,
    ConfigurationParameter,
    LifecycleEvent,
    OrVnfmInstantiateMessage,
    Status,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionDescriptor,
    VirtualNetworkFunctionRecord,
    VNFComponent,
    VNFDConnectionPoint,
)
from nai.vnfm.sdk.errors import VnfmError


def build_record(message: OrVnfmInstantiateMessage) -> VirtualNetworkFunctionRecord:
    """Makes the record that INSTANTIATE asks for.

    Ids of the descriptor's parts are left out: they are the descriptor's. The NFVO gives the record's own.

    Raises:
        VnfmError: The message has no descriptor or no name.
    """
    vnfd = message.vnfd
    name = message.vnf_instance_name or (vnfd.name if vnfd else None)
    if vnfd is None or not name:
        raise VnfmError("INSTANTIATE carries no VNFD, or no name for the VNF")
    record = VirtualNetworkFunctionRecord(
        name=name,
        type=vnfd.type,
        vendor=vnfd.vendor,
        version=vnfd.version,
        endpoint=vnfd.endpoint,
        status=Status.NULL,
        parent_ns_id=message.extension.get("nsr-id"),
        descriptor_reference=vnfd.id,
        package_id=vnfd.vnf_package_location,
        deployment_flavour_key=message.vnfdf.flavour_key if message.vnfdf else None,
        configurations=_copy(vnfd.configurations, vnfd.name or name),
        provides=_declared("provides", vnfd.provides),
        requires=_declared("requires", sorted(vnfd.requires)),
        auto_scale_policy=[policy.model_copy(deep=True) for policy in vnfd.auto_scale_policy],
        monitoring_parameter=list(vnfd.monitoring_parameter),
        connection_point=[point.model_copy(deep=True) for point in vnfd.connection_point],
        virtual_link=[link.model_copy(deep=True) for link in vnfd.virtual_link],
        connected_external_virtual_link=list(message.vlrs),
        lifecycle_event=_events(vnfd.lifecycle_event),
        vdu=[_unit(vdu, vnfd) for vdu in vnfd.vdu],
    )
    project = vnfd.project_id
    if project is not None:
        record.project_id = project
    if "vnfr-id" in message.extension:
        record.id = message.extension["vnfr-id"]
    return record


def subject_of(extension: Mapping[str, str], name: str | None) -> str:
    """Returns what identifies the VNF of an INSTANTIATE before there is a record."""
    return extension.get("vnfr-id") or f"{extension.get('nsr-id', '')}/{name or ''}"


def _copy(configuration: Configuration | None, name: str) -> Configuration:
    if configuration is None:
        return Configuration(name=name, configuration_parameters=[])
    parameters = [
        ConfigurationParameter(conf_key=each.conf_key, value=each.value, description=each.description)
        for each in configuration.configuration_parameters
    ]
    return Configuration(name=configuration.name or name, configuration_parameters=parameters)


def _declared(name: str, keys: list[str]) -> Configuration:
    return Configuration(name=name, configuration_parameters=[ConfigurationParameter(conf_key=key) for key in keys])


def _events(events: list[LifecycleEvent]) -> list[LifecycleEvent]:
    return [LifecycleEvent(event=each.event, lifecycle_events=list(each.lifecycle_events)) for each in events]


def _unit(vdu: VirtualDeploymentUnit, vnfd: VirtualNetworkFunctionDescriptor) -> VirtualDeploymentUnit:
    unit = vdu.model_copy(deep=True)
    unit.id = None
    unit.lifecycle_event = _events(vdu.lifecycle_event)
    unit.vnfc = [_component(component) for component in vdu.vnfc]
    unit.vnfc_instance = []
    if unit.project_id is None and vnfd.project_id is not None:
        unit.project_id = vnfd.project_id
    return unit


def _component(component: VNFComponent) -> VNFComponent:
    points = []
    for point in component.connection_point:
        copy: VNFDConnectionPoint = point.model_copy(deep=True)
        copy.id = None
        points.append(copy)
    return VNFComponent(connection_point=points)
