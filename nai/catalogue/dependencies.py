"""Dependencies between the functions of a running service: which values a target gets from its sources."""

from __future__ import annotations

from nai.core.wire import WireModel, wire


class DependencyParameters(WireModel):
    """Values by name."""

    id: str | None = None
    version: int = 0
    parameters: dict[str, str] = {}


class VNFCDependencyParameters(WireModel):
    """Values of each component instance, by the instance's id."""

    id: str | None = None
    version: int = 0
    vnfc_id: str | None = wire("vnfcId")
    parameters: dict[str, DependencyParameters] = {}


class VNFRecordDependency(WireModel):
    """What the function `target` (a VNFR's name) needs.

    `parameters` and `vnfc_parameters` are by the source's type; `id_type` maps a source's name to its type.
    """

    id: str | None = None
    version: int = 0
    target: str | None = None
    parameters: dict[str, DependencyParameters] = {}
    vnfc_parameters: dict[str, VNFCDependencyParameters] = wire("vnfcParameters", factory=dict)
    id_type: dict[str, str] = wire("idType", factory=dict)


class DependencyObject(WireModel):
    """A dependency in short: the target, and per source the names of the parameters."""

    target: str | None = None
    dependency_parameters: dict[str, list[str]] = wire("dependencyParameters", factory=dict)


class QueueElement(WireModel):
    """A function that waits for `waiting_for` sources."""

    vnfr_target_id: str | None = wire("vnfrTargetId")
    dependencies: list[VNFRecordDependency] = []
    waiting_for: int = wire("waitingFor", 0)
