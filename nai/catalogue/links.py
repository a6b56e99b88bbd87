"""Virtual links and the points that connect to them."""

from __future__ import annotations

from nai.catalogue.security import Security
from nai.core.wire import WireModel, wire


class ConnectionPoint(WireModel):
    """Where something can be connected."""

    id: str | None = None
    version: int = 0
    type: str | None = None


class VNFDConnectionPoint(ConnectionPoint):
    """A port of a component: the virtual link it is on, and the floating address it gets (`random` for any)."""

    virtual_link_reference: str | None = None
    floating_ip: str | None = wire("floatingIp")


class AbstractVirtualLink(WireModel):
    """What every virtual link has; `qos` holds entries such as `minimum_bandwith:GOLD` (so spelt on the wire)."""

    id: str | None = None
    hb_version: int = 0
    ext_id: str | None = wire("extId")
    root_requirement: str | None = None
    leaf_requirement: str | None = None
    qos: list[str] = []
    test_access: list[str] = []
    connectivity_type: str | None = None
    name: str | None = None


class InternalVirtualLink(AbstractVirtualLink):
    """A link inside a function."""

    connection_points_references: list[str] = []


class VirtualLinkDescriptor(AbstractVirtualLink):
    """A link between functions."""

    project_id: str | None = wire("projectId")
    vendor: str | None = None
    descriptor_version: str | None = None
    number_of_endpoints: int = 0
    connection: list[str] = []
    vld_security: Security | None = None
