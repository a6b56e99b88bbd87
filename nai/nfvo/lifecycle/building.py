"""From a descriptor to the record of a new service: pure, nothing is asked and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import (
    NetworkServiceRecord,
    PhysicalNetworkFunctionRecord,
    Status,
    VirtualNetworkFunctionRecord,
    VNFRecordDependency,
)
from nai.core.identifiers import new_id
from nai.nfvo.lifecycle import naming
from nai.nfvo.lifecycle.checks import wanted_parameters
from nai.nfvo.records.service import Function, Inner, Service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from nai.catalogue import (
        Configuration,
        DeployNSRBody,
        NetworkServiceDescriptor,
        PhysicalNetworkFunctionDescriptor,
        VirtualDeploymentUnit,
        VirtualNetworkFunctionDescriptor,
    )


def written(moment: datetime) -> str:
    """Return a moment as the records carry it (UTC, to the millisecond)."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def build(
    descriptor: NetworkServiceDescriptor,
    body: DeployNSRBody,
    *,
    project_id: str,
    vim_names: Sequence[str],
    now: datetime,
) -> Service:
    """Make the record of a new service, with all ids and instance names given out.

    Args:
        descriptor: what it is to look like; already checked.
        body: what the client chose for this one: infrastructures, keys, configurations.
        project_id: project it belongs to.
        vim_names: names of the project's infrastructures.
        now: the moment of its creation, UTC.
    """
    service_id = new_id()
    needs = wanted_parameters(descriptor)
    functions = [
        _function(vnfd, position, body, service_id, project_id, vim_names, needs.get(vnfd.name or "", {}))
        for position, vnfd in enumerate(descriptor.vnfd)
    ]
    types = {function.name: function.document.type or function.name for function in functions}
    document = NetworkServiceRecord(
        id=service_id,
        name=descriptor.name,
        vendor=descriptor.vendor,
        version=descriptor.version,
        project_id=project_id,
        descriptor_reference=descriptor.id,
        status=Status.NULL,
        task="Onboarding",
        created_at=written(now),
        auto_scale_policy=descriptor.auto_scale_policy,
        connection_point=descriptor.connection_point,
        monitoring_parameter=descriptor.monitoring_parameter,
        vnf_dependency=[
            VNFRecordDependency(
                id=new_id(),
                target=function.name,
                parameters={},
                vnfc_parameters={},
                id_type={source: types.get(source, source) for source in function.inner.needs},
            )
            for function in functions
            if function.inner.needs
        ],
        pnfr=[_physical(pnfd, service_id, project_id) for pnfd in descriptor.pnfd],
        lifecycle_event=[],
        vnffgr=[],
        key_names=body.key_names,
    )
    return Service(document=document, functions={function.id: function for function in functions})


def _function(
    vnfd: VirtualNetworkFunctionDescriptor,
    position: int,
    body: DeployNSRBody,
    service_id: str,
    project_id: str,
    vim_names: Sequence[str],
    needs: dict[str, list[str]],
) -> Function:
    name, record_id = vnfd.name or "", new_id()
    units = [_unit(unit, project_id) for unit in vnfd.vdu]
    vims = {unit.id or "": _placement(origin, body, vim_names) for unit, origin in zip(units, vnfd.vdu, strict=True)}
    for unit in units:
        unit.vim_instance_name = list(vims[unit.id or ""])
    components = [component.id or "" for unit in units for component in unit.vnfc]
    document = VirtualNetworkFunctionRecord(
        id=record_id,
        name=name,
        type=vnfd.type or name,
        endpoint=vnfd.endpoint,
        vendor=vnfd.vendor,
        version=vnfd.version,
        project_id=project_id,
        parent_ns_id=service_id,
        descriptor_reference=vnfd.id,
        package_id=vnfd.vnf_package_location or None,
        status=Status.NULL,
        deployment_flavour_key=vnfd.deployment_flavour[0].flavour_key if vnfd.deployment_flavour else None,
        auto_scale_policy=vnfd.auto_scale_policy,
        connection_point=vnfd.connection_point,
        monitoring_parameter=vnfd.monitoring_parameter,
        lifecycle_event=vnfd.lifecycle_event,
        lifecycle_event_history=[],
        virtual_link=vnfd.virtual_link,
        vnf_address=[],
        vdu=units,
        cyclic_dependency=vnfd.cyclic_dependency,
    )
    chosen = configured(vnfd.configurations, body.configurations.get(name))
    if chosen is not None:
        document.configurations = chosen
    seen_by_manager = vnfd.model_copy(update={} if chosen is None else {"configurations": chosen})
    inner = Inner(
        descriptor=seen_by_manager.to_wire(),
        needs=needs,
        vims=vims,
        keys=body.key_names,
        names={component: naming.instance(name, record_id, index) for index, component in enumerate(components)},
    )
    return Function(document=document, inner=inner, position=position)


def _unit(unit: VirtualDeploymentUnit, project_id: str) -> VirtualDeploymentUnit:
    """Copy a descriptor's unit with ids of its own, and its components with theirs."""
    return unit.model_copy(
        deep=True,
        update={
            "id": new_id(),
            "parent_vdu": unit.id,
            "project_id": project_id,
            "vnfc": [component.model_copy(deep=True, update={"id": new_id()}) for component in unit.vnfc],
            "vnfc_instance": [],
        },
    )


def _placement(unit: VirtualDeploymentUnit, body: DeployNSRBody, vim_names: Sequence[str]) -> list[str]:
    """Return where a unit may go: as the request says, else its descriptor, else anywhere."""
    asked = body.vdu_vim_instances
    return list(asked.get(unit.name or "") or asked.get(unit.id or "") or unit.vim_names or vim_names)


def configured(own: Configuration | None, given: Configuration | None) -> Configuration | None:
    """Put a request's configuration over that of a descriptor; keys that only one of them has are kept."""
    if given is None or own is None:
        found = given or own
        return found.model_copy(deep=True) if found else None
    result = own.model_copy(deep=True)
    for key, value in given.as_dict().items():
        result.set_value(key, value)
    return result


def _physical(
    pnfd: PhysicalNetworkFunctionDescriptor, service_id: str, project_id: str
) -> PhysicalNetworkFunctionRecord:
    return PhysicalNetworkFunctionRecord(
        id=new_id(),
        name=pnfd.name,
        vendor=pnfd.vendor,
        version=pnfd.version,
        description=pnfd.description,
        project_id=project_id,
        parent_ns_id=service_id,
        descriptor_reference=pnfd.id,
        connection_point=pnfd.connection_point,
    )
