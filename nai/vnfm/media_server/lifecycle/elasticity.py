"""All of scaling and lifecycle, put together for the service.

`Elasticity` needs of the service: settings, database, clock, bus, operations (not resumed yet), plane and history.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx

from nai.catalogue import VirtualNetworkFunctionRecord
from nai.core.bus import Bus
from nai.core.clock import Clock
from nai.core.database import Database
from nai.core.operations import Operations
from nai.vim import open_driver
from nai.vnfm.media_server.autoscaling.engine import Engine
from nai.vnfm.media_server.autoscaling.measures import MediaServerMeasures
from nai.vnfm.media_server.decisions.api import router as decisions_router
from nai.vnfm.media_server.decisions.store import DecisionStore
from nai.vnfm.media_server.dry_run.api import router as dry_run_router
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.lifecycle.allocation import Allocator, OpenDriver
from nai.vnfm.media_server.lifecycle.api import router as lifecycle_router
from nai.vnfm.media_server.lifecycle.context import Parts
from nai.vnfm.media_server.lifecycle.execution import Execution
from nai.vnfm.media_server.lifecycle.handler import MediaServerHandler
from nai.vnfm.media_server.lifecycle.keeper import Keeper
from nai.vnfm.media_server.lifecycle.ledger import Ledger
from nai.vnfm.media_server.lifecycle.scale_in import ScaleIn
from nai.vnfm.media_server.lifecycle.scale_out import ScaleOut
from nai.vnfm.media_server.lifecycle.turns import Turns
from nai.vnfm.media_server.lifecycle.vnfs import Vnfs
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.settings import MediaServerSettings
from nai.vnfm.media_server.warm_pool.pool import WarmPool
from nai.vnfm.sdk import Journal, Vnfm

_log = logging.getLogger(__name__)

ROUTERS = [decisions_router, dry_run_router, lifecycle_router]


class ServiceParts(Protocol):
    """What the service gives; `services.Services` is one."""

    @property
    def settings(self) -> MediaServerSettings:
        """What the service was told."""
        ...

    @property
    def database(self) -> Database:
        """Its database."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def bus(self) -> Bus:
        """RabbitMQ."""
        ...

    @property
    def operations(self) -> Operations:
        """Persisted operations, not resumed yet."""
        ...

    @property
    def plane(self) -> Plane:
        """Media servers and sessions, open."""
        ...

    @property
    def history(self) -> History:
        """Their number and load over time."""
        ...


class Elasticity:
    """Lifecycle, autoscaling and warm pool of all managed VNFs.

    Attributes:
        parts: What they share.
        engine: Runs the policies.
        decisions: What was decided.
        history: Number and load over time.
        pool: Warm instances.
        vnfm: Speaks to the NFVO.
    """

    def __init__(
        self,
        services: ServiceParts,
        *,
        drivers: OpenDriver = open_driver,
        observer: Callable[[str], None] = lambda _point: None,
    ) -> None:
        """Puts everything together; `start` begins.

        Args:
            services: The service's own parts.
            drivers: VIM instance to its driver.
            observer: Is told each persisted point; tests end the process there.
        """
        settings = services.settings
        scaling = settings.autoscaling
        self._operations = services.operations
        self._client = httpx.AsyncClient(timeout=scaling.monitor_timeout_seconds)
        self.history = services.history
        ledger = Ledger(services.database, services.clock)
        measures = MediaServerMeasures(self._used_points, scaling.monitor_url, self._client)
        self.decisions = DecisionStore(services.database, services.clock, scaling.decisions_kept)
        self.parts = Parts(
            database=services.database,
            clock=services.clock,
            plane=services.plane,
            operations=services.operations,
            vnfs=Vnfs(services.database),
            ledger=ledger,
            allocator=Allocator(ledger, services.clock, settings.instances, drivers),
            decisions=self.decisions,
            measures=measures,
            turns=Turns(),
            update_record=self._update_record,
            settings=scaling,
            reached=observer,
        )
        self.execution = Execution(self.parts)
        self.engine = Engine(services.clock, measures, self.execution, self.decisions, scaling)
        self.pool = WarmPool(self.parts)
        self._keeper = Keeper(self.parts)
        self._handler = MediaServerHandler(self.parts, self.engine, self.execution, self.pool)
        self.vnfm = Vnfm(
            services.bus,
            settings,
            self._handler,
            journal=Journal(services.database, services.clock),
            clock=services.clock,
            observer=observer,
        )
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Takes up what the last process left, then listens to the NFVO."""
        await self.parts.vnfs.open()
        await self.parts.ledger.open()
        await self.decisions.start()
        for kind in (ScaleOut(self.parts), ScaleIn(self.parts), self.pool):
            kind.register()
        await self.execution.take_up()
        await self._operations.resume()
        for vnf in self.parts.vnfs:
            await self._handler.activate(vnf)
        self._loops = [
            asyncio.create_task(self.engine.run(), name="autoscaling"),
            asyncio.create_task(self.pool.run(), name="warm-pool"),
            asyncio.create_task(self._keeper.run(), name="instances"),
        ]
        await self.vnfm.start()

    async def stop(self) -> None:
        """Ends; what is unfinished is taken up by the next process."""
        await self.vnfm.stop()
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.engine.stop()
        await self.execution.close()
        await self._operations.stop()
        await self.parts.allocator.close()
        await self.decisions.stop()
        await self._client.aclose()

    def manages(self, vnfr_id: str) -> bool:
        """Tells whether a VNFR is managed here."""
        return self.parts.plane.knows(vnfr_id) or self.parts.vnfs.find(vnfr_id) is not None

    async def nfvo_event(self, action: str, body: Mapping[str, Any]) -> None:
        """Takes an event of the NFVO: elasticity begins with INSTANTIATE_FINISH and ends with the two others.

        The VNFM knows all of this from its own actions; the entry points are for those who drive it by events, as the
        original could be, and do no harm when both say the same.

        Args:
            action: Name of the event.
            body: The event, with the NSR or VNFR as payload, or the payload itself.
        """
        for vnfr_id in _vnfrs_of(body):
            vnf = self.parts.vnfs.find(vnfr_id)
            if vnf is None:
                continue
            if action == "INSTANTIATE_FINISH":
                await self._handler.activate(vnf)
            else:
                await self.engine.deactivate(vnfr_id)

    def _used_points(self, vnfr_id: str) -> list[tuple[str, float]]:
        if not self.parts.plane.knows(vnfr_id):
            return []
        return [
            (server.hostname, float(server.used_points))
            for server in self.parts.plane.servers(vnfr_id)
            if not server.stopped and not server.claimed
        ]

    async def _update_record(self, occurrence: str, record: VirtualNetworkFunctionRecord) -> None:
        await self.vnfm.requests(occurrence).update_vnfr(record)


def _vnfrs_of(body: Mapping[str, Any]) -> list[str]:
    payload = body.get("payload", body)
    if not isinstance(payload, Mapping):
        return []
    records = payload.get("vnfr")
    found = records if isinstance(records, list) else [payload]
    return [str(each["id"]) for each in found if isinstance(each, Mapping) and each.get("id")]
