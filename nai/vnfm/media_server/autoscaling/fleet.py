"""What a VNFR has, as a decision needs to see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UnitFleet:
    """The media servers of one VDU.

    Attributes:
        unit_id: Id of the VDU.
        name: Name of the VDU.
        instances: How many instances serve or are stopped; warm ones in the pool do not count.
        maximum: `scale_in_out` of the VDU: how many there may be.
        idle: How many of them have no session, so that they may be removed.
        minimum: How many have to stay.
    """

    unit_id: str
    name: str
    instances: int
    maximum: int
    idle: int
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Fleet:
    """All media servers of one VNFR at one moment.

    Attributes:
        units: One entry per VDU.
        active: Whether the VNFR is ACTIVE; no other one is scaled.
        used: Host name to used points of each media server, for the record of the decision.
    """

    units: tuple[UnitFleet, ...]
    active: bool
    used: Mapping[str, float] = field(default_factory=dict)

    @property
    def instances(self) -> int:
        """All instances."""
        return sum(unit.instances for unit in self.units)

    def only(self, target: str | None) -> "Fleet":
        """Narrows the fleet to the VDU that a policy's actions name.

        Args:
            target: Name or id of a VDU; None, or a name that is no VDU's, narrows nothing: the field is free text on
                the wire and clients leave other things in it.
        """
        units = tuple(unit for unit in self.units if target in (unit.name, unit.unit_id))
        return Fleet(units, self.active, self.used) if units else self
