"""Kill -9 in the middle of a storm of registrations: what was answered is there afterwards, and the books balance."""

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.media_server import Caller, MediaServerVnfm, callers

VNFR = "vnfr-storm"
SERVERS = 200
CAPACITY = 100_000
ROUNDS = 4
CALLERS = 16
KILL_AFTER = 700
"""Answers per round after which the process is killed."""


class Ledger:
    """What the service said."""

    def __init__(self) -> None:
        self.registered: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.deleting: set[str] = set()
        self.answers = 0
        self.numbers = itertools.count()
        self.full = asyncio.Event()

    async def storm(self, caller: Caller, _index: int) -> None:
        """Registers, and now and then deletes, until the connection breaks."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                number = next(self.numbers)
                status, body = await caller.request(
                    "POST", f"/vnfr/{VNFR}/app", {"points": 1 + number % 90, "extAppId": f"app-{number}"}
                )
                assert status == 201
                document = json.loads(body)
                self.registered[document["id"]] = document
                if number % 3 == 0:
                    self.deleting.add(document["id"])
                    status, _ = await caller.request("DELETE", f"/vnfr/{VNFR}/app/{document['id']}")
                    assert status == 200
                    self.deleted.add(document["id"])
                self.answers += 1
                if self.answers >= KILL_AFTER:
                    self.full.set()


async def _storm_and_kill(service: MediaServerVnfm, ledger: Ledger) -> None:
    ledger.answers, ledger.full = 0, asyncio.Event()
    storm = asyncio.create_task(callers(service.port, CALLERS, ledger.storm))
    full = asyncio.create_task(ledger.full.wait())
    await asyncio.wait([storm, full], return_when=asyncio.FIRST_COMPLETED)
    service.kill()
    await storm
    full.cancel()


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
def test_every_answered_registration_survives(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    url = None if kind == "sqlite" else request.getfixturevalue("database_url")
    service = MediaServerVnfm(tmp_path, url)
    service.prepare(
        VNFR, [(f"host-{number}", f"10.0.{number // 250}.{number % 250}", CAPACITY) for number in range(SERVERS)]
    )
    ledger = Ledger()
    for _ in range(ROUNDS):
        service.start()
        asyncio.run(_storm_and_kill(service, ledger))
    service.start()
    try:
        applications = {each["id"]: each for each in service.get(f"/vnfr/{VNFR}/app")}
        servers = {each["id"]: each for each in service.get(f"/vnfr/{VNFR}/media-server")}
    finally:
        service.stop()
    assert len(ledger.registered) >= ROUNDS * KILL_AFTER
    assert len(ledger.deleted) > 100

    lost = ledger.registered.keys() - applications.keys() - ledger.deleting
    assert not lost, "answered 201, and gone"
    assert not ledger.deleted & applications.keys(), "answered 200 to the deletion, and still there"
    for key in ledger.registered.keys() & applications.keys():
        before, after = ledger.registered[key], applications[key]
        same = ("ip", "mediaServerId", "points", "extAppId", "created")
        assert [before[name] for name in same] == [after[name] for name in same]
    # What was written but not answered may be there: at most one request of each caller and round.
    assert len(applications.keys() - ledger.registered.keys()) <= ROUNDS * CALLERS
    assert not [
        name for name, times in Counter(each["extAppId"] for each in applications.values()).items() if times > 1
    ]

    used: Counter[str] = Counter()
    for each in applications.values():
        used[each["mediaServerId"]] += each["points"]
    assert {key: each["usedPoints"] for key, each in servers.items()} == {key: used[key] for key in servers}
    assert {each["status"] for each in servers.values() if each["usedPoints"]} == {"ACTIVE"}
