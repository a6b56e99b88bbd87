"""The arithmetic of a GRANT: does what a function still misses fit into what its infrastructure has left?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nai.catalogue import DeploymentFlavour, Quota


@dataclass(frozen=True)
class Demand:
    """Room that instances take.

    Attributes:
        instances: how many.
        cores: virtual CPUs of all together.
        memory_mebibytes: memory of all together.
    """

    instances: int = 0
    cores: int = 0
    memory_mebibytes: int = 0

    def __add__(self, other: Demand) -> Demand:
        """Return the room of both."""
        return Demand(
            self.instances + other.instances,
            self.cores + other.cores,
            self.memory_mebibytes + other.memory_mebibytes,
        )

    def __bool__(self) -> bool:
        """Tell whether it takes any room."""
        return bool(self.instances or self.cores or self.memory_mebibytes)


def demand(flavour: DeploymentFlavour, count: int) -> Demand:
    """Return the room of so many instances of a flavour; a size that nobody stated counts as nothing."""
    return Demand(count, count * (flavour.vcpus or 0), count * (flavour.ram or 0))


def shortage(wanted: Demand, left: Quota, reserved: Demand) -> str:
    """Compare what is wanted with what is left.

    Args:
        wanted: room that is asked for.
        left: what the infrastructure says is left.
        reserved: room granted to others that the infrastructure does not know of yet.

    Returns:
        What is missing, for people; empty when it fits.
    """
    rows = (
        ("instances", wanted.instances, left.instances, reserved.instances),
        ("cores", wanted.cores, left.cores, reserved.cores),
        ("MiB of memory", wanted.memory_mebibytes, left.ram, reserved.memory_mebibytes),
    )
    return ", ".join(
        f"{want} {what} wanted, {max(0, (have or 0) - taken)} left"
        for what, want, have, taken in rows
        if want and want > (have or 0) - taken
    )
