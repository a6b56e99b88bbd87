"""Messages from the orchestrator to a VNF manager (`OrVnfm…`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.catalogue.components import VNFCInstance, VNFComponent
from nai.catalogue.dependencies import VNFRecordDependency
from nai.catalogue.descriptors import VirtualNetworkFunctionDescriptor
from nai.catalogue.flavours import VNFDeploymentFlavour
from nai.catalogue.lifecycle import Action
from nai.catalogue.messages_base import MessageError, NFVMessage
from nai.catalogue.packages import Script, VNFPackage
from nai.catalogue.records import VirtualLinkRecord, VirtualNetworkFunctionRecord
from nai.catalogue.security import Key
from nai.catalogue.units import VirtualDeploymentUnit
from nai.catalogue.vim import VimInstance
from nai.core.wire import wire

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrVnfmMessage(NFVMessage):
    """Any message from the orchestrator to a VNF manager."""


class OrVnfmInstantiateMessage(OrVnfmMessage):
    """Build a function's record and bring it up; `vim_instances` by the id of the unit."""

    vnfd: VirtualNetworkFunctionDescriptor | None = None
    vnfdf: VNFDeploymentFlavour | None = None
    vnf_instance_name: str | None = wire("vnfInstanceName")
    vlrs: list[VirtualLinkRecord] = []
    extension: dict[str, str] = {}
    vim_instances: dict[str, list[VimInstance]] = wire("vimInstances", factory=dict)
    vnf_package: VNFPackage | None = wire("vnfPackage")
    keys: list[Key] = []


class OrVnfmGenericMessage(OrVnfmMessage):
    """An action on a function: MODIFY, RELEASE_RESOURCES, and answers that bring the record back."""

    vnfr: VirtualNetworkFunctionRecord | None = None
    vnfrd: VNFRecordDependency | None = None


class OrVnfmErrorMessage(OrVnfmMessage):
    """What the manager asked for was refused or failed."""

    vnfr: VirtualNetworkFunctionRecord | None = None
    message: str | None = None


class OrVnfmGrantLifecycleOperationMessage(OrVnfmMessage):
    """The answer to GRANT_OPERATION: allowed or not, and the infrastructure chosen for each unit (by the unit's id)."""

    grant_allowed: bool = wire("grantAllowed", default=False)
    vdu_vim: dict[str, VimInstance] = wire("vduVim", factory=dict)
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")


class OrVnfmAllocateResourcesMessage(OrVnfmMessage):
    """The units that resources were allocated for."""

    vdu_set: list[VirtualDeploymentUnit] = wire("vduSet", factory=list)


class OrVnfmStartStopMessage(OrVnfmMessage):
    """Start or stop a function, or one instance of it."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")
    vnfr_dependency: VNFRecordDependency | None = wire("vnfrDependency")


class OrVnfmScalingMessage(OrVnfmMessage):
    """Scale out by `component` (`mode` standby for one that stands by), or scale in by `vnfc_instance`."""

    component: VNFComponent | None = None
    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")
    vim_instance: VimInstance | None = wire("vimInstance")
    vnf_package: VNFPackage | None = wire("vnfPackage")
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    dependency: VNFRecordDependency | None = None
    mode: str | None = None
    extension: dict[str, str] = {}


class OrVnfmHealVNFRequestMessage(OrVnfmMessage):
    """Heal an instance."""

    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    cause: str | None = None


class OrVnfmUpdateMessage(OrVnfmMessage):
    """A script of the function's package has changed."""

    script: Script | None = None
    vnfr: VirtualNetworkFunctionRecord | None = None


_CLASSES: dict[Action, type[OrVnfmMessage]] = {
    Action.INSTANTIATE: OrVnfmInstantiateMessage,
    Action.ERROR: OrVnfmErrorMessage,
    Action.GRANT_OPERATION: OrVnfmGrantLifecycleOperationMessage,
    Action.START: OrVnfmStartStopMessage,
    Action.STOP: OrVnfmStartStopMessage,
    Action.SCALE_OUT: OrVnfmScalingMessage,
    Action.SCALE_IN: OrVnfmScalingMessage,
    Action.SCALING: OrVnfmScalingMessage,
    Action.HEAL: OrVnfmHealVNFRequestMessage,
    Action.UPDATE: OrVnfmUpdateMessage,
}


def parse_or_vnfm(document: Mapping[str, Any]) -> OrVnfmMessage:
    """Read a message to a VNF manager.

    The answers to ALLOCATE_RESOURCES, SCALING and UPDATEVNFR carry `{vnfr}` only and no action of their own (wire
    contracts 6.6), so what has no action but a `vnfr` is a generic message; it is read as UPDATEVNFR.

    Raises:
        MessageError: if it has no action or an unknown one.
        pydantic.ValidationError: if its content is wrong.
    """
    action = document.get("action")
    if action is None and "vnfr" in document:
        return OrVnfmGenericMessage.from_wire({**document, "action": Action.UPDATEVNFR})
    if action is None and "grantAllowed" in document:
        return OrVnfmGrantLifecycleOperationMessage.from_wire({**document, "action": Action.GRANT_OPERATION})
    try:
        known = Action(str(action))
    except ValueError:
        message = f"a message to a VNF manager needs an action, one of {', '.join(Action)}; it has {action!r}"
        raise MessageError(message) from None
    if known is Action.SCALING and "vnfr" in document:
        return OrVnfmGenericMessage.from_wire(document)
    if known is Action.ALLOCATE_RESOURCES and "vduSet" in document:
        return OrVnfmAllocateResourcesMessage.from_wire(document)
    return _CLASSES.get(known, OrVnfmGenericMessage).from_wire(document)
