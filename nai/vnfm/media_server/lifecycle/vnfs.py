"""The managed VNFs, in memory and in the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from nai.catalogue import (
    AutoScalePolicy,
    Key,
    Status,
    VimInstance,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionRecord,
)
from nai.core.database import Database
from nai.vnfm.media_server.errors import UnknownVnfrError
from nai.vnfm.media_server.lifecycle.tables import VnfRow


@dataclass(eq=False)
class Vnf:
    """A managed VNF.

    Attributes:
        vnfr_id: Id of its record.
        nsr_id: Id of the network service record it belongs to.
        record: The record as the NFVO last gave it; which instances there are says the ledger.
        vim_instances: VDU id to the VIM its instances are made in.
        keys: Key pairs of its instances.
        status: ACTIVE once it was started; TERMINATED from the moment its end began.
        next_number: Number of its next instance's name.
    """

    vnfr_id: str
    nsr_id: str
    record: VirtualNetworkFunctionRecord
    vim_instances: Mapping[str, VimInstance] = field(default_factory=dict)
    keys: Sequence[Key] = ()
    status: Status = Status.INITIALIZED
    next_number: int = 0

    def unit(self, unit_id: str) -> VirtualDeploymentUnit:
        """Gives one of its VDUs; KeyError when there is none of that id."""
        for unit in self.record.vdu:
            if unit.id == unit_id:
                return unit
        raise KeyError(unit_id)

    @property
    def policies(self) -> Sequence[AutoScalePolicy]:
        """Its autoscaling policies."""
        return self.record.auto_scale_policy


class Vnfs:
    """All managed VNFs; read from memory, written through."""

    def __init__(self, database: Database) -> None:
        """Starts empty; `open` reads."""
        self._database = database
        self._vnfs: dict[str, Vnf] = {}

    async def open(self) -> None:
        """Reads what was written."""
        async with self._database.session() as session:
            for row in await session.scalars(select(VnfRow)):
                self._vnfs[row.vnfr_id] = _read(row)

    def __iter__(self) -> Iterator[Vnf]:
        """Gives all of them, safe against changes meanwhile."""
        return iter(tuple(self._vnfs.values()))

    def find(self, vnfr_id: str) -> Vnf | None:
        """Gives one, None if it is not managed."""
        return self._vnfs.get(vnfr_id)

    def get(self, vnfr_id: str) -> Vnf:
        """Gives one.

        Raises:
            UnknownVnfrError: It is not managed.
        """
        vnf = self._vnfs.get(vnfr_id)
        if vnf is None:
            raise UnknownVnfrError(vnfr_id)
        return vnf

    async def save(self, vnf: Vnf) -> None:
        """Writes one, new or changed."""
        async with self._database.session() as session:
            await session.merge(_row(vnf))
        self._vnfs[vnf.vnfr_id] = vnf

    async def forget(self, vnfr_id: str) -> None:
        """Removes one, if it is there."""
        async with self._database.session() as session:
            await session.execute(delete(VnfRow).where(VnfRow.vnfr_id == vnfr_id))
        self._vnfs.pop(vnfr_id, None)


def _row(vnf: Vnf) -> VnfRow:
    record: dict[str, Any] = vnf.record.to_wire()
    for unit in record.get("vdu", ()):
        # The ledger says which instances there are; a second list could only contradict it.
        unit.pop("vnfc_instance", None)
    return VnfRow(
        vnfr_id=vnf.vnfr_id,
        nsr_id=vnf.nsr_id,
        status=vnf.status.value,
        record=record,
        vim_instances={unit_id: instance.to_wire() for unit_id, instance in vnf.vim_instances.items()},
        keys=[key.to_wire() for key in vnf.keys],
        next_number=vnf.next_number,
    )


def _read(row: VnfRow) -> Vnf:
    return Vnf(
        vnfr_id=row.vnfr_id,
        nsr_id=row.nsr_id,
        record=VirtualNetworkFunctionRecord.from_wire(row.record),
        vim_instances={unit_id: VimInstance.from_wire(each) for unit_id, each in row.vim_instances.items()},
        keys=[Key.from_wire(each) for each in row.keys],
        status=Status(row.status),
        next_number=row.next_number,
    )
