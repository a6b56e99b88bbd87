"""Fault management policies of units and services."""

from __future__ import annotations

from enum import StrEnum

from nai.catalogue.alarms import PerceivedSeverity
from nai.core.wire import WireModel, wire


class FaultManagementAction(StrEnum):
    """What to do about a fault."""

    RESTART = "RESTART"
    REINSTANTIATE_SERVICE = "REINSTANTIATE_SERVICE"
    HEAL = "HEAL"
    REINSTANTIATE = "REINSTANTIATE"
    SWITCH_TO_STANDBY = "SWITCH_TO_STANDBY"
    SWITCH_TO_ACTIVE = "SWITCH_TO_ACTIVE"


class VNFCSelector(StrEnum):
    """How many component instances have to meet a criterion (lower case on the wire)."""

    AT_LEAST_ONE = "at_least_one"
    ALL = "all"


class ResiliencyLevel(StrEnum):
    """Whether a standby knows the state of what it stands in for."""

    ACTIVE_STANDBY_STATELESS = "ACTIVE_STANDBY_STATELESS"
    ACTIVE_STANDBY_STATEFUL = "ACTIVE_STANDBY_STATEFUL"


class HighAvailability(WireModel):
    """How a unit is kept available; the scheme is `1:N`."""

    id: str | None = None
    version: int = 0
    resiliency_level: ResiliencyLevel | None = wire("resiliencyLevel")
    geo_redundancy: bool = wire("geoRedundancy", default=False)
    redundancy_scheme: str | None = wire("redundancyScheme")


class Criteria(WireModel):
    """A condition of a fault management policy."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    parameter_ref: str | None = None
    function: str | None = None
    vnfc_selector: VNFCSelector | None = None
    comparison_operator: str | None = None
    threshold: str | None = None


class FaultManagementPolicy(WireModel):
    """When something counts as a fault; `period` in seconds."""

    id: str | None = None
    version: int = 0
    name: str | None = None
    is_vnf_alarm: bool = wire("isVNFAlarm", default=False)
    period: int = 0
    severity: PerceivedSeverity | None = None
    criteria: list[Criteria] = []


class VRFaultManagementPolicy(FaultManagementPolicy):
    """A policy of a unit, with what to do about the fault."""

    action: FaultManagementAction | None = None


class NSFaultManagementPolicy(FaultManagementPolicy):
    """A policy of a service."""

    vnf_selector: str | None = wire("vnfSelector")
