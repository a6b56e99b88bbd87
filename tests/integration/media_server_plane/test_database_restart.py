"""MariaDB restarts under load: who asked waits or is told so, and nothing that was answered is lost."""

import asyncio
import json
from pathlib import Path

from tests.support.media_server import Caller, MediaServerVnfm, callers
from tests.support.services import MariaDB

VNFR = "vnfr-restart"
SERVERS = 50
CALLERS = 8


def test_a_restart_of_the_database_loses_nothing(tmp_path: Path, database_server: MariaDB, database_url: str) -> None:
    service = MediaServerVnfm(tmp_path, database_url)
    service.prepare(VNFR, [(f"host-{number}", f"10.0.0.{number}", 100_000) for number in range(SERVERS)])
    service.start()
    statuses: list[int] = []
    answered: set[str] = set()
    over = asyncio.Event()

    async def storm(caller: Caller, _index: int) -> None:
        while not over.is_set():
            status, body = await caller.request("POST", f"/vnfr/{VNFR}/app", {"points": 1})
            statuses.append(status)
            if status == 201:
                answered.add(json.loads(body)["id"])
            else:
                assert json.loads(body)["code"] == "Service Unavailable"
                await asyncio.sleep(0.05)

    async def run() -> None:
        load = asyncio.create_task(callers(service.port, CALLERS, storm))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(database_server.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(database_server.start)
        before = len(answered)
        async with asyncio.timeout(60):
            while len(answered) < before + 100:  # registrations go on by themselves
                await asyncio.sleep(0.1)
        over.set()
        await load

    try:
        asyncio.run(run())
        here = {each["id"] for each in service.get(f"/vnfr/{VNFR}/app")}
        service.kill()
        service.start()
        afterwards = service.get(f"/vnfr/{VNFR}/app")
        servers = service.get(f"/vnfr/{VNFR}/media-server")
    finally:
        service.stop()
    assert set(statuses) <= {201, 503}
    assert answered <= here
    assert answered <= {each["id"] for each in afterwards}
    assert sum(each["usedPoints"] for each in servers) == len(afterwards)
