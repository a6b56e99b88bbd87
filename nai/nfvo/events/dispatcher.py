"""Delivery of events to subscribers.

Events are told in the order in which they happened, each subscriber at its own pace; nobody who changes a service waits
for that. What cannot be delivered is tried again a few times; a subscriber that could not be reached is forgotten when
the next one comes or goes, as in Open Baton.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx

from nai.catalogue import Action, ApplicationEventNFVO, EndpointType, EventEndpoint
from nai.core.bus import BusError
from nai.core.errors import NotFoundError
from nai.nfvo.store.event_endpoints import event_endpoints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.core.bus import Bus
    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.nfvo.records.service import Function, Service

log = logging.getLogger(__name__)

PAUSES_SECONDS = (0.0, 1.0, 5.0, 15.0)
"""Before each attempt to deliver; after the last the subscriber counts as unreachable."""
REST_SECONDS = 10.0
"""How long a subscriber may take to accept an event by HTTP."""
OF_SERVICES = frozenset(
    {
        Action.INSTANTIATE_FINISH,
        Action.RELEASE_RESOURCES_FINISH,
        Action.ERROR,
        Action.SCALE_OUT,
        Action.SCALE_IN,
        Action.HEAL,
    }
)
"""Told twice, of a function and of its service: who did not ask for one function reads an NSR."""
WAITING_EVENTS = 1000
"""Events that wait for one subscriber at most; the oldest is dropped first."""


class Events:
    """Knows the subscribers and tells them."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, client: httpx.AsyncClient) -> None:
        """Prepare; nobody is told before `start`.

        Args:
            database: keeps the subscribers.
            bus: delivers to queues.
            clock: times the attempts.
            client: delivers by HTTP.
        """
        self._database, self._bus, self._clock, self._client = database, bus, clock, client
        self._queue: asyncio.Queue[tuple[Action, str, Mapping[str, str], dict[str, Any]]] = asyncio.Queue()
        self._lines: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.unreachable: set[str] = set()
        """Ids of subscribers that could not be reached."""

    def start(self) -> None:
        """Begin to tell; a second time nothing happens."""
        if not self._tasks:
            self._keep(self._sort())

    async def stop(self) -> None:
        """Stop; what is not delivered yet is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def service(self, action: Action, service: Service) -> None:
        """See `Announcer`."""
        # The document is taken now: by the time it is delivered the service may have changed again.
        self._queue.put_nowait((action, service.project_id, {"service": service.id}, service.whole()))

    def function(self, action: Action, service: Service, function: Function) -> None:
        """See `Announcer`."""
        about = {"service": service.id, "function": function.id}
        self._queue.put_nowait((action, service.project_id, about, function.document.to_wire()))

    async def subscribe(self, endpoint: EventEndpoint) -> EventEndpoint:
        """Take a subscriber in; the same one twice is the existing one.

        Raises:
            InvalidError: something is missing.
        """
        await self.purge()
        async with self._database.session() as session:
            taken = await event_endpoints.subscribe(session, endpoint)
        self.unreachable.discard(taken.id or "")
        return taken

    async def unsubscribe(self, endpoint_id: str, project_id: str | None = None) -> None:
        """Forget a subscriber.

        Raises:
            NotFoundError: there is none.
        """
        await self.purge(but=endpoint_id)
        async with self._database.session() as session:
            await event_endpoints.unsubscribe(session, endpoint_id, project_id)

    async def purge(self, *, but: str = "") -> None:
        """Forget the subscribers that could not be reached."""
        gone, self.unreachable = self.unreachable - {but}, set()
        for endpoint_id in gone:
            log.warning("Event endpoint %s is forgotten: it could not be reached", endpoint_id)
            async with self._database.session() as session:
                try:
                    await event_endpoints.unsubscribe(session, endpoint_id)
                except NotFoundError:
                    log.debug("Event endpoint %s was gone already", endpoint_id)

    async def _sort(self) -> None:
        """Put each event into the lines of those who want it."""
        while True:
            action, project_id, about, payload = await self._queue.get()
            try:
                async with self._database.session() as session:
                    found = await event_endpoints.subscribers(session, action, project_id)
            except Exception:
                log.exception("The subscribers of %s could not be read", action)
                continue
            body = ApplicationEventNFVO(action=action, payload=payload).to_wire()
            for endpoint in found:
                if wants(endpoint, about):
                    self._line(endpoint).put_nowait(body)

    def _line(self, endpoint: EventEndpoint) -> asyncio.Queue[dict[str, Any]]:
        key = endpoint.id or ""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = asyncio.Queue()
            self._keep(self._serve(endpoint, line))
        if line.qsize() >= WAITING_EVENTS:
            line.get_nowait()
        return line

    async def _serve(self, endpoint: EventEndpoint, line: asyncio.Queue[dict[str, Any]]) -> None:
        """Deliver one subscriber's events, until there are no more for the moment."""
        while not line.empty():
            body = line.get_nowait()
            if await self._deliver(endpoint, body):
                self.unreachable.discard(endpoint.id or "")
            else:
                self.unreachable.add(endpoint.id or "")
        del self._lines[endpoint.id or ""]

    async def _deliver(self, endpoint: EventEndpoint, body: dict[str, Any]) -> bool:
        for pause in PAUSES_SECONDS:
            if pause:
                await self._clock.sleep(pause)
            try:
                if endpoint.type is EndpointType.REST:
                    answer = await self._client.post(endpoint.endpoint or "", json=body, timeout=REST_SECONDS)
                    answer.raise_for_status()
                else:
                    await self._bus.publish(endpoint.endpoint or "", body, mandatory=True)
            except (httpx.HTTPError, httpx.InvalidURL, BusError) as error:
                reason = str(error) or type(error).__name__
            else:
                return True
        log.warning("Event %s was not delivered to %s %s: %s", body["action"], endpoint.type, endpoint.endpoint, reason)
        return False

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def wants(endpoint: EventEndpoint, about: Mapping[str, str]) -> bool:
    """Tell whether a subscriber of an action wants to know about it in this case.

    Args:
        endpoint: the subscriber.
        about: id of the `service`, and of the `function` if it is about one only.
    """
    function_id, service_id = endpoint.virtual_network_function_id, endpoint.network_service_id
    if function_id:
        return about.get("function") == function_id
    if about.get("function") and endpoint.event in OF_SERVICES:
        return False
    return not service_id or about["service"] == service_id
