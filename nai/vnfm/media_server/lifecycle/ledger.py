"""The ledger of instances: a row for every server there may be, written before the server and removed after it.

So a process can be killed anywhere: no server is made twice, because its name is in the ledger first, and none is
forgotten, because its row stays until the infrastructure has confirmed that it is gone.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update

from nai.catalogue import VNFCInstance, VNFComponent
from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.identifiers import new_id
from nai.vnfm.media_server.lifecycle.tables import InstanceRow, InstanceState, VnfRow
from nai.vnfm.media_server.lifecycle.vnfs import Vnf

_UNFIT = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_PREFIX = 56
"""A host name has at most 63 characters."""


@dataclass(frozen=True)
class Instance:
    """A row of the ledger.

    Attributes:
        name: Name of the server, of the VNFC instance and of the media server: unique over all VNFs.
        vnfr_id: The VNF.
        unit_id: The VDU.
        vnfc_id: Id of the VNFC instance.
        state: Where it is on its way.
        owner: The action it was made, taken or removed for.
        position: Which component of the VDU it was made for.
        component: That component.
        capacity: Points it can carry; 0 while the server does not exist.
        document: The VNFC instance; None while the server does not exist.
        created: When, in seconds since 1970.
    """

    name: str
    vnfr_id: str
    unit_id: str
    vnfc_id: str
    state: InstanceState
    owner: str
    position: int
    component: VNFComponent
    created: float
    capacity: int = 0
    document: VNFCInstance | None = None

    @property
    def address(self) -> str | None:
        """Address for applications: the first floating one, else the first private one (wire contract 2.1)."""
        if self.document is None:
            return None
        addresses = (*self.document.floating_ips, *self.document.ips)
        return next((each.ip for each in addresses if each.ip), None)


class Ledger:
    """All instances of all VNFs; read from memory, written through."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Starts empty; `open` reads."""
        self._database = database
        self._clock = clock
        self._instances: dict[str, Instance] = {}
        self._of_vnfr: dict[str, dict[str, Instance]] = {}
        self._reserving = asyncio.Lock()

    async def open(self) -> None:
        """Reads what was written."""
        async with self._database.session() as session:
            for row in await session.scalars(select(InstanceRow).order_by(InstanceRow.created, InstanceRow.name)):
                self._remember(_read(row))

    def find(self, name: str) -> Instance | None:
        """Gives an instance by its name."""
        return self._instances.get(name)

    def of(self, vnfr_id: str, *states: InstanceState, unit_id: str | None = None) -> list[Instance]:
        """Gives the instances of a VNF in certain states (all, if none is named), oldest first."""
        return [
            each
            for each in self._of_vnfr.get(vnfr_id, {}).values()
            if (not states or each.state in states) and unit_id in (None, each.unit_id)
        ]

    def owned_by(self, owner: str, *states: InstanceState) -> list[Instance]:
        """Gives the instances that an action made, took or removes."""
        return [
            each for each in self._instances.values() if each.owner == owner and (not states or each.state in states)
        ]

    def __iter__(self) -> Iterator[Instance]:
        """Gives all instances, safe against changes meanwhile."""
        return iter(tuple(self._instances.values()))

    async def reserve(
        self,
        vnf: Vnf,
        unit_id: str,
        components: Sequence[tuple[int, VNFComponent]],
        owner: str,
        foreign: Collection[str] = (),
    ) -> list[Instance]:
        """Writes down instances that are going to be made.

        Names are `<VNFR name>-<number>`. Numbers only grow: a name that was used comes back as another instance only to
        confuse who still remembers the first. VNFRs of two network services may have one name, and an infrastructure
        may hold servers of others: neither is ever taken for ours.

        Args:
            vnf: The VNF.
            unit_id: The VDU.
            components: Position and component of each new instance.
            owner: The action they are for.
            foreign: Names in the infrastructure; those that are not in the ledger belong to somebody else.

        Returns:
            The new instances, LAUNCHING.
        """
        async with self._reserving:
            prefix, number = name_prefix(vnf.record.name or ""), vnf.next_number
            created = self._clock.now().timestamp()
            reserved = []
            for position, component in components:
                while (name := f"{prefix}{number}") in self._instances or name in foreign:
                    number += 1
                number += 1
                reserved.append(
                    Instance(
                        name=name,
                        vnfr_id=vnf.vnfr_id,
                        unit_id=unit_id,
                        vnfc_id=new_id(),
                        state=InstanceState.LAUNCHING,
                        owner=owner,
                        position=position,
                        component=component,
                        created=created,
                    )
                )
            async with self._database.session() as session:
                session.add_all([_row(each) for each in reserved])
                await session.execute(update(VnfRow).where(VnfRow.vnfr_id == vnf.vnfr_id).values(next_number=number))
            vnf.next_number = number
            for each in reserved:
                self._remember(each)
            return reserved

    async def change(self, instances: Iterable[Instance], **changes: Any) -> list[Instance]:
        """Writes changes of several instances in one transaction.

        Args:
            instances: Which; those that are gone meanwhile are left out.
            **changes: Fields of `Instance` with their new values; one that is callable makes it from the instance.

        Returns:
            The instances as they are now.
        """
        changed = [
            replace(now, **{name: value(now) if callable(value) else value for name, value in changes.items()})
            for each in instances
            if (now := self._instances.get(each.name)) is not None
        ]
        async with self._database.session() as session:
            for each in changed:
                row = _columns(each)
                await session.execute(
                    update(InstanceRow)
                    .where(InstanceRow.name == each.name)
                    .values({column: row[column] for column in changes})
                )
        for each in changed:
            self._remember(each)
        return changed

    async def drop(self, instances: Iterable[Instance]) -> None:
        """Removes rows; only of servers that are gone for certain."""
        names = [each.name for each in instances]
        async with self._database.session() as session:
            await session.execute(delete(InstanceRow).where(InstanceRow.name.in_(names)))
        for name in names:
            gone = self._instances.pop(name, None)
            if gone is not None:
                self._of_vnfr[gone.vnfr_id].pop(name, None)
                if not self._of_vnfr[gone.vnfr_id]:
                    del self._of_vnfr[gone.vnfr_id]

    def _remember(self, instance: Instance) -> None:
        self._instances[instance.name] = instance
        self._of_vnfr.setdefault(instance.vnfr_id, {})[instance.name] = instance


def name_prefix(vnfr_name: str) -> str:
    """Gives what the names of a VNF's instances begin with; characters that no host name has become dashes."""
    return (_UNFIT.sub("-", vnfr_name).strip("-")[:_LONGEST_PREFIX] or "media-server") + "-"


def _columns(each: Instance) -> dict[str, Any]:
    return {
        "name": each.name,
        "vnfr_id": each.vnfr_id,
        "unit_id": each.unit_id,
        "vnfc_id": each.vnfc_id,
        "state": each.state.value,
        "owner": each.owner,
        "position": each.position,
        "capacity": each.capacity,
        "component": each.component.to_wire(),
        "document": each.document.to_wire() if each.document is not None else None,
        "created": each.created,
    }


def _row(each: Instance) -> InstanceRow:
    return InstanceRow(**_columns(each))


def _read(row: InstanceRow) -> Instance:
    return Instance(
        name=row.name,
        vnfr_id=row.vnfr_id,
        unit_id=row.unit_id,
        vnfc_id=row.vnfc_id,
        state=InstanceState(row.state),
        owner=row.owner,
        position=row.position,
        capacity=row.capacity,
        component=VNFComponent.from_wire(row.component),
        document=VNFCInstance.from_wire(row.document) if row.document else None,
        created=row.created,
    )
