"""The fixed words of the PaaS."""

from enum import StrEnum


class AppStatus(StrEnum):
    """Where an application stands (seed, figure 40)."""

    CREATED = "CREATED"
    INITIALIZING = "INITIALIZING"
    INITIALISED = "INITIALISED"
    DUPLICATED = "DUPLICATED"
    BUILDING = "BUILDING"
    BUILD_OK = "BUILD_OK"
    DEPLOYING = "DEPLOYNG"  # spelled so on the wire
    RUNNING = "RUNNING"
    SCALING = "SCALING"
    FAILED = "FAILED"
    PAAS_RESOURCE_MISSING = "PAAS_RESOURCE_MISSING"


class Flavor(StrEnum):
    """Size of a media server."""

    SMALL = "SMALL"
    MEDIUM = "MEDIUM"
    LARGE = "LARGE"

    @property
    def flavour_key(self) -> str:
        """Name of the deployment flavour that the orchestrator is asked for."""
        return f"d1.{self.value.lower()}"

    @property
    def capacity_points(self) -> int:
        """Points of sessions that one such media server takes: 100 for each of its processors."""
        return {Flavor.SMALL: 100, Flavor.MEDIUM: 200, Flavor.LARGE: 400}[self]


class QualityOfService(StrEnum):
    """Class of the bandwidth that the connectivity manager reserves."""

    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"
