"""Messages from a VNF manager to the orchestrator (`VnfmOr…`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nai.catalogue.components import VNFCInstance
from nai.catalogue.dependencies import VNFRecordDependency
from nai.catalogue.descriptors import VirtualNetworkFunctionDescriptor
from nai.catalogue.lifecycle import Action
from nai.catalogue.messages_base import JavaException, MessageError, NFVMessage
from nai.catalogue.records import VirtualNetworkFunctionRecord
from nai.catalogue.security import Key
from nai.catalogue.units import VirtualDeploymentUnit
from nai.catalogue.vim import VimInstance
from nai.core.wire import wire

if TYPE_CHECKING:
    from collections.abc import Mapping


class VnfmOrMessage(NFVMessage):
    """Any message from a VNF manager to the orchestrator."""


class VnfmOrGenericMessage(VnfmOrMessage):
    """An action is done (MODIFY, RELEASE_RESOURCES, UPDATE …), or the record changed (UPDATEVNFR)."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vnf_record_dependency: VNFRecordDependency | None = wire("vnfRecordDependency")


class VnfmOrInstantiateMessage(VnfmOrMessage):
    """The function was instantiated."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")


class VnfmOrErrorMessage(VnfmOrMessage):
    """An action failed."""

    nsr_id: str | None = wire("nsrId")
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    exception: JavaException | None = None


class VnfmOrGrantLifecycleOperationMessage(VnfmOrMessage):
    """May these units be allocated?"""

    virtual_network_function_descriptor: VirtualNetworkFunctionDescriptor | None = wire(
        "virtualNetworkFunctionDescriptor"
    )
    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vdu_set: list[VirtualDeploymentUnit] = wire("vduSet", factory=list)
    deployment_flavour_key: str | None = wire("deploymentFlavourKey")


class VnfmOrAllocateResourcesMessage(VnfmOrMessage):
    """Allocate the function's instances; `vim_instances` by the id of the unit, `userdata` for cloud-init."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vim_instances: dict[str, VimInstance] = wire("vimInstances", factory=dict)
    userdata: str | None = None
    key_pairs: list[Key] = wire("keyPairs", factory=list)


class VnfmOrScalingMessage(VnfmOrMessage):
    """Allocate one more instance; `user_data` for cloud-init."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    user_data: str | None = wire("userData")


class VnfmOrScaledMessage(VnfmOrMessage):
    """The function was scaled out by this instance."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")


class VnfmOrHealedMessage(VnfmOrMessage):
    """The instance was healed."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")
    cause: str | None = None


class VnfmOrStartStopMessage(VnfmOrMessage):
    """The function, or one instance of it, was started or stopped."""

    virtual_network_function_record: VirtualNetworkFunctionRecord | None = wire("virtualNetworkFunctionRecord")
    vnfc_instance: VNFCInstance | None = wire("vnfcInstance")
    vnfr_dependency: VNFRecordDependency | None = wire("vnfrDependency")


_CLASSES: dict[Action, type[VnfmOrMessage]] = {
    Action.INSTANTIATE: VnfmOrInstantiateMessage,
    Action.ERROR: VnfmOrErrorMessage,
    Action.GRANT_OPERATION: VnfmOrGrantLifecycleOperationMessage,
    Action.ALLOCATE_RESOURCES: VnfmOrAllocateResourcesMessage,
    Action.SCALING: VnfmOrScalingMessage,
    Action.SCALED: VnfmOrScaledMessage,
    Action.HEAL: VnfmOrHealedMessage,
    Action.START: VnfmOrStartStopMessage,
    Action.STOP: VnfmOrStartStopMessage,
}


def parse_vnfm_or(document: Mapping[str, Any]) -> VnfmOrMessage:
    """Read a message from a VNF manager.

    Raises:
        MessageError: if it has no action or an unknown one.
        pydantic.ValidationError: if its content is wrong.
    """
    try:
        action = Action(str(document.get("action")))
    except ValueError:
        message = f"a message needs an action, one of {', '.join(Action)}; it has {document.get('action')!r}"
        raise MessageError(message) from None
    return _CLASSES.get(action, VnfmOrGenericMessage).from_wire(document)
