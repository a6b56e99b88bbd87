"""Registering at the NFVO (wire contracts 6.5), and again and again: broker and NFVO may forget."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nai.catalogue import EndpointType, VnfmManagerEndpoint
from nai.core.bus import BusError

if TYPE_CHECKING:
    from nai.core.bus import Bus
    from nai.core.clock import Clock
    from nai.vnfm.sdk.settings import VnfmSettings

REGISTER_QUEUE, UNREGISTER_QUEUE = "nfvo.vnfm.register", "nfvo.vnfm.unregister"
MANAGER_QUEUE = "nfvo.manager.handling"

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_SECONDS = 1.0
_ANSWER_SECONDS = 10.0


class Registration:
    """A VNFM's entry at the NFVO."""

    def __init__(self, bus: Bus, clock: Clock, settings: VnfmSettings) -> None:
        """Prepares the registration."""
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._account: dict[str, str] = {}
        self.registered = False
        """The NFVO's queue took the last registration."""

    async def keep(self) -> None:
        """Registers until cancelled: quickly while nobody takes it, then now and then."""
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                await self.register()
            except BusError as error:
                if self.registered or wait == _FIRST_WAIT_SECONDS:
                    _LOG.warning("the NFVO does not take the registration yet: %s", error)
                self.registered = False
                await self._clock.sleep(wait)
                wait = min(wait * 2, self._settings.registration_seconds)
                continue
            if not self.registered:
                _LOG.info("registered as %s", self._settings.type)
            self.registered = True
            wait = _FIRST_WAIT_SECONDS
            await self._clock.sleep(self._settings.registration_seconds)

    async def register(self) -> None:
        """Registers once.

        Raises:
            BusError: The NFVO's queue is not there, or it does not answer.
        """
        if self._settings.registration == "queue":
            await self._bus.publish(REGISTER_QUEUE, self._endpoint(), mandatory=True)
            return
        request = {"action": "register", "type": self._settings.type, "vnfmManagerEndpoint": self._endpoint()}
        answer = await self._bus.call(MANAGER_QUEUE, request, timeout=_ANSWER_SECONDS)
        # A user of the broker that the NFVO made for this VNFM, which has one already: it is only needed to unregister.
        self._account = {
            "username": str(answer.get("rabbitUsername", "")),
            "password": str(answer.get("rabbitPassword", "")),
        }

    async def unregister(self) -> None:
        """Leaves for good; a VNFM that only restarts does not."""
        if self._settings.registration == "queue":
            await self._bus.publish(UNREGISTER_QUEUE, self._endpoint())
            return
        request = {
            "action": "unregister",
            "type": self._settings.type,
            "vnfmManagerEndpoint": self._endpoint(),
            **self._account,
        }
        await self._bus.publish(MANAGER_QUEUE, request)

    def _endpoint(self) -> dict[str, Any]:
        endpoint = VnfmManagerEndpoint(
            type=self._settings.type,
            endpoint=self._settings.endpoint,
            endpoint_type=EndpointType.RABBIT,
            description=self._settings.description,
            enabled=True,
            active=True,
        )
        # Tells our NFVO that an unanswered action may be sent again; others ignore it.
        return {**endpoint.to_wire(), "idempotent": True}
