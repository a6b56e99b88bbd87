"""The PaaS manager's interface: as it describes itself, and as clients of the day know it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import argon2
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.python import asgi
from schemathesis.specs.openapi.schemas import OpenApiSchema

from nai.catalogue.applications import AppStatus
from nai.core import passwords
from nai.core.bus import MemoryBus
from nai.core.clock import SystemClock
from nai.paas.applications.manager import Manager
from nai.paas.service import create_app
from tests.contract.api.conformance import Describing, hold, labels
from tests.support.paas import CLIENT, PASSWORD, Around, migrate, settings_in
from tests.support.repository import read_yaml
from tests.unit.paas.applications.orchestrator import FakeOrchestrator
from tests.unit.paas.applications.world import REQUEST, FakeMediaServers

ROOT = "http://testserver"
DESCRIPTION = read_yaml(Path(__file__).parent / "swagger" / "paas_manager.yaml")
REMOVING = re.compile(r"(DELETE|POST) .*/(users|projects)|PUT .*/changepwd|DELETE .*/app/{[^/]*}$")
"""What the other requests are about is not to be removed by a generated one."""
REMOVING_ALL = re.compile(r"DELETE .*/app$")


async def somewhere(_host: str) -> list[str]:
    return ["93.184.216.34"]


def made(directory: Path) -> FastAPI:
    """The PaaS manager, with all around it in memory; media servers are there in no time."""
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
    return create_app(settings_in(directory, limits={"poll_seconds": 0.1}), around.parts())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The service with tables, and with password hashes that cost nothing."""
    directory = tmp_path_factory.mktemp("paas")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        asyncio.run(migrate(settings_in(directory)))
        yield made(directory)


@dataclass(frozen=True)
class Known:
    """The administrator's headers, in a project with an application and in an empty one, and what exists.

    Attributes:
        headers: With the project.
        elsewhere: With the empty project.
        user: Name of a user.
        project: Id of the project.
        application: Id of the application in it, which runs.
        hostname: Name of its media server.
        pod: Name of its container.
    """

    headers: dict[str, str]
    elsewhere: dict[str, str]
    user: str
    project: str
    application: str
    hostname: str
    pod: str

    def hold(self, schema: OpenApiSchema, label: str) -> None:
        """Hold the service to an operation of a description."""
        names = {
            "username": [self.user],
            "project_id": [self.project],
            "id": [self.application if "/app/" in label else self.project],
            "hostname": [self.hostname],
            "podName": [self.pod],
        }
        headers = self.elsewhere if REMOVING_ALL.match(label) else self.headers
        hold(schema, label, {} if REMOVING.match(label) else names, headers, examples=6)


@pytest.fixture(scope="module")
def known(app: FastAPI) -> Known:
    """Somebody and something that requests may be about; the administrator is logged in once."""
    form = {"grant_type": "password", "username": "admin", "password": PASSWORD}
    application: Any = app
    with asgi.get_client(application) as client:
        token = client.post(f"{ROOT}/oauth/token", data=form, auth=CLIENT).json()["value"]
        headers = {"Authorization": f"Bearer {token}"}

        def ask(method: str, path: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
            answer = client.request(method, f"{ROOT}{path}", headers=headers, json=document)
            assert answer.ok, answer.text
            asked: dict[str, Any] = answer.json()
            return asked

        project, empty = (ask("POST", "/api/v1/projects", {"name": name})["id"] for name in ("red", "blue"))
        ask("POST", "/api/v1/users", {"username": "somebody", "password": PASSWORD, "enabled": True})
        headers |= {"project-id": project}
        made = ask("POST", "/api/v2/nubomedia/paas/app", REQUEST)["app"]
        for _ in range(300):
            made = ask("GET", f"/api/v2/nubomedia/paas/app/{made['id']}")
            if made["status"] == AppStatus.RUNNING:
                break
            time.sleep(0.05)
    assert made["status"] == AppStatus.RUNNING, made
    return Known(
        headers,
        {**headers, "project-id": empty},
        "somebody",
        project,
        made["id"],
        made["mediaServerGroup"]["hosts"][0]["hostname"],
        made["podList"][0],
    )


@pytest.fixture(scope="module")
def own(app: FastAPI) -> OpenApiSchema:
    """What the service says of itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def original(app: FastAPI) -> OpenApiSchema:
    """What the original said of itself."""
    return schemathesis.openapi.from_asgi("/description.json", Describing(app, DESCRIPTION))


@pytest.mark.parametrize("label", labels(made(Path("/nowhere")).openapi()))
def test_own_description(own: OpenApiSchema, known: Known, label: str) -> None:
    known.hold(own, label)


@pytest.mark.parametrize("label", labels(DESCRIPTION))
def test_description_of_the_day(original: OpenApiSchema, known: Known, label: str) -> None:
    known.hold(original, label)


def test_what_the_requests_were_about_is_still_there(app: FastAPI, known: Known) -> None:
    # Else the requests above would have met nothing but 401, or nothing but what does not exist.
    application: Any = app
    with asgi.get_client(application) as client:
        answer = client.get(f"{ROOT}/api/v1/nubomedia/paas/app/{known.application}", headers=known.headers)
        assert answer.status_code == 200


def test_every_operation_of_the_day_is_served() -> None:
    served = {_shape(label) for label in labels(made(Path("/nowhere")).openapi())}
    assert not [label for label in labels(DESCRIPTION) if _shape(label) not in served]


def _shape(label: str) -> str:
    return re.sub(r"{[^}]*}", "{}", label)
