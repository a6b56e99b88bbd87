"""Which component a VNFM's SCALING is about: one that was ordered here, or one that it adds by itself (autoscaling)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import VNFComponent
from nai.core.identifiers import new_id
from nai.nfvo.lifecycle.errors import LifecycleError, ScalingLimitError
from nai.nfvo.lifecycle.granting import missing_components
from nai.nfvo.lifecycle.naming import free_name

if TYPE_CHECKING:
    from nai.catalogue import VirtualDeploymentUnit, VirtualNetworkFunctionRecord, VnfmOrMessage
    from nai.nfvo.records.service import Function

REMEMBERED_REQUESTS = 50
"""Requests of a VNFM that are recognised when they come again."""


def added_component(function: Function, message: VnfmOrMessage, request: str) -> str:
    """Return the id of the component that an instance is to be made of, adding it if the VNFM does.

    Args:
        function: its function; changed when a component is added.
        message: the SCALING message.
        request: the VNFM's id of this request; empty if it gives none.

    Raises:
        ScalingLimitError: no unit may have one more.
        LifecycleError: the VNFM asks for something else.
    """
    if request in function.inner.requests:
        return function.inner.requests[request]
    component_id = next(iter(sorted(function.changing)), None) or _told(function, message) or _waiting(function)
    if component_id is None:
        component_id = _add(function, message)
    if request:
        kept = list(function.inner.requests.items())[-(REMEMBERED_REQUESTS - 1) :]
        function.inner.requests = {**dict(kept), request: component_id}
    return component_id


def withdraw(function: Function, unit: VirtualDeploymentUnit, component_id: str) -> None:
    """Take out a component again that no instance could be made of."""
    unit.vnfc = [each for each in unit.vnfc if each.id != component_id]
    function.inner.names.pop(component_id, None)
    function.inner.requests = {key: value for key, value in function.inner.requests.items() if value != component_id}


def _waiting(function: Function) -> str | None:
    """Return a component without an instance: what an earlier attempt at the same has left."""
    return next((each for unit in function.document.vdu for each in missing_components(unit)), None)


def _told(function: Function, message: VnfmOrMessage) -> str | None:
    """Take over a component that the VNFM's copy of the record has and ours has not."""
    told: VirtualNetworkFunctionRecord | None = getattr(message, "virtual_network_function_record", None)
    for unit in told.vdu if told else ():
        ours = function.unit(unit.id or unit.parent_vdu or unit.name or "")
        if ours is None:
            continue
        known = {each.id for each in ours.vnfc}
        gone = {each.vnf_component.id for each in unit.vnfc_instance if each.vnf_component}
        for component in unit.vnfc:
            if component.id not in known and component.id not in gone:
                return _append(function, ours, component)
    return None


def _add(function: Function, message: VnfmOrMessage) -> str:
    """Add a component like the last one to the first unit that may have one more."""
    wanted = getattr(message, "vduId", None)
    for unit in function.document.vdu:
        if wanted and wanted not in (unit.id, unit.parent_vdu, unit.name):
            continue
        if unit.vnfc and (not unit.scale_in_out or len(unit.vnfc) < unit.scale_in_out):
            return _append(function, unit, unit.vnfc[-1].model_copy(deep=True, update={"id": None}))
    if not function.document.vdu:
        raise LifecycleError(f"{function.name} has no unit that could be scaled")
    raise ScalingLimitError(f"No unit of {function.name} may have one instance more (scale_in_out)")


def _append(function: Function, unit: VirtualDeploymentUnit, component: VNFComponent) -> str:
    if unit.scale_in_out and len(unit.vnfc) >= unit.scale_in_out:
        raise ScalingLimitError(f"Unit {unit.name or unit.id} may have {unit.scale_in_out} instances at most")
    component.id = component.id or new_id()
    unit.vnfc.append(component)
    function.inner.names[component.id] = free_name(
        function.name, function.id, [*function.inner.names.values(), *function.inner.released]
    )
    return component.id
