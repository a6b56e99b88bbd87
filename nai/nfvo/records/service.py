"""A network service as the orchestrator works on it: its record, its functions' records, and what it must remember.

There is one `Service` object for each service that something is going on with; everybody who works on it shares that
object, so nothing has to be read back from the database that was just written to it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from nai.catalogue import (
    NetworkServiceRecord,
    Status,
    VirtualLinkRecord,
    VirtualNetworkFunctionDescriptor,
    VirtualNetworkFunctionRecord,
)
from nai.nfvo.lifecycle import status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nai.catalogue import VirtualDeploymentUnit, VNFCInstance


class Inner(BaseModel):
    """What the orchestrator remembers of a function beside its record."""

    model_config = ConfigDict(extra="forbid")

    descriptor: dict[str, Any]
    """The descriptor it is made of, as on the wire: an INSTANTIATE may have to be sent again after that one is gone."""
    needs: dict[str, list[str]] = {}
    """Names of the functions it depends on, and of the parameters it wants from each (none: all)."""
    vims: dict[str, list[str]] = {}
    """Names of the infrastructures each unit may be placed on, by the unit's id; one name once it is granted."""
    keys: list[str] = []
    """Names of the key pairs for its instances."""
    reached: Status = Status.NULL
    """How far it has come: its status, unless that says ERROR or SCALING."""
    granted: bool = False
    """Whether room was granted for it before, so that instances of it may exist which its record does not show."""
    names: dict[str, str] = {}
    """Names of instances by component id, given out before anything is made."""
    user_data: dict[str, str] = {}
    """What instances are started with, by unit id; needed to make a lost one again. May hold credentials."""
    released: list[str] = []
    """Host names of instances that were removed, the last ones: a stale copy must not bring them back."""
    requests: dict[str, str] = {}
    """Component ids by the id of the VNFM's request that asked for one more instance, the last ones."""


@dataclass
class Function:
    """A virtual network function of a service."""

    document: VirtualNetworkFunctionRecord
    inner: Inner
    position: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while instances of it are made or removed."""
    closing: bool = False
    """Whether everything that was made for it is being taken back."""
    changing: set[str] = field(default_factory=set)
    """Ids of components that an operation is working on: what the VNFM's copy says of them does not count."""
    refusal: str = ""
    """Why it got no room; the VNFM only knows that it got none."""

    @property
    def terminating(self) -> bool:
        """Tell whether nothing may be made for it any more."""
        return self.closing or self.document.status is Status.TERMINATED

    @property
    def id(self) -> str:
        """Return the record's id."""
        return self.document.id or ""

    @property
    def name(self) -> str:
        """Return the name, which is that of its descriptor and unique in the service."""
        return self.document.name or ""

    @property
    def endpoint(self) -> str:
        """Return the type of the VNFM in charge."""
        return self.document.endpoint or ""

    @property
    def descriptor(self) -> VirtualNetworkFunctionDescriptor:
        """Return the descriptor it is made of."""
        return VirtualNetworkFunctionDescriptor.model_validate(self.inner.descriptor)

    def unit(self, reference: str) -> VirtualDeploymentUnit | None:
        """Find a unit by its id, the id of its descriptor's unit, or its name."""
        for unit in self.document.vdu:
            if reference in (unit.id, unit.parent_vdu, unit.name):
                return unit
        return None

    def instances(self) -> Iterator[tuple[VirtualDeploymentUnit, VNFCInstance]]:
        """Go through all instances with the unit of each."""
        for unit in self.document.vdu:
            for instance in unit.vnfc_instance:
                yield unit, instance

    def instance(self, reference: str) -> tuple[VirtualDeploymentUnit, VNFCInstance] | None:
        """Find an instance by its id or host name."""
        for unit, instance in self.instances():
            if reference in (instance.id, instance.hostname):
                return unit, instance
        return None


@dataclass(eq=False)
class Service:
    """A network service: record, functions in the descriptor's order, links."""

    document: NetworkServiceRecord
    functions: dict[str, Function]
    links: list[VirtualLinkRecord] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while it is written, so that the last write is the last state."""
    released: bool = False
    """Whether its rows are gone: nothing about it may be written any more."""
    written: dict[str, Any] = field(default_factory=dict, repr=False)
    """The service's own document as last written."""

    @property
    def id(self) -> str:
        """Return the record's id."""
        return self.document.id or ""

    @property
    def project_id(self) -> str:
        """Return the id of the project it belongs to."""
        return self.document.project_id or ""

    def named(self, name: str) -> Function | None:
        """Find a function by its name."""
        return next((function for function in self.functions.values() if function.name == name), None)

    def combined_status(self) -> Status:
        """Compute the service's status from those of its functions."""
        return status.combined(function.document.status or Status.NULL for function in self.functions.values())

    def targets_of(self, name: str) -> list[Function]:
        """Return the functions that depend on the named one."""
        return [function for function in self.functions.values() if name in function.inner.needs]

    def whole(self) -> dict[str, Any]:
        """Return the record with its functions and links, as on the wire."""
        return assembled(
            self.document.to_wire(),
            [function.document.to_wire() for function in self.functions.values()],
            [link.to_wire() for link in self.links],
        )


def assembled(
    service: Mapping[str, Any], functions: list[dict[str, Any]], links: list[dict[str, Any]]
) -> dict[str, Any]:
    """Put a service's rows together to the document that clients know."""
    return {**service, "vnfr": functions, "vlr": links}
