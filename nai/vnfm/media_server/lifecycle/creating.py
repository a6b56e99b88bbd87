"""Actions that make instances: INSTANTIATE, SCALE_OUT, HEAL."""

from nai.catalogue import (
    Status,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
    VNFPackage,
    VNFRecordDependency,
)
from nai.vim import VimError
from nai.vnfm.media_server.lifecycle.acting import HERE, Acting, document_of, id_of, policies_of
from nai.vnfm.media_server.lifecycle.reserving import launch, reserve, take
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf
from nai.vnfm.sdk import ActionContext, Instantiation, VnfmError


class Creating(Acting):
    """Makes instances; each is written down under the action's name before it is made."""

    async def instantiate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, instantiation: Instantiation
    ) -> VirtualNetworkFunctionRecord:
        """Makes the instances of all components at once.

        Raises:
            VnfmError: A policy cannot be carried out, or an instance could not be made; then none is left.
        """
        vnfr_id = id_of(vnfr)
        policies_of(vnfr)
        vnf = Vnf(
            vnfr_id=vnfr_id,
            nsr_id=vnfr.parent_ns_id or context.extension.get("nsr-id", ""),
            record=vnfr,
            vim_instances=dict(instantiation.vim_instances),
            keys=tuple(instantiation.keys),
        )
        known = self.parts.vnfs.find(vnfr_id)
        if known is not None:
            vnf.status, vnf.next_number = known.status, known.next_number
        async with self.parts.turns.of(vnfr_id):
            await self.parts.vnfs.save(vnf)
            await self.parts.plane.manage(vnfr_id, vnf.nsr_id, "INSTANTIATE")
            self.parts.reached("INSTANTIATE/managed")
            owner = f"instantiate/{vnfr_id}"
            try:
                for unit in vnfr.vdu:
                    known_positions = {
                        each.position for each in self.parts.ledger.of(vnfr_id, *HERE, unit_id=unit.id or "")
                    }
                    missing = [each for each in enumerate(unit.vnfc) if each[0] not in known_positions]
                    await launch(self.parts, vnf, unit.id or "", missing, owner)
            except VimError as error:
                raise VnfmError(f"The infrastructure does not answer: {error}") from error
            self.parts.reached("INSTANTIATE/reserved")
            await self.make_all(vnf, self.parts.ledger.of(vnfr_id, *HERE))
            self.parts.reached("INSTANTIATE/allocated")
            serving = self.parts.ledger.of(vnfr_id, InstanceState.LAUNCHING)
            await self.parts.ledger.change(serving, state=InstanceState.SERVING)
            self.parts.reached("INSTANTIATE/written")
            return self.parts.record(vnf, vnfr.status or Status.INITIALIZED)

    async def choose_new(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, component: VNFComponent
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance] | None:
        """Gives the instance that the NFVO's scale-out adds: a warm one, or else a new one.

        Raises:
            VnfmError: There is no room, or the instance could not be made; then it is not left.
        """
        vnf = await self.take_over(vnfr)
        parts, owner = self.parts, context.occurrence
        async with parts.turns.of(vnf.vnfr_id):
            if not parts.ledger.owned_by(owner, *HERE):
                unit_id = self.unit_with_room(vnf, component)
                try:
                    await take(parts, await reserve(parts, vnf, unit_id, 1, owner, component), owner, component)
                except VimError as error:
                    raise VnfmError(f"The infrastructure does not answer: {error}") from error
            parts.reached("SCALE_OUT/reserved")
            await self.make_all(vnf, parts.ledger.owned_by(owner, *HERE))
            parts.reached("SCALE_OUT/allocated")
            found = parts.ledger.owned_by(owner, *HERE)
            if not found:
                raise VnfmError("The warm instance that was chosen died; try again.")
            return parts.record(vnf, Status.ACTIVE, also=owner), document_of(found[0])

    async def scale_out(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        vnfc: VNFCInstance,
        package: VNFPackage | None,
        dependency: VNFRecordDependency | None,
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance]:
        """Adds the media server of the instance that `choose_new` gave."""
        parts = self.parts
        vnf = self.live(id_of(vnfr))
        async with parts.turns.of(vnf.vnfr_id):
            instance = self.instance(vnf, vnfc)
            await parts.plane.add_server(vnf.vnfr_id, instance.name, instance.address, instance.capacity)
            parts.reached("SCALE_OUT/served")
            await parts.ledger.change([instance], state=InstanceState.SERVING)
            return parts.record(vnf, Status.ACTIVE), document_of(instance)

    async def heal(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, cause: str
    ) -> VirtualNetworkFunctionRecord:
        """Replaces the server of an instance by a new one of the same name; its sessions are lost with the old one.

        Raises:
            VnfmError: The instance is unknown, or the new server could not be made.
        """
        vnf = await self.take_over(vnfr)
        parts = self.parts
        async with parts.turns.of(vnf.vnfr_id):
            instance = self.instance(vnf, vnfc)
            if instance.owner != context.occurrence:
                await parts.plane.stop_server(vnf.vnfr_id, instance.name)
                await parts.plane.evict(vnf.vnfr_id, instance.name)
                driver, _ = parts.allocator.driver(vnf, instance.unit_id)
                await driver.delete_server(instance.name)
                parts.reached("HEAL/deleted")
                await parts.ledger.change([instance], document=None, owner=context.occurrence)
            made, failed = await parts.allocator.make(vnf, parts.ledger.owned_by(context.occurrence))
            parts.reached("HEAL/allocated")
            if failed:
                raise VnfmError("; ".join(f"{name}: {reason}" for name, reason in failed.items()))
            for each in made:
                await parts.plane.add_server(vnf.vnfr_id, each.name, each.address, each.capacity)
                await parts.plane.start_server(vnf.vnfr_id, each.name)
            return parts.record(vnf, Status.ACTIVE)
