"""Components of a unit, and the instances that were made of them."""

from __future__ import annotations

from nai.catalogue.links import VNFDConnectionPoint
from nai.core.wire import WireModel, wire


class Ip(WireModel):
    """An address in a network."""

    id: str | None = None
    version: int = 0
    net_name: str | None = wire("netName")
    ip: str | None = None


class VNFComponent(WireModel):
    """One component of a unit: an instance is made of each."""

    id: str | None = None
    version: int = 0
    connection_point: list[VNFDConnectionPoint] = []


class VNFCInstance(VNFComponent):
    """An instance of a component: `vc_id` is its id in the infrastructure `vim_id`; `state` e.g. ACTIVE or STANDBY."""

    vim_id: str | None = None
    vc_id: str | None = None
    hostname: str | None = None
    state: str | None = None
    vnf_component: VNFComponent | None = wire("vnfComponent")
    floating_ips: list[Ip] = wire("floatingIps", factory=list)
    ips: list[Ip] = []
