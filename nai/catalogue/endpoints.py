"""Endpoints: VNF managers that registered themselves, and subscribers to events."""

from __future__ import annotations

from enum import StrEnum

from nai.catalogue.lifecycle import Action
from nai.core.wire import WireModel, wire


class EndpointType(StrEnum):
    """How an endpoint is reached. JMS is only kept for the wire: nothing answers there any more."""

    JMS = "JMS"
    RABBIT = "RABBIT"
    REST = "REST"


class Endpoint(WireModel):
    """A manager or plugin: `endpoint` is a queue's name or a URL."""

    id: str | None = None
    version: int = 0
    type: str | None = None
    endpoint_type: EndpointType | None = wire("endpointType")
    endpoint: str | None = None
    description: str | None = None
    enabled: bool = True
    active: bool = True


class VnfmManagerEndpoint(Endpoint):
    """A VNF manager; it manages the descriptors whose `endpoint` is its `type`."""


class PluginEndpoint(Endpoint):
    """A plugin on the bus."""

    interface_class: str | None = wire("interfaceClass")
    interface_version: str | None = wire("interfaceVersion")


class EventEndpoint(WireModel):
    """A subscription to one kind of event: of one VNFR, else of one NSR, else of all."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    project_id: str | None = wire("projectId")
    network_service_id: str | None = wire("networkServiceId")
    virtual_network_function_id: str | None = wire("virtualNetworkFunctionId")
    type: EndpointType | None = None
    endpoint: str | None = None
    event: Action | None = None
    description: str | None = None
    status: str | None = None
