"""What the lifecycle's parts share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nai.catalogue import Status, VirtualNetworkFunctionRecord
from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.operations import Operations
from nai.vnfm.media_server.autoscaling.measures import MediaServerMeasures
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.decisions.store import DecisionStore
from nai.vnfm.media_server.lifecycle.allocation import Allocator
from nai.vnfm.media_server.lifecycle.ledger import Ledger
from nai.vnfm.media_server.lifecycle.records import record_with
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.turns import Turns
from nai.vnfm.media_server.lifecycle.vnfs import Vnf, Vnfs
from nai.vnfm.media_server.plane import Plane


class SupersededError(Exception):
    """The VNF is gone, or its end has begun: what was to be done about it is not to be done any more."""


class UpdateRecord(Protocol):
    """Has the NFVO store a VNF's record."""

    async def __call__(self, occurrence: str, record: VirtualNetworkFunctionRecord) -> None:
        """Sends it.

        Args:
            occurrence: Names the change; the same when it is sent again after a crash.
            record: The record.

        Raises:
            VnfmError: The NFVO refused it, or does not answer.
        """
        ...


@dataclass(frozen=True)
class Parts:
    """The parts.

    Attributes:
        database: Where everything is.
        clock: The time.
        plane: Media servers and sessions.
        operations: What runs in persisted steps.
        vnfs: The managed VNFs.
        ledger: Their instances.
        allocator: Makes and removes servers.
        decisions: What autoscaling decided.
        measures: Readings of media servers.
        turns: One thing at a time per VNF.
        update_record: Tells the NFVO.
        settings: Of elasticity.
        reached: Is told each persisted point; tests end the process there.
    """

    database: Database
    clock: Clock
    plane: Plane
    operations: Operations
    vnfs: Vnfs
    ledger: Ledger
    allocator: Allocator
    decisions: DecisionStore
    measures: MediaServerMeasures
    turns: Turns
    update_record: UpdateRecord
    settings: AutoscalingSettings
    reached: Callable[[str], None]

    def live(self, vnfr_id: str) -> Vnf:
        """Gives a VNF whose end has not begun.

        Raises:
            SupersededError: It has, or there is no such VNF.
        """
        vnf = self.vnfs.find(vnfr_id)
        if vnf is None or vnf.status is Status.TERMINATED:
            raise SupersededError(f"VNFR {vnfr_id} is terminated.")
        return vnf

    def record(self, vnf: Vnf, status: Status, also: str = "") -> VirtualNetworkFunctionRecord:
        """Gives a VNF's record with the instances that serve.

        Args:
            vnf: The VNF.
            status: Its status.
            also: The action whose instances are to serve when the record is stored.
        """
        instances = [
            each
            for each in self.ledger.of(vnf.vnfr_id)
            if each.state is InstanceState.SERVING
            or (also and each.owner == also and each.state in (InstanceState.LAUNCHING, InstanceState.TAKEN))
        ]
        return record_with(vnf, instances, status)
