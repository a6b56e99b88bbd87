"""Actions that remove instances: SCALE_IN, RELEASE_RESOURCES."""

import logging

from nai.catalogue import Status, VirtualNetworkFunctionRecord, VNFCInstance
from nai.vnfm.media_server.lifecycle.acting import Acting, id_of
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.sdk import ActionContext, RefusedError, VnfmError

_log = logging.getLogger(__name__)


class Removing(Acting):
    """Removes instances; a row of the ledger stays until its server is gone for certain."""

    async def scale_in(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Removes a media server that has no session.

        Raises:
            RefusedError: It has one; nothing was changed.
        """
        vnf = await self.take_over(vnfr)
        parts = self.parts
        async with parts.turns.of(vnf.vnfr_id):
            instance = parts.ledger.find(vnfc.hostname or "")
            if instance is not None and instance.vnfr_id == vnf.vnfr_id:
                server = parts.plane.server(instance.name)
                if server is not None and not await parts.plane.release_server(vnf.vnfr_id, instance.name):
                    raise RefusedError(
                        f"Media server {instance.name} has sessions with {server.used_points} points. Stop it, and"
                        " scale in once they are over."
                    )
                parts.reached("SCALE_IN/claimed")
                await parts.ledger.change([instance], state=InstanceState.LEAVING, owner=context.occurrence)
                parts.reached("SCALE_IN/written")
                await parts.plane.remove_server(vnf.vnfr_id, instance.name)
                failed = await parts.allocator.unmake(vnf, [instance])
                parts.reached("SCALE_IN/deleted")
                if failed:
                    _log.warning("Instance %s is removed later: %s", instance.name, failed[instance.name])
            return parts.record(vnf, Status.ACTIVE)

    async def terminate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord
    ) -> VirtualNetworkFunctionRecord:
        """Ends policies and launches, and removes every instance that the ledger has.

        Raises:
            VnfmError: The infrastructure does not remove one; the keeper goes on trying, and so may the NFVO.
        """
        parts, vnfr_id = self.parts, id_of(vnfr)
        vnf = parts.vnfs.find(vnfr_id)
        if vnf is not None:
            # From here on nothing new is begun for it, also by the next process.
            vnf.status = Status.TERMINATED
            await parts.vnfs.save(vnf)
            if parts.plane.knows(vnfr_id):
                await parts.plane.set_task(vnfr_id, "RELEASE_RESOURCES")
            parts.reached("RELEASE_RESOURCES/begun")
            # First what runs, or the engine would wait for it.
            await self.execution.end(vnfr_id, "the VNF is terminated")
            await self.engine.deactivate(vnfr_id)
            await self.pool.end(vnfr_id, "the VNF is terminated")
            async with parts.turns.of(vnfr_id):
                await parts.ledger.change(parts.ledger.of(vnfr_id), state=InstanceState.LEAVING, owner="")
                parts.reached("RELEASE_RESOURCES/leaving")
                await parts.plane.forget(vnfr_id)
                parts.reached("RELEASE_RESOURCES/forgotten")
                failed = await parts.allocator.unmake(vnf, parts.ledger.of(vnfr_id))
                parts.reached("RELEASE_RESOURCES/deleted")
            if failed:
                raise VnfmError("; ".join(f"{name} is not removed: {reason}" for name, reason in failed.items()))
            await parts.vnfs.forget(vnfr_id)
            parts.reached("RELEASE_RESOURCES/over")
        await parts.decisions.forget(vnfr_id)
        units = [unit.model_copy(update={"vnfc_instance": []}) for unit in vnfr.vdu]
        return vnfr.model_copy(update={"vdu": units, "status": Status.TERMINATED})
