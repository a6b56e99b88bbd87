"""Records: what a network service and its functions really are at run time."""

from __future__ import annotations

from enum import StrEnum

from nai.catalogue.configurations import Configuration
from nai.catalogue.dependencies import VNFRecordDependency
from nai.catalogue.faults import FaultManagementPolicy
from nai.catalogue.flavours import NetworkServiceDeploymentFlavour
from nai.catalogue.forwarding_graphs import NetworkForwardingPath, VNFForwardingGraphDescriptor
from nai.catalogue.lifecycle import HistoryLifecycleEvent, LifecycleEvent, Status
from nai.catalogue.links import AbstractVirtualLink, ConnectionPoint, InternalVirtualLink, VNFDConnectionPoint
from nai.catalogue.scaling import AutoScalePolicy
from nai.catalogue.units import VirtualDeploymentUnit
from nai.core.wire import WireModel, wire


class LinkStatus(StrEnum):
    """The state of a virtual link."""

    LINKDOWN = "LINKDOWN"
    NORMALOPERATION = "NORMALOPERATION"
    DEGRADEDOPERATION = "DEGRADEDOPERATION"
    OFFLINETHROUGHMANAGEMENTACTION = "OFFLINETHROUGHMANAGEMENTACTION"


class VirtualLinkRecord(AbstractVirtualLink):
    """A virtual link of a running service."""

    vendor: str | None = None
    version: str | None = None
    number_of_endpoints: int = 0
    parent_ns: str | None = None
    vnffgr_reference: list[VNFForwardingGraphRecord] = []
    descriptor_reference: str | None = None
    vim_id: str | None = None
    allocated_capacity: list[str] = []
    status: LinkStatus | None = None
    notification: list[str] = []
    lifecycle_event_history: list[LifecycleEvent] = []
    audit_log: list[str] = []
    connection: list[str] = []


class VirtualNetworkFunctionRecord(WireModel):
    """A running function (VNFR).

    `provides`, `requires` and `configurations` are always written: managers of the day read into them without looking
    whether they are there, and fail (wire contracts 12 f).
    """

    always_written = frozenset({"configurations", "requires", "provides"})

    id: str | None = None
    hb_version: int = 0
    auto_scale_policy: list[AutoScalePolicy] = []
    connection_point: list[ConnectionPoint] = []
    project_id: str | None = wire("projectId")
    deployment_flavour_key: str | None = None
    configurations: Configuration = wire("configurations", factory=Configuration)
    lifecycle_event: list[LifecycleEvent] = []
    lifecycle_event_history: list[HistoryLifecycleEvent] = []
    localization: str | None = None
    monitoring_parameter: list[str] = []
    vdu: list[VirtualDeploymentUnit] = []
    vendor: str | None = None
    version: str | None = None
    virtual_link: list[InternalVirtualLink] = []
    parent_ns_id: str | None = None
    descriptor_reference: str | None = None
    vnfm_id: str | None = None
    connected_external_virtual_link: list[VirtualLinkRecord] = []
    vnf_address: list[str] = []
    status: Status | None = None
    notification: list[str] = []
    audit_log: str | None = None
    runtime_policy_info: list[str] = []
    name: str | None = None
    type: str | None = None
    endpoint: str | None = None
    task: str | None = None
    requires: Configuration = wire("requires", factory=Configuration)
    provides: Configuration = wire("provides", factory=Configuration)
    cyclic_dependency: bool = wire("cyclicDependency", default=False)
    package_id: str | None = wire("packageId")


class PhysicalNetworkFunctionRecord(WireModel):
    """A function in hardware that takes part in a running service (PNFR)."""

    id: str | None = None
    name: str | None = None
    vendor: str | None = None
    version: str | None = None
    description: str | None = None
    project_id: str | None = wire("projectId")
    connection_point: list[ConnectionPoint] = []
    parent_ns_id: str | None = None
    descriptor_reference: str | None = None
    vnffgr: list[VNFForwardingGraphRecord] = []
    oam_reference: str | None = None
    connected_virtual_link: list[VirtualLinkRecord] = []
    pnf_address: list[str] = []


class NetworkServiceRecord(WireModel):
    """A running network service (NSR); `task` says what it is busy with, or why it failed."""

    id: str | None = None
    hb_version: int = 0
    auto_scale_policy: list[AutoScalePolicy] = []
    connection_point: list[ConnectionPoint] = []
    monitoring_parameter: list[str] = []
    service_deployment_flavour: NetworkServiceDeploymentFlavour | None = None
    vendor: str | None = None
    project_id: str | None = wire("projectId")
    task: str | None = None
    version: str | None = None
    vlr: list[VirtualLinkRecord] = []
    vnfr: list[VirtualNetworkFunctionRecord] = []
    vnf_dependency: list[VNFRecordDependency] = []
    lifecycle_event: list[LifecycleEvent] = []
    vnffgr: list[VNFForwardingGraphRecord] = []
    pnfr: list[PhysicalNetworkFunctionRecord] = []
    fault_management_policy: list[FaultManagementPolicy] = wire("faultManagementPolicy", factory=list)
    descriptor_reference: str | None = None
    resource_reservation: str | None = None
    runtime_policy_info: str | None = None
    status: Status | None = None
    notification: str | None = None
    lifecycle_event_history: list[LifecycleEvent] = []
    audit_log: str | None = None
    created_at: str | None = wire("createdAt")
    key_names: list[str] = wire("keyNames", factory=list)
    name: str | None = None


class VNFForwardingGraphRecord(WireModel):
    """A forwarding graph of a running service."""

    id: str | None = None
    descriptor_reference: VNFForwardingGraphDescriptor | None = None
    parent_ns: NetworkServiceRecord | None = None
    dependent_virtual_link: list[VirtualLinkRecord] = []
    status: Status | None = None
    notification: list[str] = []
    lifecycle_event_history: list[LifecycleEvent] = []
    audit_log: str | None = None
    network_forwarding_path: NetworkForwardingPath | None = None
    connection_point: list[VNFDConnectionPoint] = []
    member_vnfs: list[VirtualNetworkFunctionRecord] = []
    vendor: str | None = None
    version: str | None = None
    number_of_endpoints: int = 0
    number_of_vnfs: int = 0
    number_of_pnfs: int = 0
    number_of_virtual_links: int = 0
