"""Forwarding graphs: the way traffic takes through the functions of a service."""

from __future__ import annotations

from nai.catalogue.flavours import CostituentVNF
from nai.catalogue.links import ConnectionPoint, VirtualLinkDescriptor
from nai.catalogue.security import Security
from nai.core.wire import WireModel


class Policy(WireModel):
    """The policy of a forwarding path: opaque here, kept as it came."""

    id: str | None = None
    version: int = 0


class NetworkForwardingPath(WireModel):
    """A path: connection points in order."""

    id: str | None = None
    version: int = 0
    policy: Policy | None = None
    connection: dict[str, str] = {}


class VNFForwardingGraphDescriptor(WireModel):
    """A graph of links, paths and the functions on them."""

    id: str | None = None
    hb_version: int = 0
    vendor: str | None = None
    version: str | None = None
    number_of_endpoints: int = 0
    number_of_virtual_links: int = 0
    dependent_virtual_link: list[VirtualLinkDescriptor] = []
    network_forwarding_path: list[NetworkForwardingPath] = []
    connection_point: list[ConnectionPoint] = []
    descriptor_version: str | None = None
    constituent_vnfs: list[CostituentVNF] = []
    vnffgd_security: Security | None = None
