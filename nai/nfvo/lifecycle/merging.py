"""Taking over what a VNFM says about its function.

Manager and orchestrator both keep a copy of the record. Who is right about what is fixed here: the structure (ids,
units, components) is the orchestrator's; what only the manager can know (what the function provides, states and
addresses of instances, notes) is the manager's. A stale copy can thus never undo what the orchestrator has done since.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from nai.catalogue import VNFComponent
from nai.core.identifiers import deterministic_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from nai.catalogue import VirtualDeploymentUnit, VirtualNetworkFunctionRecord, VNFCInstance

MANAGERS_OWN = (
    "provides",
    "requires",
    "configurations",
    "vnf_address",
    "notification",
    "audit_log",
    "runtime_policy_info",
    "localization",
    "vnfm_id",
)
"""Fields of a function record that its manager fills in."""


class Say(Enum):
    """How much a message says about the instances of a function."""

    KNOWN = "about those that are known"
    MORE = "that there may be more: the manager allocates by itself"
    ALL = "what there is: those that it leaves out are gone"


def merge(
    known: VirtualNetworkFunctionRecord,
    told: VirtualNetworkFunctionRecord,
    *,
    say: Say,
    changing: Collection[str] = (),
    released: Collection[str] = (),
) -> None:
    """Change a record to what its manager tells.

    Args:
        known: the orchestrator's record; changed in place.
        told: the manager's copy.
        say: what it means about instances.
        changing: ids of components that an operation is working on: nothing said about them counts.
        released: host names of instances that were removed; a stale copy must not bring them back.
    """
    for name in MANAGERS_OWN:
        if name in told.model_fields_set:
            setattr(known, name, getattr(told, name))
    for name, value in (told.model_extra or {}).items():
        setattr(known, name, value)
    for position, unit in enumerate(told.vdu):
        ours = _same_unit(known, unit, position)
        if ours is not None:
            _merge_unit(known.id or "", ours, unit, say, changing, released)


def _same_unit(
    known: VirtualNetworkFunctionRecord, told: VirtualDeploymentUnit, position: int
) -> VirtualDeploymentUnit | None:
    """Find our unit for the manager's: it may have dropped the ids (Python SDK) or the name."""
    for key in ("id", "parent_vdu", "name"):
        value = getattr(told, key)
        for unit in known.vdu:
            if value and getattr(unit, key) == value:
                return unit
    # Sets on the wire have no order, so a place means something only where there is no choice.
    return known.vdu[position] if len(known.vdu) == 1 and position == 0 else None


def _merge_unit(
    record: str,
    ours: VirtualDeploymentUnit,
    told: VirtualDeploymentUnit,
    say: Say,
    changing: Collection[str],
    released: Collection[str],
) -> None:
    seen: list[VNFCInstance] = []
    for instance in told.vnfc_instance:
        component = instance.vnf_component.id if instance.vnf_component else None
        match = same_instance(ours.vnfc_instance, instance)
        if match is not None:
            seen.append(match)
            if component not in changing:
                _update(match, instance)
        elif say is not Say.KNOWN and instance.hostname not in released and component not in changing:
            instance.id = instance.id or deterministic_id("vnfc instance", record, instance.hostname or "")
            ours.vnfc_instance.append(instance)
            seen.append(instance)
            _add_component(ours, instance)
    if say is Say.ALL:
        gone = [
            each
            for each in ours.vnfc_instance
            if all(each is not one for one in seen) and not (each.vnf_component and each.vnf_component.id in changing)
        ]
        for each in gone:
            drop(ours, each)


def _add_component(unit: VirtualDeploymentUnit, instance: VNFCInstance) -> None:
    """Give an instance that a manager made by itself its component, so that both numbers stay the same."""
    component = instance.vnf_component
    if component is None:
        taken = {each.vnf_component.id for each in unit.vnfc_instance if each.vnf_component}
        component = next((each for each in unit.vnfc if each.id not in taken), None) or VNFComponent(
            id=deterministic_id("component", instance.id or ""), connection_point=instance.connection_point
        )
        instance.vnf_component = component
    elif component.id is None:
        component.id = deterministic_id("component", instance.id or "")
    if all(each.id != component.id for each in unit.vnfc):
        unit.vnfc.append(component)


def _update(ours: VNFCInstance, told: VNFCInstance) -> None:
    for name in ("state", "ips", "floating_ips", "vc_id", "vim_id"):
        if name in told.model_fields_set and getattr(told, name):
            setattr(ours, name, getattr(told, name))
    for name, value in (told.model_extra or {}).items():
        setattr(ours, name, value)


def same_instance(known: Iterable[VNFCInstance], told: VNFCInstance) -> VNFCInstance | None:
    """Find the instance that a manager speaks of, by its id, host name or id in the infrastructure."""
    for key in ("id", "hostname", "vc_id"):
        value = getattr(told, key)
        for instance in known:
            if value and getattr(instance, key) == value:
                return instance
    return None


def drop(unit: VirtualDeploymentUnit, instance: VNFCInstance) -> None:
    """Take an instance and its component out of a unit."""
    component = instance.vnf_component.id if instance.vnf_component else None
    unit.vnfc_instance = [each for each in unit.vnfc_instance if each is not instance]
    if component is not None:
        unit.vnfc = [each for each in unit.vnfc if each.id != component]
