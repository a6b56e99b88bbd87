"""The media servers of a running application, by hand: list, one more, one less, stop and start one.

The orchestrator carries it out; the limits are looked at here, so that the answer says at once what is not possible
(wire contracts 1.4).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nai.catalogue import Status, VNFComponent
from nai.catalogue.applications import AppStatus, Host
from nai.core.errors import NotFoundError
from nai.nfvo.client import NfvoError
from nai.paas.applications import media_plane as plane
from nai.paas.applications import store
from nai.paas.errors import LimitError, WrongStateError
from nai.vnfm.media_server.client import MediaServerManagerError

if TYPE_CHECKING:
    import builtins
    from collections.abc import Awaitable

    from nai.catalogue import NetworkServiceRecord, VirtualDeploymentUnit, VNFCInstance
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas

log = logging.getLogger(__name__)

FEWEST = 1
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
REFUSALS = (400, 404, 409, 422)
"""Statuses by which the orchestrator says that something is not possible as things are."""


class MediaServers:
    """What people ask of media servers. An unknown application is an ApplicationNotFoundError, everywhere."""

    def __init__(self, paas: Paas, media_plane: plane.MediaPlane) -> None:
        """Use the parts.

        Args:
            paas: The PaaS manager's.
            media_plane: The orchestrator.
        """
        self._paas, self._plane = paas, media_plane

    async def list(self, identifier: str, project_id: str | None) -> list[Host]:
        """The media servers of an application, with what they are used for where their manager says it.

        Raises:
            NfvoError: The orchestrator does not say.
        """
        stored = await self._stored(identifier, project_id)
        record = await self._plane.record(stored.nsr_id) if stored.nsr_id else None
        if record is None:
            return []
        hosts = [plane.host(each) for each in plane.instances(record)]
        await self._add_use(record, hosts)
        return hosts

    async def get(self, identifier: str, project_id: str | None, hostname: str) -> Host:
        """One media server of an application.

        Raises:
            NotFoundError: There is none of that name.
            NfvoError: The orchestrator does not say.
        """
        for host in await self.list(identifier, project_id):
            if host.hostname == hostname:
                return host
        raise _no_host(hostname)

    async def scale_out(self, identifier: str, project_id: str | None) -> None:
        """Order one more.

        Raises:
            WrongStateError: The application is not RUNNING, or its media servers are not ACTIVE.
            LimitError: There are as many as there may be.
            NfvoError: The orchestrator does not answer.
        """
        stored, record, unit = await self._scalable(identifier, project_id)
        there = len(unit.vnfc_instance)
        if there >= unit.scale_in_out:
            raise LimitError(f"The application has {there} media servers; its limit is {unit.scale_in_out}")
        function = plane.media_function(record)
        component = VNFComponent(connection_point=unit.vnfc[0].connection_point if unit.vnfc else [])
        await self._ordered(
            self._paas.nfvo.scale_out(
                record.id or "", (function.id if function else None) or "", unit.id or "", component
            )
        )
        await self._now_scaling(stored.id)

    async def scale_in(self, identifier: str, project_id: str | None, hostname: str | None = None) -> None:
        """Order one less: a certain one, or any. Errors as of `scale_out`.

        Raises:
            NotFoundError: There is none of that name.
        """
        stored, record, unit = await self._scalable(identifier, project_id)
        if len(unit.vnfc_instance) <= FEWEST:
            raise LimitError("It is the application's last media server")
        instance = _instance(unit, hostname) if hostname is not None else None
        function = plane.media_function(record)
        await self._ordered(
            self._paas.nfvo.scale_in(
                record.id or "",
                (function.id if function else None) or "",
                unit.id or "",
                instance.id if instance is not None else None,
            )
        )
        await self._now_scaling(stored.id)

    async def start(self, identifier: str, project_id: str | None, hostname: str) -> None:
        """Order that a stopped one takes sessions again. Errors as of `stop`."""
        await self._power(identifier, project_id, hostname, start=True)

    async def stop(self, identifier: str, project_id: str | None, hostname: str) -> None:
        """Order that one takes no new sessions.

        Raises:
            WrongStateError: The application is not RUNNING, or the media server is not in the state for it.
            NotFoundError: There is none of that name.
            NfvoError: The orchestrator does not answer.
        """
        await self._power(identifier, project_id, hostname, start=False)

    async def _power(self, identifier: str, project_id: str | None, hostname: str, *, start: bool) -> None:
        record, unit = await self._usable(await self._running(identifier, project_id))
        instance = _instance(unit, hostname)
        needed, verb = (INACTIVE, "started") if start else (ACTIVE, "stopped")
        if instance.state != needed:
            raise WrongStateError(f"{hostname} is {instance.state}; only one that is {needed} can be {verb}")
        function = plane.media_function(record)
        call = self._paas.nfvo.start_instance if start else self._paas.nfvo.stop_instance
        await self._ordered(
            call(record.id or "", (function.id if function else None) or "", unit.id or "", instance.id or "")
        )

    async def _scalable(
        self, identifier: str, project_id: str | None
    ) -> tuple[Stored, NetworkServiceRecord, VirtualDeploymentUnit]:
        stored = await self._running(identifier, project_id)
        record, unit = await self._usable(stored)
        if record.status is not Status.ACTIVE:
            raise WrongStateError(f"The application's media servers are {record.status}; they have to be ACTIVE")
        return stored, record, unit

    async def _running(self, identifier: str, project_id: str | None) -> Stored:
        stored = await self._stored(identifier, project_id)
        if stored.deleting:
            raise WrongStateError("The application is being deleted")
        if stored.application.status is not AppStatus.RUNNING:
            raise WrongStateError(f"The application is {stored.application.status}; it has to be RUNNING")
        return stored

    async def _usable(self, stored: Stored) -> tuple[NetworkServiceRecord, VirtualDeploymentUnit]:
        record = await self._plane.record(stored.nsr_id)
        unit = plane.media_unit(record) if record is not None else None
        if record is None or unit is None:
            raise WrongStateError("The application's media servers are gone from the orchestrator; redeploy it")
        return record, unit

    async def _stored(self, identifier: str, project_id: str | None) -> Stored:
        async with self._paas.database.session() as session:
            return await store.get(session, identifier, self._paas.clock.now(), project_id=project_id)

    async def _ordered(self, order: Awaitable[None]) -> None:
        try:
            await order
        except NfvoError as error:
            if error.status in REFUSALS:
                raise WrongStateError(str(error)) from error
            raise

    async def _now_scaling(self, identifier: str) -> None:
        """Say so at once: until the orchestrator is done nothing else can be ordered."""
        now = self._paas.clock.now()
        async with self._paas.database.session() as session:
            stored = await store.find(session, identifier, now, lock=True)
            if stored is not None and not stored.operation_id and stored.application.status is AppStatus.RUNNING:
                stored.enter(AppStatus.SCALING, now)
                await store.save(session, stored)

    async def _add_use(self, record: NetworkServiceRecord, hosts: builtins.list[Host]) -> None:
        function = plane.media_function(record)
        if function is None or not function.id or not hosts:
            return
        try:
            servers = {each.host_name: each for each in await self._paas.media_servers.servers(function.id)}
        except MediaServerManagerError as error:
            log.info("Record %s: use is not known: %s", record.id, error)
            return
        for index, host in enumerate(hosts):
            if (server := servers.get(host.hostname)) is not None:
                use = {"usedPoints": server.used_points, "maxCapacity": server.max_capacity}
                hosts[index] = Host.from_wire(host.to_wire() | use)


def _instance(unit: VirtualDeploymentUnit, hostname: str) -> VNFCInstance:
    for instance in unit.vnfc_instance:
        if instance.hostname == hostname:
            return instance
    raise _no_host(hostname)


def _no_host(hostname: str) -> NotFoundError:
    return NotFoundError(f"The application has no media server {hostname[:255]}")
