"""The VNFMs that are registered, by the type that descriptors name as their endpoint."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from nai.catalogue import EndpointType
from nai.core.bus import BusError
from nai.nfvo.messaging import queues
from nai.nfvo.store.managers import managers as rows

if TYPE_CHECKING:
    from nai.catalogue import VnfmManagerEndpoint
    from nai.core.bus import Bus
    from nai.core.clock import Clock
    from nai.core.database import Database

log = logging.getLogger(__name__)


class Managers:
    """Registers VNFMs, and looks whether they are there."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, *, poll_seconds: float) -> None:
        """Prepare; `load` reads who is registered.

        Args:
            database: keeps them.
            bus: has their queues.
            clock: times the looks.
            poll_seconds: time between two looks whether their queues exist.
        """
        self._database, self._bus, self._clock, self._poll_seconds = database, bus, clock, poll_seconds
        self._known: dict[str, VnfmManagerEndpoint] = {}
        self._appearances: defaultdict[str, int] = defaultdict(int)
        self._appeared: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def load(self) -> None:
        """Read who is registered."""
        async with self._database.session() as session:
            found = await rows.list(session)
        for endpoint in found:
            self._known[endpoint.type or ""] = endpoint
            self._appearances[endpoint.type or ""] += 1

    async def register(self, endpoint: VnfmManagerEndpoint, queue: str | None) -> VnfmManagerEndpoint:
        """Take a VNFM in, or note that it is back.

        Args:
            endpoint: what it says of itself.
            queue: queue that it listens on; None for one that is called over REST.

        Raises:
            InvalidError: it has no type.
        """
        known = self._known.get(endpoint.type or "")
        announced = endpoint.model_copy(update={"queue": queue} if queue else {})
        async with self._database.session() as session:
            taken = await rows.register(session, announced)
        self._known[taken.type or ""] = taken
        if known is None or not known.active or not is_idempotent(taken):
            # An idempotent VNFM registers every minute; any other one only when it starts, and then remembers nothing.
            self._appear(taken.type or "")
            log.info("VNFM %s is registered at %s", taken.type, queue or taken.endpoint)
        return taken

    async def unregister(self, endpoint: VnfmManagerEndpoint) -> None:
        """Forget a VNFM; one that is not known is no error."""
        async with self._database.session() as session:
            await rows.unregister(session, endpoint)
        if self._known.pop(endpoint.type or "", None) is not None:
            log.info("VNFM %s has unregistered", endpoint.type)

    def find(self, vnfm_type: str) -> VnfmManagerEndpoint | None:
        """Return the VNFM of a type."""
        return self._known.get(vnfm_type)

    def usable(self) -> set[str]:
        """Return the types that a descriptor can be instantiated with just now."""
        return {name for name, endpoint in self._known.items() if endpoint.active and endpoint.enabled}

    def appearances(self, vnfm_type: str) -> int:
        """See `Postman.appearances`."""
        return self._appearances[vnfm_type] if vnfm_type in self._known else 0

    async def appearance(self, vnfm_type: str, seen: int) -> None:
        """See `Postman.appearance`."""
        while self._appearances[vnfm_type] <= seen:
            await self._appeared[vnfm_type].wait()

    def _appear(self, vnfm_type: str) -> None:
        self._appearances[vnfm_type] += 1
        self._appeared.pop(vnfm_type, asyncio.Event()).set()

    async def watch(self) -> None:
        """Note, time and again, which VNFMs have a queue: runs until it is cancelled."""
        while True:
            await self._clock.sleep(self._poll_seconds)
            try:
                await self.look()
            except Exception:
                log.exception("It could not be found out which VNFMs are there")

    async def look(self) -> None:
        """Set `active` of each VNFM on the bus by the existence of its queue."""
        for endpoint in list(self._known.values()):
            queue = queue_of(endpoint)
            if queue is None:
                continue
            try:
                active = await self._bus.queue_exists(queue)
            except BusError as error:
                log.warning("The broker did not answer: %s", error)
                return
            await self.set_active(endpoint, active=active)

    async def set_active(self, endpoint: VnfmManagerEndpoint, *, active: bool) -> None:
        """Note that a VNFM is there, or is not."""
        if endpoint.active == active or self._known.get(endpoint.type or "") is not endpoint:
            return
        async with self._database.session() as session:
            await rows.set_active(session, endpoint.id or "", active=active)
        endpoint.active = active
        log.warning("VNFM %s is %s", endpoint.type, "there again" if active else "gone: nobody reads its queue")
        if active:
            self._appear(endpoint.type or "")


def queue_of(endpoint: VnfmManagerEndpoint) -> str | None:
    """Return the queue a VNFM listens on; None for one that is called over REST."""
    if endpoint.endpoint_type is EndpointType.REST:
        return None
    return getattr(endpoint, "queue", None) or queues.of_type(endpoint.type or "")


def is_idempotent(endpoint: VnfmManagerEndpoint) -> bool:
    """Tell whether a VNFM recognises what it is asked twice; ours say so when they register."""
    return bool(getattr(endpoint, "idempotent", False))
