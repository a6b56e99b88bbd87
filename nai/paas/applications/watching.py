"""What is looked at again and again: applications, and what nobody needs any more.

The orchestrator tells of its services by events; those only hasten a look, so that nothing is lost with a message.
"""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from nai.catalogue import Status
from nai.catalogue.applications import AppStatus
from nai.core.errors import ServiceError
from nai.nfvo.client import NfvoError
from nai.paas.applications import media_plane as plane
from nai.paas.applications import secrets, store
from nai.paas.applications.containers import pods
from nai.paas.applications.judging import MediaServersSeen, Verdict, judge
from nai.paas.engines.errors import EngineError, EngineUnreachableError
from nai.paas.engines.protocol import DeploymentPhase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nai.catalogue import NetworkServiceRecord
    from nai.core.bus import Delivery
    from nai.core.operations import Operations
    from nai.paas.applications.orders import Orders
    from nai.paas.applications.progress import Progress
    from nai.paas.applications.store import Stored
    from nai.paas.context import Paas
    from nai.paas.engines.protocol import DeploymentState

log = logging.getLogger(__name__)

FIRST_SECONDS, FIRST_RUNNING_SECONDS = 1.0, 10.0
AT_A_TIME = 16
"""So many applications are looked at together."""
REMEMBER = timedelta(days=30)
"""How long what comes up under the names of a deleted application is removed."""
OWN_NAME = re.compile(r"[a-z][0-9a-f]{8}(-[a-z][0-9a-f]{8})?")


