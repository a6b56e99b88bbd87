"""What all actions on a media-server VNF begin with: finding the VNF, an instance, the room for one more."""

from collections.abc import Sequence

from nai.catalogue import VirtualNetworkFunctionRecord, VNFCInstance, VNFComponent
from nai.vnfm.media_server.autoscaling.engine import Engine
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.policy_reader import PolicyError, read_policies
from nai.vnfm.media_server.lifecycle.context import Parts, SupersededError
from nai.vnfm.media_server.lifecycle.execution import Execution
from nai.vnfm.media_server.lifecycle.ledger import Instance
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf
from nai.vnfm.media_server.warm_pool.pool import WarmPool
from nai.vnfm.sdk import VnfmError

HERE = (InstanceState.LAUNCHING, InstanceState.TAKEN, InstanceState.SERVING)
"""States of instances that the NFVO knows, or is about to."""


class Acting:
    """Base of the actions.

    Attributes:
        parts: The lifecycle's parts.
        engine: Runs the policies.
        execution: Carries decisions out.
        pool: Warm instances.
    """

    def __init__(self, parts: Parts, engine: Engine, execution: Execution, pool: WarmPool) -> None:
        """Connects it; see the attributes."""
        self.parts = parts
        self.engine = engine
        self.execution = execution
        self.pool = pool

    async def take_over(self, vnfr: VirtualNetworkFunctionRecord) -> Vnf:
        """Takes over what the NFVO says about a VNF now; which instances it has is known better here."""
        vnf = self.live(id_of(vnfr))
        vnf.record = vnfr
        await self.parts.vnfs.save(vnf)
        return vnf

    def live(self, vnfr_id: str) -> Vnf:
        """Gives a VNF whose end has not begun; VnfmError when there is none."""
        try:
            return self.parts.live(vnfr_id)
        except SupersededError as error:
            raise VnfmError(str(error)) from error

    def instance(self, vnf: Vnf, vnfc: VNFCInstance) -> Instance:
        """Finds the instance that the NFVO speaks of; VnfmError when there is none."""
        instance = self.parts.ledger.find(vnfc.hostname or "")
        if instance is None or instance.vnfr_id != vnf.vnfr_id or instance.state is InstanceState.LEAVING:
            raise VnfmError(f"VNFR {vnf.record.name} has no instance {vnfc.hostname}.")
        return instance

    def unit_with_room(self, vnf: Vnf, component: VNFComponent) -> str:
        """Finds the VDU of a new instance: the one that the component is of, else the first with room."""
        fleet = self.execution.fleet(vnf.vnfr_id)
        room = [unit.unit_id for unit in fleet.units if unit.instances < unit.maximum]
        for unit in vnf.record.vdu:
            if component.id and any(each.id == component.id for each in unit.vnfc):
                if unit.id in room:
                    return unit.id or ""
                room = []
        if not room:
            raise VnfmError(f"VNFR {vnf.record.name} has as many media servers as scale_in_out allows.")
        return room[0]

    async def make_all(self, vnf: Vnf, instances: Sequence[Instance]) -> None:
        """Makes servers, or leaves none of those that were to be made."""
        parts = self.parts
        _, failed = await parts.allocator.make(vnf, instances)
        if not failed:
            return
        leaving = await parts.ledger.change(instances, state=InstanceState.LEAVING, owner="")
        await parts.allocator.unmake(vnf, leaving)
        raise VnfmError("; ".join(f"{name}: {reason}" for name, reason in failed.items()))


def policies_of(vnfr: VirtualNetworkFunctionRecord) -> tuple[ScalingPolicy, ...]:
    """Reads the policies of a record.

    Raises:
        VnfmError: One cannot be carried out; the text tells all faults.
    """
    try:
        return read_policies([policy.to_wire() for policy in vnfr.auto_scale_policy])
    except PolicyError as error:
        raise VnfmError(str(error)) from error


def id_of(vnfr: VirtualNetworkFunctionRecord) -> str:
    """Gives the id of a record; VnfmError when it has none."""
    if not vnfr.id:
        raise VnfmError(f"The record of {vnfr.name} has no id.")
    return vnfr.id


def document_of(instance: Instance) -> VNFCInstance:
    """Gives the VNFC instance of an instance; VnfmError when it has no server."""
    if instance.document is None:
        raise VnfmError(f"Instance {instance.name} has no server.")
    return instance.document
