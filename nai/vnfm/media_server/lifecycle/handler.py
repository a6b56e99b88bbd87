"""The NFVO's actions on a media-server VNF (wire contract 2.4, seed 2.3.5 and 3.3.2.1.10-11).

Messages come at least once and a process may die anywhere, so each method can be run again: instances are written
down under the action's name before they are made, and what is there is found.
"""

import logging
from collections.abc import Sequence

from nai.catalogue import (
    Script,
    Status,
    VirtualNetworkFunctionRecord,
    VNFCInstance,
    VNFComponent,
    VNFPackage,
    VNFRecordDependency,
)
from nai.vim import VimError
from nai.vnfm.media_server.autoscaling.engine import Engine
from nai.vnfm.media_server.autoscaling.policy import ScalingPolicy
from nai.vnfm.media_server.autoscaling.policy_reader import PolicyError, read_policies
from nai.vnfm.media_server.errors import MediaServerError
from nai.vnfm.media_server.lifecycle.context import Parts, SupersededError
from nai.vnfm.media_server.lifecycle.execution import Execution
from nai.vnfm.media_server.lifecycle.ledger import Instance
from nai.vnfm.media_server.lifecycle.reserving import launch, reserve
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.lifecycle.vnfs import Vnf
from nai.vnfm.media_server.warm_pool.pool import WarmPool
from nai.vnfm.sdk import ActionContext, Instantiation, RefusedError, UnsupportedActionError, VnfmError

_log = logging.getLogger(__name__)

_HERE = (InstanceState.LAUNCHING, InstanceState.TAKEN, InstanceState.SERVING)


