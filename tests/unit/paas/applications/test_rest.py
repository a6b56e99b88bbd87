"""The interface as clients of the day know it: statuses and bodies of wire contracts 1.2, and who sees what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from nai.core.bus import MemoryBus
from nai.core.clock import SystemClock
from nai.core.identifiers import new_id
from nai.paas.applications.manager import Manager
from nai.paas.engines.protocol import BuildPhase
from tests.support.engines import MemoryEngine
from tests.support.paas import Around, RunningPaas, migrate, running, settings_in
from tests.unit.paas.applications.orchestrator import FakeOrchestrator
from tests.unit.paas.applications.test_secrets import OPENSSH
from tests.unit.paas.applications.world import REQUEST, FakeMediaServers

pytestmark = pytest.mark.asyncio(loop_scope="module")

V1, V2 = "/api/v1/nubomedia/paas", "/api/v2/nubomedia/paas"
SECRET = "a long password"
SMALL = {name: value for name, value in REQUEST.items() if name != "services"}


async def somewhere(_host: str) -> list[str]:
    return ["93.184.216.34"]


@dataclass
class Site:
    """A running service, people in two projects, and what is around."""

    run: RunningPaas
    orchestrator: FakeOrchestrator
    engine: MemoryEngine
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, document: Any = None, *, by: str = "anna", status: int = 200, root: str = V2
    ) -> Any:
        """Send a request as somebody."""
        return await self.run.request(method, root + path, document, status=status, headers=self.people[by])

    async def created(self, name: str, *, by: str = "anna", **changes: Any) -> dict[str, Any]:
        """An application that runs."""
        made = await self.ask("POST", "/app", SMALL | {"name": name} | changes, by=by)
        assert made["code"] == 200
        await self.until(made["app"]["id"], "RUNNING")
        return await self.shown(made["app"]["id"])

    async def shown(self, identifier: str) -> dict[str, Any]:
        """An application."""
        document: dict[str, Any] = await self.ask("GET", f"/app/{identifier}", by="root")
        return document

    async def until(self, identifier: str, status: str) -> None:
        """Wait until an application is in a status."""

        async def reached() -> bool:
            return bool((await self.shown(identifier))["status"] == status)

        await waited(reached)

    async def gone(self, identifier: str) -> None:
        """Wait until an application is gone."""

        async def reached() -> bool:
            answer = await self.run.client.get(f"{V2}/app/{identifier}", headers=self.people["root"])
            return answer.status_code == 404

        await waited(reached)


async def waited(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    directory = tmp_path_factory.mktemp("paas")
    settings = settings_in(directory, limits={"poll_seconds": 0.05, "log_bytes": 1024})
    await migrate(settings)
    clock, bus = SystemClock(), MemoryBus()
    orchestrator = FakeOrchestrator(clock, bus)
    orchestrator.boot_seconds = orchestrator.end_seconds = 0.0
    around = Around(
        clock=clock,
        bus=bus,
        orchestrator=orchestrator.transport(),
        media_servers=FakeMediaServers(),
        applications_of=partial(Manager, resolve=somewhere),
    )
    async with running(settings, around) as run:
        site = Site(run, orchestrator, around.engine)
        for name, role, project in (("anna", "USER", "red"), ("gus", "GUEST", "red"), ("bert", "USER", "blue")):
            await run.request(
                "POST", "/api/v1/users", {"username": name, "password": SECRET, "enabled": True}, status=201
            )
            if project not in site.projects:
                made = await run.request("POST", "/api/v1/projects", {"name": project}, status=201)
                site.projects[project] = made["id"]
            path = f"/api/v1/projects/{site.projects[project]}"
            users = (await run.request("GET", path, status=200))["users"]
            await run.request("PUT", path, {"name": project, "users": users | {name: role}}, status=202)
            site.people[name] = await run.log_in(name, SECRET) | {"project-id": site.projects[project]}
        admin = next(
            each["id"] for each in await run.request("GET", "/api/v1/projects", status=200) if each["name"] == "admin"
        )
        site.people["root"] = run.headers | {"project-id": admin}
        yield site


async def test_an_application(site: Site) -> None:
    made = await site.ask("POST", "/app", REQUEST, root=V1)
    assert set(made) == {"app", "code"}
    application = made["app"]
    assert (application["status"], application["projectName"], application["createdBy"]) == ("CREATED", "red", "anna")
    await site.until(application["id"], "RUNNING")
    shown = await site.ask("GET", f"/app/{application['id']}", root=V1)
    assert shown["mediaServerGroup"]["status"] == "ACTIVE"
    listed = {each["id"]: each for each in await site.ask("GET", "/app")}
    assert listed[application["id"]]["podList"] == shown["podList"]
    assert (await site.ask("POST", "/app", REQUEST, status=409))["error"] == "Duplicated"
    log = await site.ask("GET", f"/app/{application['id']}/buildlogs")
    assert log == {
        "id": application["id"],
        "name": "mirror",
        "projectName": "red",
        "log": f"built {application['osName']}\n",
    }
    for pod in (*shown["podList"], *shown["services"][0]["podList"]):
        assert await site.ask("GET", f"/app/{application['id']}/logs/{pod}") == f"hello from {pod}\n"
    await site.ask("GET", f"/app/{application['id']}/logs/unknown", status=400)
    for verb in ("restart", "redeploy"):
        await site.ask("POST", f"/app/{application['id']}/{verb}", status=202)
        await site.until(application["id"], "RUNNING")
    changed = await site.ask("PUT", f"/app/{application['id']}/replicas", {"replicasNumber": 3}, status=202)
    assert changed["replicasNumber"] == 3
    await site.until(application["id"], "RUNNING")
    again = await site.ask("POST", f"/app/{application['id']}/redeploy", {"revision": "2"}, status=202)
    assert again["revision"] == "2"
    await site.until(application["id"], "RUNNING")
    deleted = await site.ask("DELETE", f"/app/{application['id']}")
    assert deleted == {
        "id": application["id"],
        "name": "mirror",
        "suffix": application["osName"],
        "nameSpace": "red",
        "code": 200,
    }
    await site.gone(application["id"])


async def test_media_servers_are_of_the_second_generation(site: Site) -> None:
    made = await site.created("media")
    path = f"/app/{made['id']}/media-server"
    (host,) = await site.ask("GET", path)
    assert host["hostname"] == made["mediaServerGroup"]["hosts"][0]["hostname"]
    one = f"{path}/{host['hostname']}"
    assert await site.ask("GET", one) == host
    assert await site.ask("PUT", f"{one}/stop", status=202) is None
    await site.ask("PUT", f"{one}/stop", status=400)
    assert await site.ask("PUT", f"{one}/start", status=202) is None
    await site.ask("DELETE", path, status=400)
    assert await site.ask("POST", path, status=202) is None
    await site.until(made["id"], "RUNNING")
    await site.ask("POST", path, status=400)
    assert await site.ask("DELETE", one, status=202) is None
    await site.until(made["id"], "RUNNING")
    await site.ask("GET", one, status=400)
    await site.ask("GET", path, status=404, root=V1)
    assert await site.ask("GET", "/server-ip/", root=V1) == "192.0.2.9"
    site.orchestrator.away = True
    await site.ask("GET", path, status=502)
    site.orchestrator.away = False
    await site.ask("DELETE", f"/app/{made['id']}")
    await site.gone(made["id"])


async def test_what_is_unknown(site: Site) -> None:
    unknown = new_id()
    for method, path in (
        ("GET", ""),
        ("GET", "/buildlogs"),
        ("GET", "/logs/x"),
        ("POST", "/restart"),
        ("POST", "/redeploy"),
        ("GET", "/media-server"),
        ("POST", "/media-server"),
        ("PUT", "/media-server/x/stop"),
    ):
        answer = await site.ask(method, f"/app/{unknown}{path}", status=404)
        assert answer["message"] == "Application not found"
    assert await site.ask("DELETE", f"/app/{unknown}") == {"id": unknown, "nameSpace": "red", "code": 404}
    await site.ask("POST", "/multipledelete", [unknown], status=204)
    none = await site.ask("DELETE", "/app", by="bert")
    assert (none["code"], none.get("responses", [])) == (404, [])


async def test_projects_do_not_see_each_other(site: Site) -> None:
    red, blue = await site.created("same"), await site.created("same", by="bert")
    assert [each["id"] for each in await site.ask("GET", "/app", by="bert")] == [blue["id"]]
    assert (await site.ask("GET", f"/app/{red['id']}", by="gus"))["id"] == red["id"]
    for method, path in (("GET", ""), ("POST", "/restart"), ("DELETE", "/media-server"), ("GET", "/logs/x")):
        await site.ask(method, f"/app/{red['id']}{path}", by="bert", status=404)
    assert (await site.ask("DELETE", f"/app/{red['id']}", by="bert"))["code"] == 404
    await site.ask("POST", "/multipledelete", [red["id"]], by="bert", status=204)
    assert (await site.shown(red["id"]))["status"] == "RUNNING"
    for method, path in (("POST", "/app"), ("DELETE", f"/app/{red['id']}"), ("POST", "/secret")):
        await site.ask(method, path, {} if method == "POST" else None, by="gus", status=401)
    # The other project's header does not help somebody who has no role there.
    stolen = site.people["bert"] | {"project-id": site.projects["red"]}
    await site.run.request("GET", f"{V2}/app", status=401, headers=stolen)
    everything = await site.ask("GET", "/app", by="root")
    assert {red["id"], blue["id"]} <= {each["id"] for each in everything}
    # What is the project's goes, the rest stays.
    await site.ask("POST", "/multipledelete", [red["id"], blue["id"]], status=204)
    await site.gone(red["id"])
    assert (await site.shown(blue["id"]))["status"] == "RUNNING"
    refused = await site.run.client.delete(f"/api/v1/projects/{site.projects['blue']}", headers=site.run.headers)
    assert refused.status_code == 400
    all_of_it = await site.ask("DELETE", "/app", by="root")
    assert all_of_it["code"] == 200
    assert blue["id"] in [each["id"] for each in all_of_it["responses"]]
    await site.gone(blue["id"])


async def test_everything_that_is_wrong_is_told(site: Site) -> None:
    document = SMALL | {"name": "a.b", "replicasNumber": "many", "gitURL": "file:///etc/passwd"}
    answer = await site.ask("POST", "/app", document, status=400)
    assert set(answer["fields"]) == {"name", "replicasNumber", "gitURL"}
    turn = SMALL | {"name": "turn", "turnServerActivate": True, "turnServerUrl": "turn.example.org:3478"}
    answer = await site.ask("POST", "/app", turn, status=428)
    assert set(answer["fields"]) == {"turnServerUsername", "turnServerPassword"}
    bodies: tuple[Any, ...] = ([], "x", {"name": ["x"]}, {"services": "x"}, {"ports": [1]})
    for body in bodies:
        await site.ask("POST", "/app", body, status=400)
    quota = {"name": "blue", "quota": {"instances": 1}}
    await site.run.request("PUT", f"/api/v1/projects/{site.projects['blue']}", quota, status=202)
    answer = await site.ask("POST", "/app", SMALL | {"name": "large"}, by="bert", status=400)
    assert "2 more media servers: 0 of 1" in answer["message"]


async def test_logs_are_cut_and_failures_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.engine.build_phase = BuildPhase.FAILED
    made = (await site.ask("POST", "/app", SMALL | {"name": "broken"}))["app"]
    await site.until(made["id"], "FAILED")
    site.engine.build_phase = BuildPhase.COMPLETE
    shown = await site.shown(made["id"])
    assert shown["statusReason"] == "Its build failed: no Dockerfile"

    async def long(_name: str) -> str:
        return "ä" * 5000

    monkeypatch.setattr(site.engine, "build_log", long)
    log = (await site.ask("GET", f"/app/{made['id']}/buildlogs"))["log"]
    assert log.startswith("[…")
    assert len(log.encode()) < 1200
    monkeypatch.undo()
    site.engine.reachable = False
    await site.ask("GET", f"/app/{made['id']}/buildlogs", status=503)
    site.engine.reachable = True
    await site.ask("DELETE", f"/app/{made['id']}")
    await site.gone(made["id"])


async def test_secrets(site: Site) -> None:
    name = await site.ask("POST", "/secret", {"projectName": "red", "privateKey": OPENSSH})
    assert site.engine.secrets[name] == OPENSSH
    assert await site.ask("GET", "/secret", by="gus") == [name]
    assert await site.ask("GET", "/secret", by="bert") == []
    await site.ask("DELETE", f"/secret/red/{name}", by="bert", status=400)
    wrong = await site.ask("POST", "/secret", {"privateKey": "top secret"}, status=400)
    assert "top secret" not in str(wrong)
    document = SMALL | {"name": "stolen", "gitURL": "git@git.example.org:a/b", "secretName": name}
    answer = await site.ask("POST", "/app", document, by="bert", status=400)
    assert list(answer["fields"]) == ["secretName"]
    gone = await site.ask("DELETE", f"/secret/red/{name}", root=V1)
    assert gone == {"secretName": name, "projectName": "red", "code": 200}
    assert site.engine.secrets == {}
