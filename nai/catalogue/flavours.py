"""Flavours: how much machine an instance gets, and what a flavour of a service or function is made of."""

from __future__ import annotations

from enum import StrEnum

from nai.core.wire import WireModel, wire


class RedundancyModel(StrEnum):
    """Whether a constituent works or stands by."""

    ACTIVE = "ACTIVE"
    STANDBY = "STANDBY"


class DeploymentFlavour(WireModel):
    """A size of instance; `ram` in MiB, `disk` in GiB."""

    id: str | None = None
    version: int = 0
    flavour_key: str | None = None
    ext_id: str | None = wire("extId")
    ram: int = 0
    disk: int = 0
    vcpus: int = 0


class CostituentVDU(WireModel):
    """A unit of a function's flavour (the spelling is the wire's)."""

    id: str | None = None
    version: int = 0
    vdu_reference: str | None = None
    number_of_instances: int = 0
    constituent_vnfc: str | None = None


class CostituentVNF(WireModel):
    """A function of a service's flavour (the spelling is the wire's)."""

    id: str | None = None
    version: int = 0
    vnf_reference: str | None = None
    vnf_flavour_id_reference: str | None = None
    redundancy_model: RedundancyModel | None = None
    affinity: str | None = None
    capability: str | None = None
    number_of_instances: int = 0


class VNFDeploymentFlavour(DeploymentFlavour):
    """A flavour of a function."""

    df_constraint: list[str] = []
    costituent_vdu: list[CostituentVDU] = []


class NetworkServiceDeploymentFlavour(DeploymentFlavour):
    """A flavour of a service."""

    constituent_vnf: list[CostituentVNF] = []
