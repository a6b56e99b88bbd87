"""The record of decisions, and the REST view of scaling."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.service import create_app
from nai.vnfm.media_server.api.answers import ERRORS
from nai.vnfm.media_server.autoscaling.measures import MediaServerMeasures
from nai.vnfm.media_server.autoscaling.policy import Direction
from nai.vnfm.media_server.decisions.model import DecisionState
from nai.vnfm.media_server.decisions.store import DecisionStore
from nai.vnfm.media_server.lifecycle.elasticity import ROUTERS
from nai.vnfm.media_server.tables import Base
from tests.unit.media_server_scaling.builders import document
from tests.unit.media_server_scaling.fake_nfvo import descriptor
from tests.unit.media_server_scaling.rig import VNFR, Rig, decision


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'decisions.db'}")
    async with made.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield made
    await made.dispose()


async def test_only_the_last_ones_are_kept_over_restarts(database: Database) -> None:
    store = DecisionStore(database, SystemClock(), kept=20)
    await store.start()
    noted = [decision(Direction.OUT, 1) for _ in range(70)]
    for position, each in enumerate(noted):
        each.state = DecisionState.HELD
        each.at += timedelta(seconds=position)
        store.note(each)
        if position % 10 == 9:
            await store.written()
    await store.stop()
    again = DecisionStore(database, SystemClock(), kept=20)
    await again.start()
    found = await again.of(VNFR, 1000)
    assert 20 <= len(found) <= 30
    assert [each.id for each in found[:20]] == [each.id for each in reversed(noted[-20:])]
    await again.forget(VNFR)
    assert await again.of(VNFR, 10) == []
    await again.stop()


async def test_a_change_replaces_what_was_written(database: Database) -> None:
    store = DecisionStore(database, SystemClock(), kept=20)
    await store.start()
    one = decision(Direction.IN, 1)
    store.note(one)
    await store.written()
    one.repeats = 7
    store.note(one)
    await store.written()
    assert [each.repeats for each in await store.of(VNFR, 10)] == [7]
    assert await store.of(VNFR, 10, DecisionState.DONE) == []
    await store.stop()


async def test_the_cooldown_follows_the_last_real_scaling(database: Database) -> None:
    store = DecisionStore(database, SystemClock(), kept=20)
    await store.start()
    assert await store.cooldown_until(VNFR) is None
    now = SystemClock().now()
    for seconds, scaled in ((0, 2), (10, 0)):
        each = decision(Direction.OUT, 1)
        each.at += timedelta(seconds=seconds)
        each.state, each.scaled, each.finished_at = DecisionState.DONE, scaled, now + timedelta(seconds=seconds)
        store.note(each)
    await store.written()
    assert await store.cooldown_until(VNFR) == now + timedelta(seconds=60)
    await store.stop()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with Rig(tmp_path) as rig:
        await rig.nfvo.run(VNFR, descriptor(policies=[document(), document("cpu", alarms=[_CPU])]))
        await rig.scale(Direction.OUT, 1)
        for _ in range(3):
            rig.history.sample()
        app = create_app("test", "1", lifespan=None, routers=ROUTERS, errors=ERRORS)
        app.state.elasticity = rig.elasticity
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
            yield made


_CPU = {"metric": "cpu", "statistic": "avg", "comparisonOperator": ">=", "threshold": 1, "weight": 1}


async def test_rest_view(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"/vnfr/{VNFR}/decisions")).json()
    assert [(each["outcome"], each["scaled"], each["state"]) for each in found] == [("SCALE_OUT", 1, "DONE")]
    assert found[0]["vnfrId"] == VNFR
    assert (await client.get(f"/vnfr/{VNFR}/decisions?state=HELD")).json() == []
    view = (await client.get(f"/vnfr/{VNFR}/elasticity")).json()
    assert [policy["name"] for policy in view["policies"]] == ["scale-out", "cpu"]
    assert {each["state"] for each in view["instances"]} == {"SERVING"}
    for path in ("decisions", "elasticity"):
        assert (await client.get(f"/vnfr/nobody/{path}")).status_code == 404
    assert (await client.post("/vnfr/nobody/dry-run", json={})).status_code == 404


async def test_dry_run_over_rest(client: httpx.AsyncClient) -> None:
    answer = (await client.post(f"/vnfr/{VNFR}/dry-run", json={})).json()
    assert (len(answer["samples"]), answer["steps"]) == (3, [])
    assert "Policy cpu looks at cpu" in answer["notes"][-1]
    tried = document(cooldown=0, alarms=[_CPU | {"metric": "CONSUMED_CAPACITY", "threshold": 0}])
    answer = (await client.post(f"/vnfr/{VNFR}/dry-run", json={"policies": [tried], "maximum": 4})).json()
    assert answer["scaleOuts"] == 1
    assert answer["steps"][0]["outcome"] == "SCALE_OUT"
    future = {"policies": [tried], "since": "2200-01-01T00:00:00Z"}
    assert (await client.post(f"/vnfr/{VNFR}/dry-run", json=future)).json()["samples"] == []
    wrong = await client.post(f"/vnfr/{VNFR}/dry-run", json={"policies": [document(type="NONE")]})
    assert wrong.status_code == 400
    assert "type must be one of" in wrong.json()["message"]
    assert (await client.post(f"/vnfr/{VNFR}/dry-run", json={"policies": []})).status_code == 400


async def test_measures_over_http() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        texts = {"a": "1.5\n", "b": "none", "c": "nan"}
        name = request.url.path.split("/")[2]
        if name == "gone":
            raise httpx.ConnectError("away")
        return httpx.Response(200 if name in texts else 404, text=texts.get(name, ""))

    hosts = ["a", "b", "c", "d", "gone", "x/b"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        measures = MediaServerMeasures(lambda _vnfr: [(host, 10.0) for host in hosts], "http://monitor:9000/", client)
        assert measures.at_once(VNFR, "CONSUMED_CAPACITY") == [10.0] * 6
        assert measures.at_once(VNFR, "cpu") is None
        assert await measures.fetch(VNFR, "cpu load") == [1.5]
        assert await measures.text("a", "pipelines") == "1.5"
    assert "/monitor/a/cpu%20load" in asked
    assert "/monitor/x%2Fb/cpu%20load" in asked
