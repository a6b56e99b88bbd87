"""The lifecycle of VNFs that consist of scripts."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from nai.catalogue import Event
from nai.vnfm.generic.bootstrap import AgentAccount, user_data
from nai.vnfm.generic.environment import removed_variables
from nai.vnfm.generic.errors import AgentLostError, ScriptFailedError, SeveralInstancesFailedError
from nai.vnfm.generic.plan import runs
from nai.vnfm.generic.scripts import delivery_requests, save_request
from nai.vnfm.sdk import ActionContext, Instantiation, VnfmError

if TYPE_CHECKING:
    from nai.catalogue import (
        Script,
        VirtualNetworkFunctionRecord,
        VNFCInstance,
        VNFComponent,
        VNFPackage,
        VNFRecordDependency,
    )
    from nai.vnfm.generic.accounts import Accounts
    from nai.vnfm.generic.agents import Agents
    from nai.vnfm.generic.output import Outputs
    from nai.vnfm.generic.runner import Runner
    from nai.vnfm.generic.settings import GenericVnfmSettings

_LOG = logging.getLogger(__name__)

STANDBY = "STANDBY"
SWITCH_TO_STANDBY = "switchToStandby"


class GenericHandler:
    """Runs each event's scripts: in all instances at a time, in each one after the other."""

    def __init__(
        self, settings: GenericVnfmSettings, *, agents: Agents, runner: Runner, outputs: Outputs, accounts: Accounts
    ) -> None:
        """Puts the parts together."""
        self._settings = settings
        self._agents = agents
        self._runner = runner
        self._outputs = outputs
        self._accounts = accounts

    async def user_data(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> str | None:
        """Returns the script that brings the agent into an instance."""
        settings = self._settings
        username, password = await self._accounts.of(vnfr)
        account = AgentAccount(
            address=self._broker_address(context),
            port=settings.ems_broker_port,
            virtual_host=settings.ems_virtual_host,
            username=username,
            password=password,
        )
        return user_data(account, vnfm_type=settings.type, heartbeat_seconds=settings.ems_heartbeat_seconds)

    async def instantiate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, instantiation: Instantiation
    ) -> VirtualNetworkFunctionRecord:
        """Waits for the agents, brings the scripts, runs those of INSTANTIATE."""
        requests = delivery_requests(instantiation.package, vnfr.package_id)

        async def prepare(vnfc: VNFCInstance) -> None:
            await self._agents.wait_for(_name(vnfc))
            await self._runner.deliver(context.occurrence, _name(vnfc), requests)
            await self._run(context, vnfr, vnfc, Event.INSTANTIATE)

        await _all(instances(vnfr), prepare)
        return vnfr

    async def modify(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency
    ) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of CONFIGURE with what the sources provide."""
        await self._run_all(context, vnfr, Event.CONFIGURE, dependency=dependency)
        return vnfr

    async def start(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, dependency: VNFRecordDependency | None
    ) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of START in all instances that do not stand by."""
        working = [vnfc for vnfc in instances(vnfr) if vnfc.state != STANDBY]
        await self._run_all(context, vnfr, Event.START, dependency=dependency, among=working)
        for vnfc in working:
            vnfc.state = "ACTIVE"
        return vnfr

    async def stop(self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of STOP."""
        working = [vnfc for vnfc in instances(vnfr) if vnfc.state != STANDBY]
        await self._run_all(context, vnfr, Event.STOP, among=working)
        for vnfc in working:
            vnfc.state = "INACTIVE"
        return vnfr

    async def start_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of START in one instance."""
        own = _own(vnfr, vnfc)
        await self._run(context, vnfr, own, Event.START)
        own.state = "ACTIVE"
        return vnfr

    async def stop_vnfc(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of STOP in one instance."""
        own = _own(vnfr, vnfc)
        await self._run(context, vnfr, own, Event.STOP)
        own.state = "INACTIVE"
        return vnfr

    async def choose_new(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, component: VNFComponent
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance] | None:
        """Has each new instance allocated: there is no pool."""
        return None

    async def scale_out(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        vnfc: VNFCInstance,
        package: VNFPackage | None,
        dependency: VNFRecordDependency | None,
    ) -> tuple[VirtualNetworkFunctionRecord, VNFCInstance]:
        """Takes a new instance through the whole life up to now; one that stands by is not started."""
        own = _own(vnfr, vnfc)
        await self._agents.wait_for(_name(own))
        await self._runner.deliver(context.occurrence, _name(own), delivery_requests(package, vnfr.package_id))
        await self._run(context, vnfr, own, Event.INSTANTIATE)
        if dependency is not None:
            await self._run(context, vnfr, own, Event.CONFIGURE, dependency=dependency)
        if vnfc.state == STANDBY:
            own.state = STANDBY
        else:
            await self._run(context, vnfr, own, Event.START, dependency=dependency)
            own.state = "ACTIVE"
        await self._run(context, vnfr, own, Event.SCALE_OUT, dependency=dependency)
        return vnfr, own

    async def scale_in(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance
    ) -> VirtualNetworkFunctionRecord:
        """Tells the instances that stay about the one that goes: runs their scripts of SCALE_IN."""
        staying = [each for each in instances(vnfr) if each.hostname != vnfc.hostname]
        await self._run_all(context, vnfr, Event.SCALE_IN, among=staying, more=removed_variables(vnfc))
        self._agents.forget(_name(vnfc))
        return vnfr

    async def heal(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance, cause: str
    ) -> VirtualNetworkFunctionRecord:
        """Starts an instance that stood by, or runs the scripts of HEAL with the variable `cause`."""
        own = _own(vnfr, vnfc)
        if cause == SWITCH_TO_STANDBY:
            await self._run(context, vnfr, own, Event.START)
            own.state = "ACTIVE"
        else:
            await self._run(context, vnfr, own, Event.HEAL, more={"cause": cause.partition("\0")[0]})
        return vnfr

    async def update(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord, script: Script
    ) -> VirtualNetworkFunctionRecord:
        """Replaces a script in all instances, then runs the scripts of UPDATE."""
        request = save_request(script, "SCRIPTS_UPDATE")

        async def replace(vnfc: VNFCInstance) -> None:
            await self._runner.deliver(context.occurrence, _name(vnfc), [request])
            await self._run(context, vnfr, vnfc, Event.UPDATE)

        await _all(instances(vnfr), replace)
        return vnfr

    async def terminate(
        self, context: ActionContext, vnfr: VirtualNetworkFunctionRecord
    ) -> VirtualNetworkFunctionRecord:
        """Runs the scripts of TERMINATE.

        A script that fails ends in ERROR, once: when the VNF is terminated again, it goes all the same. An instance
        whose agent is gone is let go.
        """
        failed_before = await self._outputs.has_failed(vnfr.id or "", Event.TERMINATE)

        async def end(vnfc: VNFCInstance) -> None:
            if not await self._agents.is_there(_name(vnfc)):
                _LOG.warning("%s has no agent any more; it is terminated without its scripts", vnfc.hostname)
                return
            try:
                await self._run(context, vnfr, vnfc, Event.TERMINATE)
            except AgentLostError as error:
                _LOG.warning("%s is terminated without its scripts: %s", vnfc.hostname, error)
            except ScriptFailedError as error:
                if not failed_before:
                    raise
                _LOG.warning("%s is terminated all the same: %s", vnfc.hostname, error)

        await _all([vnfc for vnfc in instances(vnfr) if vnfc.hostname], end)
        for vnfc in instances(vnfr):
            self._agents.forget(vnfc.hostname or "")
        await self._accounts.remove(vnfr)
        return vnfr

    async def _run_all(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        event: Event,
        *,
        dependency: VNFRecordDependency | None = None,
        among: Sequence[VNFCInstance] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        async def run(vnfc: VNFCInstance) -> None:
            await self._run(context, vnfr, vnfc, event, dependency=dependency, more=more)

        await _all(instances(vnfr) if among is None else among, run)

    async def _run(
        self,
        context: ActionContext,
        vnfr: VirtualNetworkFunctionRecord,
        vnfc: VNFCInstance,
        event: Event,
        *,
        dependency: VNFRecordDependency | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        planned = runs(vnfr, vnfc, event, dependency=dependency, more=more)
        await self._runner.run(context.occurrence, vnfr, _name(vnfc), planned)

    def _broker_address(self, context: ActionContext) -> str:
        if self._settings.ems_broker_address:
            return self._settings.ems_broker_address
        address = context.extension.get("brokerIp", "")
        # Open Baton's most frequent cause of "no ems for hostame" (wire contracts 12): the NFVO's default.
        if not address or address == "localhost" or _is_loopback(address):
            raise VnfmError(
                f"instances cannot reach the broker at {address or 'no address'}: set ems_broker_address of the generic"
                " VNFM, or the broker address of the NFVO"
            )
        return address


def instances(vnfr: VirtualNetworkFunctionRecord) -> list[VNFCInstance]:
    """Returns all instances of a VNF."""
    return [vnfc for vdu in vnfr.vdu for vnfc in vdu.vnfc_instance]


async def _all(among: Sequence[VNFCInstance], do: Callable[[VNFCInstance], Awaitable[None]]) -> None:
    """Does something with all instances at a time; one's failure does not stop the others."""
    results = await asyncio.gather(*(do(vnfc) for vnfc in among), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    unexpected = next((failure for failure in failures if not isinstance(failure, VnfmError)), None)
    if unexpected is not None:
        raise unexpected
    if len(failures) > 1:
        raise SeveralInstancesFailedError("; ".join(str(failure) for failure in failures))
    if failures:
        raise failures[0]


def _own(vnfr: VirtualNetworkFunctionRecord, vnfc: VNFCInstance) -> VNFCInstance:
    """Returns the record's object of an instance that came with the message."""
    return next((each for each in instances(vnfr) if each.hostname == vnfc.hostname), vnfc)


def _name(vnfc: VNFCInstance) -> str:
    if not vnfc.hostname:
        raise VnfmError(f"the instance {vnfc.vc_id or vnfc.id or ''} has no hostname")
    return vnfc.hostname


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