class Watch:
    """Looks at everything from time to time."""

    def __init__(
        self, paas: Paas, media_plane: plane.MediaPlane, progress: Progress, orders: Orders, operations: Operations
    ) -> None:
        """Prepare; nothing is looked at before `start`.

        Args:
            paas: The PaaS manager's parts.
            media_plane: The orchestrator.
            progress: Of the operations, who are told of events.
            orders: Takes an order for what is gone from the engine.
            operations: Forgets those that are long over.
        """
        self._paas, self._plane, self._progress = paas, media_plane, progress
        self._orders, self._operations = orders, operations
        self._slots = asyncio.Semaphore(AT_A_TIME)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen to events, and begin to look.

        Raises:
            BusError: The broker refuses a queue, or is away.
        """
        for queue, key in ((plane.FINISH_QUEUE, plane.FINISH_KEY), (plane.ERROR_QUEUE, plane.ERROR_KEY)):
            await self._paas.bus.consume(queue, self.heard, durable=False, auto_delete=True, bind=key)
        limits = self._paas.settings.limits
        self._keep(self._every(limits.poll_seconds, 0.0, self.connect, until_done=limits.running_poll_seconds))
        self._keep(self._every(limits.poll_seconds, FIRST_SECONDS, self.look_at_others))
        self._keep(self._every(limits.running_poll_seconds, FIRST_RUNNING_SECONDS, self.look_at_running))
        self._keep(self._every(limits.running_poll_seconds, FIRST_RUNNING_SECONDS, self.sweep))

    async def stop(self) -> None:
        """Look no more."""
        for queue in (plane.FINISH_QUEUE, plane.ERROR_QUEUE):
            await self._paas.bus.cancel(queue)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def heard(self, delivery: Delivery) -> None:
        """Look at the application that an event of the orchestrator is about."""
        payload = delivery.body.get("payload")
        record_id = payload.get("id") if isinstance(payload, dict) else None
        async with self._paas.database.session() as session:
            found = await store.by_service_record(session, str(record_id or ""))
            stored = await store.find(session, found, self._paas.clock.now()) if found else None
        if stored is None:
            return
        self._progress.ring(stored.id)
        if not stored.operation_id and not stored.deleting:
            await self._look(stored, None)

    async def connect(self) -> None:
        """See to it that the orchestrator has what the PaaS manager needs of it, and tells it what happens."""
        await self._plane.prepare(anew=True)
        await self._plane.subscribe()

    async def look_at_others(self) -> None:
        """Look at applications that do not run, and that nothing is being done to."""
        await self._look_at(running=False)

    async def look_at_running(self) -> None:
        """Look at applications that run."""
        await self._look_at(running=True)

    async def _look_at(self, *, running: bool) -> None:
        async with self._paas.database.session() as session:
            found = await store.idle(session, self._paas.clock.now(), running=running)
        if not found:
            return
        records: dict[str, NetworkServiceRecord] | None = None
        if len(found) > 1:
            # One answer for all of them.
            try:
                records = {record.id or "": record for record in await self._plane.records()}
            except NfvoError as error:
                log.warning("The orchestrator does not tell of its services: %s", error)
        looks = [self._look(stored, records) for stored in found]
        for outcome in await asyncio.gather(*looks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("An application could not be looked at", exc_info=outcome)

    async def _look(self, stored: Stored, records: dict[str, NetworkServiceRecord] | None) -> None:
        async with self._slots:
            record, seen = await self._media_servers(stored, records)
            states = await self._containers(stored)
        former = Verdict(stored.application.status or AppStatus.CREATED, stored.application.status_reason or "")
        verdict = judge(former, stored.failed_in, seen, states)
        if verdict.recover:
            log.warning("Application %s is started again: %s", stored.id, verdict.reason)
            await self._orders.recover(stored.id, verdict.reason)
        else:
            await self._write(stored, verdict, record, states)

    async def _media_servers(
        self, stored: Stored, records: dict[str, NetworkServiceRecord] | None
    ) -> tuple[NetworkServiceRecord | None, MediaServersSeen]:
        record = records.get(stored.nsr_id) if records is not None else None
        if record is None:
            try:
                # Also where the list does not have it: the list may have been asked for in another project.
                record = await self._plane.record(stored.nsr_id) if stored.nsr_id else None
            except NfvoError:
                return None, MediaServersSeen(answered=False)
        if record is None:
            return None, MediaServersSeen(answered=True)
        return record, MediaServersSeen(answered=True, status=record.status or Status.NULL, task=record.task or "")

    async def _containers(self, stored: Stored) -> dict[str, DeploymentState] | None:
        names = ["the application", *(service.name or "" for service in stored.application.services)]
        try:
            return {
                name: await self._paas.engine.state(os_name)
                for name, os_name in zip(names, stored.os_names, strict=True)
            }
        except EngineError as error:
            level = logging.INFO if isinstance(error, EngineUnreachableError) else logging.WARNING
            log.log(level, "Application %s: the engine does not tell its state: %s", stored.id, error)
            return None

    async def _write(
        self,
        seen: Stored,
        verdict: Verdict,
        record: NetworkServiceRecord | None,
        states: dict[str, DeploymentState] | None,
    ) -> None:
        """Write what has changed, unless something is being done by now, or somebody else has written."""
        now = self._paas.clock.now()
        async with self._paas.database.session() as session:
            stored = await store.find(session, seen.id, now, lock=True)
            if stored is None or stored.operation_id or stored.deleting or stored.since != seen.since:
                return
            before = stored.application.to_wire()
            if record is not None:
                stored.application.media_server_group = plane.group(record, stored.application.media_server_group)
            if states is not None:
                own, *others = states.values()
                stored.application.pod_list = pods(own)
                for service, state in zip(stored.application.services, others, strict=True):
                    service.pod_list = pods(state)
                    service.status = _status(state)
            if verdict.status is not stored.application.status:
                log.info("Application %s is %s: %s", stored.id, verdict.status, verdict.reason)
            stored.enter(verdict.status, now, verdict.reason)
            if stored.application.to_wire() != before:
                await store.save(session, stored)

    async def sweep(self) -> None:
        """Remove what belongs to applications that are gone, and keys that nobody has.

        Only what carries the name of a former application is removed: what else is there may be another PaaS
        manager's, or that of a database that was put back to what it was yesterday.
        """
        now = self._paas.clock.now()
        for name in await secrets.sweep(self._paas):
            log.warning("The secret %s was nobody's and is removed", name)
        # First what is there, then what is known: what is made in between is known too.
        there = {name for name in await self._paas.engine.names() if OWN_NAME.fullmatch(name)}
        records = await self._plane.records()
        async with self._paas.database.session() as session:
            every = await store.every(session, now)
            former = {row.os_name: row.descriptor_name for row in await store.former(session)}
            await store.forget_former(session, now - REMEMBER)
        await self._sweep_engine(there - {name for stored in every for name in stored.os_names}, former)
        await self._sweep_media_servers(records, every, set(former.values()))
        await self._operations.prune(timedelta(days=1))

    async def _sweep_engine(self, unknown: set[str], former: dict[str, str]) -> None:
        for name in sorted(unknown):
            if name.rpartition("-")[2] in former:
                log.warning("%s belongs to an application that is gone: it is removed from the engine", name)
                await self._paas.engine.delete(name)
            else:
                log.warning("%s in the engine is unknown; it is left alone", name)

    async def _sweep_media_servers(
        self, records: list[NetworkServiceRecord], every: list[Stored], former: set[str]
    ) -> None:
        # While an operation is under way its own steps look after doubles.
        known = {
            plane.service_name(stored.application): stored.nsr_id
            for stored in every
            if stored.nsr_id and not stored.operation_id and not stored.deleting
        }
        for record in records:
            name = record.name or ""
            double = name in known and record.id != known[name]
            if record.status is not Status.TERMINATED and (double or name in former):
                log.warning("Service %s (%s) is nobody's: it is removed", name, record.id)
                await self._plane.terminate(record.id or "")

    async def _every(
        self,
        seconds: float,
        first_seconds: float,
        action: Callable[[], Awaitable[None]],
        *,
        until_done: float | None = None,
    ) -> None:
        """Do something again and again.

        Args:
            seconds: Pause in between.
            first_seconds: Pause before the first time.
            action: What to do.
            until_done: Pause after it was done without an error; None: the same.
        """
        pause = first_seconds
        while True:
            await self._paas.clock.sleep(pause)
            try:
                await action()
            except (ServiceError, SQLAlchemyError) as error:
                told = getattr(error, "orig", None) or error
                log.warning("%s is tried again: %s", getattr(action, "__name__", "it"), told)
                pause = seconds
            except Exception:
                # Whatever it is: what is looked at again and again must not stop for one bad document.
                log.exception("%s is tried again", getattr(action, "__name__", "it"))
                pause = seconds
            else:
                pause = seconds if until_done is None else until_done

    def _keep(self, work: Any) -> None:
        self._tasks.add(asyncio.get_running_loop().create_task(work))


def _status(state: DeploymentState) -> AppStatus:
    return {
        DeploymentPhase.MISSING: AppStatus.PAAS_RESOURCE_MISSING,
        DeploymentPhase.DEPLOYING: AppStatus.DEPLOYING,
        DeploymentPhase.RUNNING: AppStatus.RUNNING,
        DeploymentPhase.FAILED: AppStatus.FAILED,
    }[state.phase]
