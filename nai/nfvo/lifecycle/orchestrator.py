"""The heart of the orchestrator: everything of the lifecycle put together, started and stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx

from nai.core.operations import Operations
from nai.nfvo.events.dispatcher import Events
from nai.nfvo.lifecycle import kinds
from nai.nfvo.lifecycle.allocating import Allocator
from nai.nfvo.lifecycle.conversations import Conversations
from nai.nfvo.lifecycle.desk import Desk
from nai.nfvo.lifecycle.edits import Edits
from nai.nfvo.lifecycle.granting import Granting, Reservations
from nai.nfvo.lifecycle.inventory import StoredInventory
from nai.nfvo.lifecycle.orders import Orders
from nai.nfvo.lifecycle.vims import Vims
from nai.nfvo.lifecycle.workshop import Workshop
from nai.nfvo.messaging.inbound import Inbound
from nai.nfvo.messaging.managers import Managers
from nai.nfvo.messaging.postman import BusPostman
from nai.nfvo.records.live import LiveServices
from nai.nfvo.records.store import RecordStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.nfvo.context import Nfvo
    from nai.nfvo.settings import NfvoSettings


class Orchestrator:
    """The running lifecycle."""

    def __init__(self, nfvo: Nfvo, *, observer: Callable[[str], None] | None = None) -> None:
        """Put it together; nothing happens before `start`.

        Args:
            nfvo: what the service has: settings, database, bus, clock, drivers.
            observer: hears of each point that an operation passes.
        """
        settings, database, bus, clock = nfvo.settings, nfvo.database, nfvo.bus, nfvo.clock
        self._client = httpx.AsyncClient()
        self._watch: asyncio.Task[None] | None = None
        self.records = RecordStore(database)
        self.operations = Operations(database, clock, observer)
        self.events = Events(database, bus, clock, self._client)
        self.managers = Managers(database, bus, clock, poll_seconds=settings.managers_poll_seconds)
        postman = BusPostman(self.managers, bus, self._client)
        inventory = StoredInventory(database, nfvo.cipher)
        vims = Vims(inventory, nfvo.open_driver, clock)
        reservations = Reservations()
        self.shop = Workshop(
            store=self.records,
            live=LiveServices(self.records),
            inventory=inventory,
            vims=vims,
            reservations=reservations,
            granting=Granting(vims, reservations, quota_check=settings.quota_check),
            allocator=Allocator(vims, reservations),
            conversations=Conversations(
                postman, clock, resend_seconds=settings.resend_seconds, answer_seconds=settings.answer_seconds
            ),
            postman=postman,
            announcer=self.events,
            clock=clock,
            extension=extension(settings),
            start_ordered=settings.start_ordered,
        )
        self.reversible = kinds.register(self.operations, self.shop)
        """Kinds of operations that can be rolled back."""
        self.orders = Orders(
            self.shop, self.operations, database, self.managers, delete_all_status=settings.delete_all_status
        )
        self.edits = Edits(self.shop, self.orders, self.operations, database, self.managers)
        self.desk = Desk(self.shop)
        own_user, own_password = account(settings.broker_url.get_secret_value())
        vnfm_password = settings.vnfm_broker_password
        self.inbound = Inbound(
            bus,
            self.managers,
            self.desk,
            self.events,
            username=settings.vnfm_broker_username or own_user,
            password=vnfm_password.get_secret_value() if vnfm_password else own_password,
        )

    async def start(self) -> None:
        """Take up what an earlier process left, and listen. It can be tried again when database or broker were away."""
        await self.managers.load()
        self.events.start()
        # First the ears, then the mouth: what is resumed asks VNFMs at once.
        await self.inbound.start()
        await self.operations.resume()
        self._watch = asyncio.get_running_loop().create_task(self.managers.watch())

    async def stop(self) -> None:
        """Stop; unfinished operations stay so for the next process."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self.operations.stop()
        await self.inbound.stop()
        await self.events.stop()
        await self._client.aclose()


def account(broker_url: str) -> tuple[str, str]:
    """Return user and password of a broker's URL."""
    parts = urlsplit(broker_url)
    return unquote(parts.username or "guest"), unquote(parts.password or "guest")


def extension(settings: NfvoSettings) -> dict[str, str]:
    """Return what VNFMs are told about the broker and monitoring, as instances reach them (wire contract 6.6)."""
    own_user, own_password = account(settings.broker_url.get_secret_value())
    password = settings.ems_broker_password
    return {
        "brokerIp": settings.broker_address,
        "brokerPort": str(settings.broker_port),
        "monitoringIp": settings.monitoring_address or "",
        "timezone": settings.time_zone,
        "emsVersion": settings.ems_version,
        "username": settings.ems_broker_username or own_user,
        "password": password.get_secret_value() if password else own_password,
        "exchangeName": "openbaton-exchange",
        "emsHeartbeat": str(settings.ems_heartbeat_seconds),
        "emsAutodelete": str(settings.ems_autodelete).lower(),
    }
