"""The PaaS manager's interface: as it describes itself, and as clients of the day know it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import argon2
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.python import asgi
from schemathesis.specs.openapi.schemas import OpenApiSchema

from nai.core import passwords
from nai.core.clock import SystemClock
from nai.paas.service import create_app
from tests.contract.api.conformance import Describing, hold, labels
from tests.support.paas import CLIENT, PASSWORD, Around, migrate, settings_in
from tests.support.repository import read_yaml

ROOT = "http://testserver"
DESCRIPTION = read_yaml(Path(__file__).parent / "swagger" / "paas_manager.yaml")
CHANGING_PEOPLE = re.compile(r"(DELETE|POST) .*/(users|projects)|PUT .*/changepwd")
"""Whoever the other requests are about is not to be deleted by a generated one."""


def made(directory: Path) -> FastAPI:
    """The PaaS manager, with all around it in memory."""
    return create_app(settings_in(directory), Around(clock=SystemClock()).parts())


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
    """The administrator's headers, and values that exist, by the names of path parameters."""

    headers: dict[str, str]
    names: dict[str, list[str]]

    def of(self, label: str) -> dict[str, list[str]]:
        """The values for an operation."""
        return {} if CHANGING_PEOPLE.match(label) else self.names


@pytest.fixture(scope="module")
def known(app: FastAPI) -> Known:
    """The administrator, logged in once, and somebody and something that requests may be about."""
    form = {"grant_type": "password", "username": "admin", "password": PASSWORD}
    application: Any = app
    with asgi.get_client(application) as client:
        token = client.post(f"{ROOT}/oauth/token", data=form, auth=CLIENT).json()["value"]
        headers = {"Authorization": f"Bearer {token}"}

        def make(path: str, document: dict[str, Any]) -> dict[str, Any]:
            answer = client.post(f"{ROOT}{path}", headers=headers, json=document)
            assert answer.ok, answer.text
            made: dict[str, Any] = answer.json()
            return made

        project = make("/api/v1/projects", {"name": "red"})
        make("/api/v1/users", {"username": "somebody", "password": PASSWORD, "enabled": True})
    return Known(headers, {"username": ["somebody"], "project_id": [project["id"]], "id": [project["id"]]})


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
    hold(own, label, known.of(label), known.headers, examples=6)


@pytest.mark.parametrize("label", labels(DESCRIPTION))
def test_description_of_the_day(original: OpenApiSchema, known: Known, label: str) -> None:
    hold(original, label, known.of(label), known.headers, examples=6)


def test_all_that_was_asked_by_somebody_logged_in(app: FastAPI, known: Known) -> None:
    # Else the requests above would have met nothing but 401.
    application: Any = app
    with asgi.get_client(application) as client:
        assert client.get(f"{ROOT}/api/v1/users", headers=known.headers).status_code == 200


def test_every_operation_of_the_day_is_served() -> None:
    served = {_shape(label) for label in labels(made(Path("/nowhere")).openapi())}
    assert not [label for label in labels(DESCRIPTION) if _shape(label) not in served]


def _shape(label: str) -> str:
    return re.sub(r"{[^}]*}", "{}", label)
