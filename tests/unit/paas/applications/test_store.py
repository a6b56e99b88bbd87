"""Applications in the database: what is listed, how fast, and how durations add up."""

from __future__ import annotations

import json
import time
from datetime import timedelta

from nai.catalogue.applications import Application, AppStatus
from nai.core.clock import START
from nai.core.identifiers import new_id
from nai.core.operations.table import microseconds
from nai.paas.applications import store
from nai.paas.applications.names import new_os_name
from nai.paas.applications.orders import written
from nai.paas.applications.store import Stored
from tests.unit.paas.applications.world import REQUEST, World

MANY = 1000
P99_SECONDS = 0.05


def one(project_id: str, number: int) -> Stored:
    application = Application.from_wire(
        REQUEST | {"id": new_id(), "osName": new_os_name(), "projectId": project_id, "status": "CREATED"}
    )
    application.name = f"app{number}"
    return Stored(application=application, since=microseconds(START))


def test_durations_add_up() -> None:
    stored = one("p", 1)
    stored.enter(AppStatus.BUILDING, START + timedelta(seconds=2))
    stored.enter(AppStatus.BUILDING, START + timedelta(seconds=3), "waits")
    stored.enter(AppStatus.FAILED, START + timedelta(seconds=5.5), "x" * 5000)
    stored.failed_in = "built"
    stored.enter(AppStatus.BUILDING, START + timedelta(seconds=6))
    stored.enter(AppStatus.RUNNING, START + timedelta(seconds=7))
    assert stored.spent == {"CREATED": 2.0, "BUILDING": 4.5, "FAILED": 0.5}
    assert (stored.failed_in, stored.application.status_reason) == ("", None)
    stored.enter(AppStatus.FAILED, START, "x" * 5000)
    assert len(stored.application.status_reason or "") == store.LONGEST_REASON


async def test_a_thousand_are_listed_in_no_time(world: World) -> None:
    async with world.database.session() as session:
        for number in range(MANY):
            await store.add(session, one(world.project_id, number), START + timedelta(seconds=number))
    now = START + timedelta(hours=1)
    taken: list[float] = []
    for _ in range(20):
        # Of all threads: SQLite works in one of its own. Others on this machine do not count.
        begun = time.process_time()
        async with world.database.session() as session:
            text = await store.documents(session, now, project_id=world.project_id)
        taken.append(time.process_time() - begun)
    assert sorted(taken)[-2] < P99_SECONDS
    listed = json.loads(text)
    assert [each["name"] for each in listed] == [f"app{number}" for number in range(MANY)]
    assert listed[0]["durations"] == {"CREATED": 3600.0}
    async with world.database.session() as session:
        assert json.loads(await store.document(session, listed[5]["id"], now, project_id=None)) == listed[5]
        found = await store.get(session, listed[5]["id"], now)
        assert found.application.to_wire() == listed[5]
        assert await store.documents(session, now, project_id="another") == "[]"
        assert (await store.used(session, world.project_id)) == store.Used(MANY, 2 * MANY, 3 * MANY)


def test_times_are_written_as_gson_does() -> None:
    noon = START.replace(hour=12, minute=37, second=20)
    assert written(noon) == "Oct 1, 2016 12:37:20 PM"
    assert written(noon.replace(hour=0)) == "Oct 1, 2016 12:37:20 AM"
    assert written(noon.replace(hour=13, day=19)) == "Oct 19, 2016 1:37:20 PM"
