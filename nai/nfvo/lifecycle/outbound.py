"""The messages that the orchestrator sends to VNFMs (wire contract 6.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.catalogue import (
    Action,
    OrVnfmGenericMessage,
    OrVnfmHealVNFRequestMessage,
    OrVnfmInstantiateMessage,
    OrVnfmScalingMessage,
    OrVnfmStartStopMessage,
    VNFDeploymentFlavour,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nai.catalogue import (
        Key,
        OrVnfmMessage,
        VimInstance,
        VNFCInstance,
        VNFComponent,
        VNFPackage,
        VNFRecordDependency,
    )
    from nai.core.operations import StepContext
    from nai.nfvo.records.service import Function, Service

OCCURRENCE = "occurrenceId"
"""Our addition to every message: the same text each time one and the same question is asked."""

ATTEMPT = "attempt"
"""Key of an operation's data: how often it has failed so far."""

ITERATED = {
    "": ("vlrs", "keys"),
    "vnfd": ("lifecycle_event", "vdu", "virtual_link", "monitoring_parameter", "auto_scale_policy", "connection_point"),
}
"""Lists that the Python SDK goes through without looking whether they are there; Gson wrote empty ones."""


def occurrence(ctx: StepContext, function: Function, what: str) -> str:
    """Return the identity of a question: the same when it is sent again, another one when the operation is retried."""
    return f"{ctx.operation.id}/{function.name}/{what}/{ctx.data.get(ATTEMPT, 0)}"


def _wire(message: OrVnfmMessage, occurrence: str) -> dict[str, Any]:
    document = message.to_wire()
    document[OCCURRENCE] = occurrence
    return document


def instantiate(
    service: Service,
    function: Function,
    *,
    occurrence: str,
    vims: Mapping[str, Sequence[VimInstance]],
    package: VNFPackage | None,
    keys: Sequence[Key],
    extension: Mapping[str, str],
) -> dict[str, Any]:
    """Build INSTANTIATE.

    Args:
        service: the service, whose links go with it.
        function: what is to be brought up.
        occurrence: identity of the question.
        vims: infrastructures each unit may be placed on, by the id of the record's unit.
        package: its scripts.
        keys: key pairs for its instances.
        extension: where broker and monitoring are, as the instances reach them.
    """
    descriptor = function.descriptor
    places: dict[str, list[VimInstance]] = {}
    for unit in function.document.vdu:
        # The manager knows the units by the descriptor's ids; a unit without one is looked up by its name.
        for key in (unit.parent_vdu, unit.name):
            if key:
                places[key] = list(vims.get(unit.id or "", ()))
    message = OrVnfmInstantiateMessage(
        action=Action.INSTANTIATE,
        vnfd=descriptor,
        vnfdf=VNFDeploymentFlavour(flavour_key=function.document.deployment_flavour_key),
        vnf_instance_name=function.name,
        vlrs=[link.model_copy() for link in service.links],
        extension={**extension, "nsr-id": service.id, "vnfr-id": function.id},
        vim_instances=places,
        vnf_package=package,
        keys=list(keys),
    )
    document = _wire(message, occurrence)
    for part, names in ITERATED.items():
        for name in names:
            (document[part] if part else document).setdefault(name, [])
    return document


def generic(
    action: Action, function: Function, *, occurrence: str, dependency: VNFRecordDependency | None = None
) -> dict[str, Any]:
    """Build MODIFY, RELEASE_RESOURCES, CONFIGURE, RESUME or UPDATE of a whole function."""
    return _wire(OrVnfmGenericMessage(action=action, vnfr=function.document, vnfrd=dependency), occurrence)


def start_stop(
    action: Action, function: Function, *, occurrence: str, instance: VNFCInstance | None = None
) -> dict[str, Any]:
    """Build START or STOP, of a whole function or of one instance."""
    message = OrVnfmStartStopMessage(
        action=action, virtual_network_function_record=function.document, vnfc_instance=instance
    )
    return _wire(message, occurrence)


def scale_out(
    function: Function,
    component: VNFComponent,
    *,
    occurrence: str,
    vim: VimInstance | None,
    package: VNFPackage | None,
    dependency: VNFRecordDependency | None,
    mode: str,
    extension: Mapping[str, str],
) -> dict[str, Any]:
    """Build SCALE_OUT by one component; `mode` is `standby` for an instance that only stands by."""
    message = OrVnfmScalingMessage(
        action=Action.SCALE_OUT,
        virtual_network_function_record=function.document,
        component=component,
        vim_instance=vim,
        vnf_package=package,
        dependency=dependency,
        mode=mode,
        extension={**extension, "nsr-id": function.document.parent_ns_id or "", "vnfr-id": function.id},
    )
    return _wire(message, occurrence)


def scale_in(
    function: Function, instance: VNFCInstance, *, occurrence: str, dependency: VNFRecordDependency | None = None
) -> dict[str, Any]:
    """Build SCALE_IN: to the function that loses an instance, and to those that know of it."""
    message = OrVnfmScalingMessage(
        action=Action.SCALE_IN,
        virtual_network_function_record=function.document,
        vnfc_instance=instance,
        dependency=dependency,
    )
    return _wire(message, occurrence)


def heal(function: Function, instance: VNFCInstance, cause: str, *, occurrence: str) -> dict[str, Any]:
    """Build HEAL of one instance."""
    message = OrVnfmHealVNFRequestMessage(
        action=Action.HEAL, virtual_network_function_record=function.document, vnfc_instance=instance, cause=cause
    )
    return _wire(message, occurrence)
