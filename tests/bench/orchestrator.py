"""The orchestrator's own share of a deployment: from the order to ACTIVE, over MariaDB and RabbitMQ, without the VIM.

The infrastructure is in memory and the VNFM answers at once, so what is left is the orchestrator's work and the
messages' way.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from nai.catalogue import Action, NetworkServiceDescriptor
from nai.core.bus import AmqpBus, Delivery
from nai.core.database import Database
from nai.nfvo.client import NfvoClient, NfvoError
from tests.integration.nfvo.forked import ForkedNfvo, lasting_port, migrated
from tests.support.nfvo import TestVnfm, descriptor, function
from tests.support.services import Broker, MariaDB
from tests.support.vim import memory_instance

DEPLOYMENTS = 20
WARM_UP = 3
PASSWORD = "a long password"
FINISHED = "bench.finished"


def measure() -> dict[str, Any]:
    """Median wall-clock and processor milliseconds, transactions and messages of one deployment."""
    with tempfile.TemporaryDirectory() as folder:
        directories = [Path(folder) / name for name in ("broker", "database", "nfvo")]
        for directory in directories:
            directory.mkdir()
        broker, database = Broker(directories[0]), MariaDB(directories[1])
        database.prepare()
        broker.start()
        database.start()
        try:
            return asyncio.run(_measure(broker, database, directories[2]))
        finally:
            database.stop()
            broker.stop()


async def _measure(broker: Broker, server: MariaDB, directory: Path) -> dict[str, Any]:
    settings = {
        "listen_port": lasting_port(),
        "database_url": server.create("nfvo"),
        "broker_url": broker.url,
        "admin_password": PASSWORD,
        "encryption_key_file": str(directory / "key"),
        "log_level": "WARNING",
    }
    await migrated(settings)
    nfvo = ForkedNfvo(settings, directory)
    await asyncio.to_thread(nfvo.start)
    bus, database = await AmqpBus.connect(broker.url), Database(str(settings["database_url"]))
    try:
        async with NfvoClient(nfvo.url, "admin", PASSWORD, project="default") as client:
            bench = _Bench(client, bus, database, nfvo.pid)
            await bench.prepare(directory)
            for _ in range(WARM_UP):
                await bench.deployment()
            found = [await bench.deployment() for _ in range(DEPLOYMENTS)]
    finally:
        await asyncio.to_thread(nfvo.stop)
        await bus.close()
        await database.dispose()
    return {
        "deployments": DEPLOYMENTS,
        **{key: round(statistics.median(each[key] for each in found), 1) for key in found[0]},
    }


class _Bench:
    def __init__(self, client: NfvoClient, bus: AmqpBus, database: Database, process: int) -> None:
        self._client, self._bus, self._database, self._process = client, bus, database, process
        self._vnfm = TestVnfm(bus)
        self._finished: asyncio.Queue[float] = asyncio.Queue()
        self._descriptor = ""

    async def prepare(self, directory: Path) -> None:
        """An infrastructure, a VNFM, a descriptor, and somebody who wants to know."""

        async def finished(_delivery: Delivery) -> None:
            self._finished.put_nowait(time.perf_counter())

        await self._client.create_vim(memory_instance(directory / "vim.json", "memory"))
        await self._vnfm.start()
        await self._bus.consume(FINISHED, finished)
        await self._client.subscribe("bench", Action.INSTANTIATE_FINISH, FINISHED)
        while not await self._client.request("GET", "/vnfmanagers"):
            await asyncio.sleep(0.1)
        document = NetworkServiceDescriptor.from_wire(descriptor(function("media")))
        self._descriptor = str((await self._client.create_service_descriptor(document)).id)

    async def deployment(self) -> dict[str, float]:
        """One service from the order to ACTIVE; it is gone afterwards."""
        commits, processor, messages = await self._commits(), self._processor(), self._vnfm.messages
        begun = time.perf_counter()
        record = await self._client.instantiate(self._descriptor)
        ended = await asyncio.wait_for(self._finished.get(), 60)
        figures = {
            "milliseconds": (ended - begun) * 1000,
            "processor_milliseconds": (self._processor() - processor) * 1000,
            "transactions": await self._commits() - commits,
            "messages": self._vnfm.messages - messages,
        }
        await self._client.terminate(str(record.id))
        while True:
            try:
                await self._client.service(str(record.id))
            except NfvoError as error:
                if error.status == 404:  # HTTP's
                    return figures
                raise
            await asyncio.sleep(0.02)

    async def _commits(self) -> float:
        async with self._database.session() as session:
            row = (await session.execute(text("SHOW GLOBAL STATUS LIKE 'Com_commit'"))).one()
        return float(row[1])

    def _processor(self) -> float:
        # proc(5): user and system time are the 14th and 15th field, in clock ticks; the name before may have spaces.
        fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