class MediaServerHandler:
    """What the VNFM SDK calls for each action of the NFVO."""

    def __init__(self, parts: Parts, engine: Engine, execution: Execution, pool: WarmPool) -> None:
        """Connects it.

        Args:
            parts: The lifecycle's parts.
            engine: Runs the policies.
            execution: Carries decisions out.
            pool: Warm instances.
        """
        self._parts = parts
        self._engine = engine
        self._execution = execution
        self._pool = pool

    async def user_data(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> str | None:
        """Is not asked: this VNFM allocates itself."""
        return None

    async def instantiate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, instantiation: Instantiation
    ) -> VirtualNetworkFunctionRecord:
        """Makes the instances of all components at once.

        Raises:
            VnfmError: A policy cannot be carried out, or an instance could not be made; then none is left.
        """
        vnfr_id = _id(vnfr)
        policies_of(vnfr)
        vnf = Vnf(
            vnfr_id=vnfr_id,
            nsr_id=vnfr.parent_ns_id or context.extension.get("nsr-id", ""),
            record=vnfr,
            vim_instances=dict(instantiation.vim_instances),
            keys=tuple(instantiation.keys),
        )
        known = self._parts.vnfs.find(vnfr_id)
        if known is not None:
            vnf.status, vnf.next_number = known.status, known.next_number
        async with self._parts.turns.of(vnfr_id):
            await self._parts.vnfs.save(vnf)
            await self._parts.plane.manage(vnfr_id, vnf.nsr_id, "INSTANTIATE")
            self._parts.reached("INSTANTIATE/managed")
            owner = f"instantiate/{vnfr_id}"
            try:
                for unit in vnfr.vdu:
                    known_positions = {
                        each.position for each in self._parts.ledger.of(vnfr_id, *_HERE, unit_id=unit.id or "")
                    }
                    missing = [each for each in enumerate(unit.vnfc) if each[0] not in known_positions]
                    await launch(self._parts, vnf, unit.id or "", missing, owner)
            except VimError as error:
                raise VnfmError(f"The infrastructure does not answer: {error}") from error
            self._parts.reached("INSTANTIATE/reserved")
            await self._make_all(vnf, self._parts.ledger.of(vnfr_id, *_HERE))
            self._parts.reached("INSTANTIATE/allocated")
            serving = self._parts.ledger.of(vnfr_id, InstanceState.LAUNCHING)
            await self._parts.ledger.change(serving, state=InstanceState.SERVING)
            self._parts.reached("INSTANTIATE/written")
            return self._parts.record(vnf, vnfr.status or Status.INITIALIZED)

    async def modify(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency
    ) -> VirtualNetworkFunctionRecord:
        """Keeps the record; a media server needs nothing of another VNF."""
        vnf = await self._take_over(vnfr)
        return self._parts.record(vnf, vnfr.status or Status.INACTIVE)

    async def start(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency | None
    ) -> VirtualNetworkFunctionRecord:
        """Adds the media servers and begins to run the policies."""
        vnf = await self._take_over(vnfr)
        parts = self._parts
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
        if self._parts.settings.activate and vnf.status is Status.ACTIVE:
            until = await self._parts.decisions.cooldown_until(vnf.vnfr_id)
            self._engine.activate(vnf.vnfr_id, policies_of(vnf.record), until)

    async def stop(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> VirtualNetworkFunctionRecord:
        """Stops all media servers: they finish their sessions; no policy runs meanwhile."""
        vnf = await self._take_over(vnfr)
        await self._engine.deactivate(vnf.vnfr_id)
        async with self._parts.turns.of(vnf.vnfr_id):
            vnf.status = Status.INACTIVE
            await self._parts.vnfs.save(vnf)
            for each in self._parts.ledger.of(vnf.vnfr_id, InstanceState.SERVING):
                await self._parts.plane.stop_server(vnf.vnfr_id, each.name)
            return self._parts.record(vnf, Status.INACTIVE)

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

    async def choose_new(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, component: VNFComponent
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance] | None:
        """Gives the instance that the NFVO's scale-out adds: a warm one, or else a new one.

        Raises:
            VnfmError: There is no room, or the instance could not be made; then it is not left.
        """
        vnf = await self._take_over(vnfr)
        parts, owner = self._parts, context.occurrence
        async with parts.turns.of(vnf.vnfr_id):
            known = parts.ledger.owned_by(owner, *_HERE)
            if not known:
                unit_id = self._unit_with_room(vnf, component)
                try:
                    known = await reserve(parts, vnf, unit_id, 1, owner, component)
                except VimError as error:
                    raise VnfmError(f"The infrastructure does not answer: {error}") from error
            parts.reached("SCALE_OUT/reserved")
            await self._make_all(vnf, known)
            parts.reached("SCALE_OUT/allocated")
            instance = parts.ledger.owned_by(owner, *_HERE)[0]
            return parts.record(vnf, Status.ACTIVE, also=owner), _document(instance)

    async def scale_out(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        vnfc: VNFCInstance,
        package: VNFPackage | None,
        dependency: VNFRecordDependency | None,
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance]:
        """Adds the media server of the instance that `choose_new` gave."""
        parts = self._parts
        vnf = self._live(_id(vnfr))
        async with parts.turns.of(vnf.vnfr_id):
            instance = self._instance(vnf, vnfc)
            await parts.plane.add_server(vnf.vnfr_id, instance.name, instance.address, instance.capacity)
            parts.reached("SCALE_OUT/served")
            await parts.ledger.change([instance], state=InstanceState.SERVING)
            return parts.record(vnf, Status.ACTIVE), _document(instance)

    async def scale_in(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Removes a media server that has no session.

        Raises:
            RefusedError: It has one; nothing was changed.
        """
        vnf = await self._take_over(vnfr)
        parts = self._parts
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

    async def heal(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, cause: str
    ) -> VirtualNetworkFunctionRecord:
        """Replaces the server of an instance by a new one of the same name; its sessions are lost with the old one.

        Raises:
            VnfmError: The instance is unknown, or the new server could not be made.
        """
        vnf = await self._take_over(vnfr)
        parts = self._parts
        async with parts.turns.of(vnf.vnfr_id):
            instance = self._instance(vnf, vnfc)
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

    async def update(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, script: Script
    ) -> VirtualNetworkFunctionRecord:
        """Is not offered: media servers have no scripts."""
        raise UnsupportedActionError("Media servers have no scripts to update.")

    async def terminate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord
    ) -> VirtualNetworkFunctionRecord:
        """Ends policies and launches, and removes every instance that the ledger has.

        Raises:
            VnfmError: The infrastructure does not remove one; the keeper goes on trying, and so may the NFVO.
        """
        parts, vnfr_id = self._parts, _id(vnfr)
        vnf = parts.vnfs.find(vnfr_id)
        if vnf is not None:
            # From here on nothing new is begun for it, also by the next process.
            vnf.status = Status.TERMINATED
            await parts.vnfs.save(vnf)
            if parts.plane.knows(vnfr_id):
                await parts.plane.set_task(vnfr_id, "RELEASE_RESOURCES")
            parts.reached("RELEASE_RESOURCES/begun")
            # First what runs, or the engine would wait for it.
            await self._execution.end(vnfr_id, "the VNF is terminated")
            await self._engine.deactivate(vnfr_id)
            await self._pool.end(vnfr_id, "the VNF is terminated")
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

    async def _switch(
        self, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, *, serves: bool
    ) -> VirtualNetworkFunctionRecord:
        vnf = await self._take_over(vnfr)
        parts = self._parts
        async with parts.turns.of(vnf.vnfr_id):
            instance = self._instance(vnf, vnfc)
            try:
                change = parts.plane.start_server if serves else parts.plane.stop_server
                await change(vnf.vnfr_id, instance.name)
            except MediaServerError as error:
                raise VnfmError(str(error)) from error
            state = "ACTIVE" if serves else "INACTIVE"
            await parts.ledger.change([instance], document=_document(instance).model_copy(update={"state": state}))
            return parts.record(vnf, Status.ACTIVE)

    async def _take_over(self, vnfr: VirtualNetworkFunctionRecord) -> Vnf:
        """Takes over what the NFVO says about a VNF now; which instances it has is known better here."""
        vnf = self._live(_id(vnfr))
        vnf.record = vnfr
        await self._parts.vnfs.save(vnf)
        return vnf

    def _live(self, vnfr_id: str) -> Vnf:
        try:
            return self._parts.live(vnfr_id)
        except SupersededError as error:
            raise VnfmError(str(error)) from error

    def _instance(self, vnf: Vnf, vnfc: VNFCInstance) -> Instance:
        instance = self._parts.ledger.find(vnfc.hostname or "")
        if instance is None or instance.vnfr_id != vnf.vnfr_id or instance.state is InstanceState.LEAVING:
            raise VnfmError(f"VNFR {vnf.record.name} has no instance {vnfc.hostname}.")
        return instance

    def _unit_with_room(self, vnf: Vnf, component: VNFComponent) -> str:
        """Finds the VDU of a new instance: the one that the component is of, else the first with room."""
        fleet = self._execution.fleet(vnf.vnfr_id)
        room = [unit.unit_id for unit in fleet.units if unit.instances < unit.maximum]
        for unit in vnf.record.vdu:
            if component.id and any(each.id == component.id for each in unit.vnfc):
                if unit.id in room:
                    return unit.id or ""
                room = []
        if not room:
            raise VnfmError(f"VNFR {vnf.record.name} has as many media servers as scale_in_out allows.")
        return room[0]

    async def _make_all(self, vnf: Vnf, instances: Sequence[Instance]) -> None:
        """Makes servers, or leaves none of those that were to be made."""
        parts = self._parts
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


def _id(vnfr: VirtualNetworkFunctionRecord) -> str:
    if not vnfr.id:
        raise VnfmError(f"The record of {vnfr.name} has no id.")
    return vnfr.id


def _document(instance: Instance) -> VNFCInstance:
    if instance.document is None:
        raise VnfmError(f"Instance {instance.name} has no server.")
    return instance.document
