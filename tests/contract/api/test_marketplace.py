"""The marketplace's interface, as it describes itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.python import asgi
from schemathesis.specs.openapi.schemas import OpenApiSchema

from nai.marketplace.bringing_up import Parts
from nai.marketplace.service import create_app
from tests.contract.api.conformance import hold, labels
from tests.support.marketplace import APP, DOCUMENT, PaasUsers, headers_of, migrate, settings_in

EXAMPLES = 8


def made(directory: Path) -> FastAPI:
    """The marketplace."""
    return create_app(settings_in(directory), Parts(paas=PaasUsers()))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service with tables."""
    directory = tmp_path_factory.mktemp("marketplace")
    asyncio.run(migrate(settings_in(directory)))
    return made(directory)


@pytest.fixture(scope="module")
def own(app: FastAPI) -> OpenApiSchema:
    """What the service says of itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def known(app: FastAPI) -> str:
    """Id of an application that is there."""
    application: Any = app
    with asgi.get_client(application) as client:
        answer = client.post(f"http://testserver{APP}", json=DOCUMENT, headers=headers_of("anna"))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.mark.parametrize("user", ["anna", "", "forged"])
@pytest.mark.parametrize("label", labels(made(Path("/nowhere")).openapi()))
def test_own_description(own: OpenApiSchema, known: str, label: str, user: str) -> None:
    removing = label.startswith("DELETE") or "multipledelete" in label
    headers = {"Authorization": "Bearer forged"} if user == "forged" else headers_of(user)
    hold(own, label, {} if removing else {"id": [known]}, headers, examples=EXAMPLES)


def test_what_the_requests_were_about_is_still_there(app: FastAPI, known: str) -> None:
    application: Any = app
    with asgi.get_client(application) as client:
        assert client.get(f"http://testserver{APP}/{known}").status_code == 200
