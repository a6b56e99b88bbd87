"""Virtual deployment units: what a function's instances are made from, and how many there may be."""

from __future__ import annotations

from nai.catalogue.components import VNFCInstance, VNFComponent
from nai.catalogue.faults import HighAvailability, VRFaultManagementPolicy
from nai.catalogue.lifecycle import LifecycleEvent
from nai.core.wire import WireModel, wire


class VirtualDeploymentUnit(WireModel):
    """A unit: image, components, instances (in a record) and, as `scale_in_out`, the most instances there may be.

    `vim_instance_name` is a list of names, or in descriptors of the first releases (seed Annex 1) a single one: read
    it through `vim_names`.
    """

    id: str | None = None
    version: int = 0
    project_id: str | None = wire("projectId")
    name: str | None = None
    vm_image: list[str] = []
    parent_vdu: str | None = None
    computation_requirement: str | None = None
    virtual_memory_resource_element: str | None = None
    virtual_network_bandwidth_resource: str | None = None
    lifecycle_event: list[LifecycleEvent] = []
    vdu_constraint: str | None = None
    high_availability: HighAvailability | None = None
    fault_management_policy: list[VRFaultManagementPolicy] = []
    scale_in_out: int = 0
    vnfc: list[VNFComponent] = []
    vnfc_instance: list[VNFCInstance] = []
    monitoring_parameter: list[str] = []
    hostname: str | None = None
    vim_instance_name: list[str] | str = wire("vimInstanceName", factory=list)

    @property
    def vim_names(self) -> list[str]:
        """Return the names of the infrastructures this unit may run in."""
        if isinstance(self.vim_instance_name, str):
            return [self.vim_instance_name] if self.vim_instance_name else []
        return self.vim_instance_name


class VDUDependency(WireModel):
    """One unit needs another."""

    id: str | None = None
    version: int = 0
    source: VirtualDeploymentUnit | None = None
    target: VirtualDeploymentUnit | None = None
