"""Everything that comes in over the bus: registrations, messages of VNFMs, subscriptions to events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from nai.catalogue import EventEndpoint, MessageError, VnfmManagerEndpoint
from nai.core.errors import ServiceError
from nai.nfvo.messaging import queues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.core.bus import Bus, Delivery
    from nai.nfvo.events.dispatcher import Events
    from nai.nfvo.lifecycle.desk import Desk
    from nai.nfvo.messaging.managers import Managers

log = logging.getLogger(__name__)

REQUESTS_AT_ONCE = 256
"""Messages of VNFMs that are worked on at the same time. An allocation waits here for its instances, for minutes."""


class Inbound:
    """Reads the orchestrator's queues."""

    def __init__(
        self,
        bus: Bus,
        managers: Managers,
        desk: Desk,
        events: Events,
        *,
        username: str,
        password: str,
    ) -> None:
        """Prepare; nothing is read before `start`.

        Args:
            bus: where the queues are.
            managers: takes registrations.
            desk: takes messages of VNFMs.
            events: takes subscriptions.
            username: account of the broker that VNFMs of the 5/6 generation are told to use.
            password: its password.
        """
        self._bus, self._managers, self._desk, self._events = bus, managers, desk, events
        self._username, self._password = username, password

    async def start(self) -> None:
        """Read all queues."""
        await self._bus.consume(queues.REGISTER, self.register)
        await self._bus.consume(queues.UNREGISTER, self.unregister)
        await self._bus.consume(queues.MANAGER_HANDLING, self.handle_manager, bind=queues.MANAGER_HANDLING)
        await self._bus.consume(queues.EVENT_REGISTER, self.subscribe)
        await self._bus.consume(queues.EVENT_UNREGISTER, self.unsubscribe)
        for queue in (queues.ACTIONS, queues.ACTIONS_REPLY):
            await self._bus.consume(queue, self.act, prefetch=REQUESTS_AT_ONCE)

    async def stop(self) -> None:
        """Read no more."""
        for queue in (
            queues.REGISTER,
            queues.UNREGISTER,
            queues.MANAGER_HANDLING,
            queues.EVENT_REGISTER,
            queues.EVENT_UNREGISTER,
            queues.ACTIONS,
            queues.ACTIONS_REPLY,
        ):
            await self._bus.cancel(queue)

    async def act(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """Take in a message of a VNFM."""
        try:
            return await self._desk.take(delivery.body)
        except (MessageError, ValidationError) as error:
            log.warning("A message of %s cannot be read: %s", delivery.queue, error)
            return {"action": "ERROR", "message": str(error)}

    async def register(self, delivery: Delivery) -> None:
        """Register a VNFM of the 3.x generation."""
        endpoint = _endpoint(delivery.body)
        if endpoint is not None:
            await self._managers.register(endpoint, queues.of_type(endpoint.type or ""))

    async def unregister(self, delivery: Delivery) -> None:
        """Unregister a VNFM of the 3.x generation."""
        endpoint = _endpoint(delivery.body)
        if endpoint is not None:
            await self._managers.unregister(endpoint)

    async def handle_manager(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """Register or unregister a VNFM of the 5/6 generation; it is told which account of the broker to use."""
        action = str(delivery.body.get("action", "")).lower()
        endpoint = _endpoint(delivery.body.get("vnfmManagerEndpoint") or {})
        if endpoint is None or action not in ("register", "unregister"):
            # Drivers of infrastructures register here too (`type` without an endpoint); ours are part of this program.
            return {"rabbitUsername": self._username, "rabbitPassword": self._password} if action == "register" else {}
        if action == "register":
            await self._managers.register(endpoint, endpoint.endpoint or endpoint.type)
            return {"rabbitUsername": self._username, "rabbitPassword": self._password}
        if (delivery.body.get("username"), delivery.body.get("password")) != (self._username, self._password):
            log.warning("VNFM %s was not unregistered: wrong credentials", endpoint.type)
            return {}
        await self._managers.unregister(endpoint)
        return {}

    async def subscribe(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """Take in a subscriber; whoever asks for an answer gets the endpoint with its id."""
        try:
            taken = await self._events.subscribe(EventEndpoint.from_wire(delivery.body))
        except (ServiceError, ValidationError) as error:
            log.warning("An event endpoint was not registered: %s", error)
            return {"error": str(error)}
        return taken.to_wire()

    async def unsubscribe(self, delivery: Delivery) -> None:
        """Forget a subscriber. The body is its id, as a document or as `{"id"}`."""
        identifier = str(delivery.body.get("id") or "")
        try:
            await self._events.unsubscribe(identifier)
        except ServiceError as error:
            log.warning("An event endpoint was not unregistered: %s", error)


def _endpoint(document: Mapping[str, Any]) -> VnfmManagerEndpoint | None:
    try:
        endpoint = VnfmManagerEndpoint.from_wire(document)
    except ValidationError as error:
        log.warning("A registration cannot be read: %s", error)
        return None
    if not endpoint.type:
        return None
    return endpoint
