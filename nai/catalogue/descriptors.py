"""Descriptors: what a network service and its functions are to look like (seed 2.3.3 and Annex 1)."""

from __future__ import annotations

from nai.catalogue.configurations import Configuration, RequiresParameters
from nai.catalogue.flavours import DeploymentFlavour, VNFDeploymentFlavour
from nai.catalogue.forwarding_graphs import VNFForwardingGraphDescriptor
from nai.catalogue.lifecycle import LifecycleEvent
from nai.catalogue.links import ConnectionPoint, InternalVirtualLink, VirtualLinkDescriptor
from nai.catalogue.scaling import AutoScalePolicy
from nai.catalogue.security import Security
from nai.catalogue.units import VDUDependency, VirtualDeploymentUnit
from nai.core.wire import WireModel, wire


class NFVEntityDescriptor(WireModel):
    """What services and functions have in common."""

    id: str | None = None
    hb_version: int = 0
    name: str | None = None
    project_id: str | None = wire("projectId")
    vendor: str | None = None
    version: str | None = None
    vnffgd: list[VNFForwardingGraphDescriptor] = []
    vld: list[VirtualLinkDescriptor] = []
    monitoring_parameter: list[str] = []
    service_deployment_flavour: list[DeploymentFlavour] = []
    auto_scale_policy: list[AutoScalePolicy] = []
    connection_point: list[ConnectionPoint] = []


class VirtualNetworkFunctionDescriptor(NFVEntityDescriptor):
    """A function (VNFD). `endpoint` is the type of the manager that looks after it.

    `vnf_package_location` is a Git repository, the id of a package, or empty; `requires` maps another function's type
    to the parameters needed from it, `provides` names the parameters this one gives.
    """

    lifecycle_event: list[LifecycleEvent] = []
    configurations: Configuration | None = None
    vdu: list[VirtualDeploymentUnit] = []
    virtual_link: list[InternalVirtualLink] = []
    vdu_dependency: list[VDUDependency] = []
    deployment_flavour: list[VNFDeploymentFlavour] = []
    manifest_file: str | None = None
    manifest_file_security: list[Security] = []
    type: str | None = None
    endpoint: str | None = None
    vnf_package_location: str | None = wire("vnfPackageLocation")
    requires: dict[str, RequiresParameters] = {}
    provides: list[str] = []
    cyclic_dependency: bool = wire("cyclicDependency", default=False)


class VNFDependency(WireModel):
    """`target` needs the `parameters` of `source`; both are named by a VNFD that may hold nothing but its name."""

    id: str | None = None
    version: int = 0
    source: VirtualNetworkFunctionDescriptor | None = None
    target: VirtualNetworkFunctionDescriptor | None = None
    parameters: list[str] = []


class PhysicalNetworkFunctionDescriptor(WireModel):
    """A function in hardware (PNFD)."""

    id: str | None = None
    hb_version: int = 0
    name: str | None = None
    project_id: str | None = wire("projectId")
    vendor: str | None = None
    version: str | None = None
    description: str | None = None
    connection_point: list[ConnectionPoint] = []
    descriptor_version: str | None = None
    pnfd_security: Security | None = None


class NetworkServiceDescriptor(NFVEntityDescriptor):
    """A network service (NSD)."""

    vnfd: list[VirtualNetworkFunctionDescriptor] = []
    vnf_dependency: list[VNFDependency] = []
    pnfd: list[PhysicalNetworkFunctionDescriptor] = []
    nsd_security: Security | None = None
    enabled: bool = False
