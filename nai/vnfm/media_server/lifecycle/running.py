"""Actions on instances that are there: START, STOP, of all or of one (seed 3.3.2.1.11)."""

from nai.catalogue import Status, VirtualNetworkFunctionRecord, VNFCInstance, VNFRecordDependency
from nai.vnfm.media_server.errors import MediaServerError
from nai.vnfm.media_server.lifecycle.acting import Acting, document_of, policies_of
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf
from nai.vnfm.sdk import ActionContext, VnfmError


class Running(Acting):
    """Lets media servers take sessions, or only finish those they have."""

    async def start(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency | None
    ) -> VirtualNetworkFunctionRecord:
        """Adds the media servers and begins to run the policies."""
        vnf = await self.take_over(vnfr)
        parts = self.parts
        async with parts.turns.of(vnf.vnfr_id):
            await parts.plane.manage(vnf.vnfr_id, vnf.nsr_id, "START")
            for each in parts.ledger.of(vnf.vnfr_id, InstanceState.SERVING):
                await parts.plane.add_server(vnf.vnfr_id, each.name, each.address, each.capacity)
                if vnf.status is Status.INACTIVE:
                    await parts.plane.start_server(vnf.vnfr_id, each.name)
            parts.reached("START/served")
            vnf.status = Status.ACTIVE
            await parts.vnfs.save(vnf)
            parts.reached("START/active")
            await self.activate(vnf)
            return parts.record(vnf, Status.ACTIVE)

    async def activate(self, vnf: Vnf) -> None:
        """Begins to run the policies of a VNF, unless that is switched off."""
        if self.parts.settings.activate and vnf.status is Status.ACTIVE:
            until = await self.parts.decisions.cooldown_until(vnf.vnfr_id)
            self.engine.activate(vnf.vnfr_id, policies_of(vnf.record), until)

    async def stop(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> VirtualNetworkFunctionRecord:
        """Stops all media servers: they finish their sessions; no policy runs meanwhile."""
        vnf = await self.take_over(vnfr)
        await self.engine.deactivate(vnf.vnfr_id)
        async with self.parts.turns.of(vnf.vnfr_id):
            vnf.status = Status.INACTIVE
            await self.parts.vnfs.save(vnf)
            for each in self.parts.ledger.of(vnf.vnfr_id, InstanceState.SERVING):
                await self.parts.plane.stop_server(vnf.vnfr_id, each.name)
            return self.parts.record(vnf, Status.INACTIVE)

    async def start_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Lets a media server take sessions again (seed 3.3.2.1.11)."""
        return await self._switch(vnfr, vnfc, serves=True)

    async def stop_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Lets a media server finish its sessions and take no new ones (seed 3.3.2.1.11)."""
        return await self._switch(vnfr, vnfc, serves=False)

    async def _switch(
        self, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, *, serves: bool
    ) -> VirtualNetworkFunctionRecord:
        vnf = await self.take_over(vnfr)
        parts = self.parts
        async with parts.turns.of(vnf.vnfr_id):
            instance = self.instance(vnf, vnfc)
            try:
                change = parts.plane.start_server if serves else parts.plane.stop_server
                await change(vnf.vnfr_id, instance.name)
            except MediaServerError as error:
                raise VnfmError(str(error)) from error
            state = "ACTIVE" if serves else "INACTIVE"
            await parts.ledger.change([instance], document=document_of(instance).model_copy(update={"state": state}))
            return parts.record(vnf, Status.ACTIVE)
