"""Carries messages to VNFMs: over the bus, or by HTTP to `<endpoint>/core-rest-actions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from nai.core.bus import BusError, UnroutableError
from nai.nfvo.lifecycle.errors import UnavailableError
from nai.nfvo.messaging.managers import is_idempotent, queue_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nai.core.bus import Bus
    from nai.nfvo.messaging.managers import Managers

REST_SECONDS = 30.0
"""How long a VNFM may take to accept a message by HTTP; it works on it afterwards."""


class BusPostman:
    """Finds the VNFM of a type, and how it wants to be told."""

    def __init__(self, managers: Managers, bus: Bus, client: httpx.AsyncClient) -> None:
        """Use the registered VNFMs.

        Args:
            managers: who is registered.
            bus: for those on the bus.
            client: for those that are called over REST.
        """
        self._managers, self._bus, self._client = managers, bus, client

    async def send(self, endpoint: str, message: Mapping[str, Any]) -> None:
        """See `Postman`."""
        manager = self._managers.find(endpoint)
        if manager is None:
            raise UnavailableError(f"VNFManager with endpoint: {endpoint} is not registered")
        queue = queue_of(manager)
        if queue is None:
            await self._post(manager.endpoint or "", message)
            return
        try:
            await self._bus.publish(queue, message, mandatory=True)
        except UnroutableError as error:
            await self._managers.set_active(manager, active=False)
            raise UnavailableError(f"The VNFM {endpoint!r} is not there: its queue {queue} does not exist") from error
        except BusError as error:
            raise UnavailableError(f"The message for the VNFM {endpoint!r} was not taken: {error}") from error

    async def _post(self, url: str, message: Mapping[str, Any]) -> None:
        target = f"{url.rstrip('/')}/core-rest-actions"
        try:
            answer = await self._client.post(target, json=dict(message), timeout=REST_SECONDS)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise UnavailableError(f"The VNFM at {target} did not take the message: {error!r}") from error

    def is_idempotent(self, endpoint: str) -> bool:
        """See `Postman`."""
        manager = self._managers.find(endpoint)
        return manager is not None and is_idempotent(manager)

    def appearances(self, endpoint: str) -> int:
        """See `Postman`."""
        return self._managers.appearances(endpoint)

    async def appearance(self, endpoint: str, seen: int) -> None:
        """See `Postman`."""
        await self._managers.appearance(endpoint, seen)
