"""The whole of lifecycle and scaling in one process: SQLite in a file, a bus and a cloud in memory, a fake NFVO."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, cast

from pydantic import SecretStr

from nai.catalogue import VimInstance
from nai.core.bus import MemoryBus
from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.operations import Operations
from nai.core.operations.table import Base as OperationBase
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.decisions.model import Decision, FleetSeen
from nai.vnfm.media_server.history import History
from nai.vnfm.media_server.lifecycle.elasticity import Elasticity, ServiceParts
from nai.vnfm.media_server.lifecycle.settings import InstanceSettings
from nai.vnfm.media_server.lifecycle.tables import InstanceState
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.settings import MediaServerSettings
from nai.vnfm.media_server.tables import Base
from nai.vnfm.sdk.journal.table import Base as JournalBase
from tests.support.vim import MemoryVim
from tests.unit.media_server_scaling.fake_nfvo import FakeNfvo

VNFR = "vnfr-1"
UNIT = "vnfr-1-vdu-ms"


class Rig:
    """One VNFM; `restart` begins a new one over the same database, bus and cloud."""

    def __init__(self, directory: Path, scaling: AutoscalingSettings | None = None) -> None:
        self.url = f"sqlite+aiosqlite:///{directory / 'rig.db'}"
        self.vim = MemoryVim()
        self.bus = MemoryBus()
        self.nfvo = FakeNfvo(self.bus, VimInstance(id="vim-1", name="memory-vim", type="memory"))
        self.settings = MediaServerSettings(
            database_url=SecretStr(self.url),
            broker_url=SecretStr("amqp://nobody"),
            autoscaling=scaling or AutoscalingSettings(),
            instances=InstanceSettings(retry_seconds=0, user_data_directory=directory),
        )
        self.points: list[str] = []
        self.at_point: Callable[[str], None] | None = None

    async def __aenter__(self) -> Self:
        database = Database(self.url)
        async with database.engine.begin() as connection:
            for base in (Base, OperationBase, JournalBase):
                await connection.run_sync(base.metadata.create_all)
        await database.dispose()
        await self.nfvo.start()
        await self._up()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._down()
        await self.bus.close()

    async def restart(self) -> None:
        """Ends the VNFM as politely as a test can and starts it again."""
        await self._down()
        await self._up()

    async def _up(self) -> None:
        clock = SystemClock()
        self.database = Database(self.url)
        self.plane = Plane(self.database, clock)
        await self.plane.open()
        self.history = History(self.plane, self.database, clock)
        self.operations = Operations(self.database, clock, self._point)
        services = SimpleNamespace(
            settings=self.settings,
            database=self.database,
            clock=clock,
            bus=self.bus,
            operations=self.operations,
            plane=self.plane,
            history=self.history,
        )
        self.elasticity = Elasticity(
            cast(ServiceParts, services), drivers=lambda _instance: self.vim, observer=self._point
        )
        await self.elasticity.start()

    async def _down(self) -> None:
        await self.elasticity.stop()
        await self.bus.cancel("nfvo.media-server.actions")
        await self.plane.close()
        await self.database.dispose()

    def _point(self, event: str) -> None:
        self.points.append(event)
        if self.at_point is not None:
            self.at_point(event)

    def servers(self) -> list[str]:
        """Names of the servers that are in the cloud."""
        return sorted(self.vim.servers)

    def ledger(self, *states: InstanceState) -> list[str]:
        """Names in the ledger."""
        return sorted(each.name for each in self.elasticity.parts.ledger.of(VNFR, *states))

    def serving(self) -> list[str]:
        """Names of the media servers that sessions can be placed on, or are."""
        return sorted(server.hostname for server in self.plane.servers(VNFR))

    async def scale(self, direction: Direction, count: int) -> Decision:
        """Carries out what a policy would have decided."""
        made = decision(direction, count)
        await self.elasticity.execution.scale(made)
        return made

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> None:
        """Waits for something to become true."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)


def decision(direction: Direction, count: int) -> Decision:
    """A decision to scale."""
    now = SystemClock().now()
    return Decision.model_validate(
        {
            "vnfr_id": VNFR,
            "policy": "test",
            "type": "VOTED",
            "direction": direction,
            "value": 100,
            "value_high": 100,
            "comparison_operator": ">=",
            "threshold": 100,
            "alarms": [],
            "fleet": FleetSeen(instances=1, maximum=5, idle=1),
            "outcome": f"SCALE_{direction}",
            "reason": "test",
            "count": count,
            "share": {UNIT: count},
            "at": now,
            "last_at": now,
            "state": "RUNNING",
            "cooldown_seconds": 60,
        }
    )
