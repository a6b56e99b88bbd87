"""The orchestrator's interface, as it describes itself."""

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

from nai.core import operations, passwords
from nai.core.bus import Bus, MemoryBus
from nai.core.clock import SystemClock
from nai.core.migrations import upgrade
from nai.nfvo.bringing_up import Parts
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from nai.nfvo.wiring import orchestrator_of
from tests.contract.api.conformance import hold, labels
from tests.support.vim import MemoryVim

PASSWORD = "a long password"
ROOT = "http://testserver"
VIM = {"name": "memory", "type": "memory", "authUrl": "http://vim", "tenant": "t", "username": "u", "password": "p"}
MANAGER = {"type": "dummy", "endpoint": "http://dummy", "endpointType": "REST", "enabled": True, "active": True}
SERVICE = {
    "name": "service",
    "vendor": "NAI",
    "version": "1",
    "vld": [{"name": "internal"}],
    "vnfd": [
        {
            "name": "function",
            "vendor": "NAI",
            "version": "1",
            "type": "dummy",
            "endpoint": "dummy",
            "vdu": [{"scale_in_out": 1, "vnfc": [{"connection_point": [{"virtual_link_reference": "internal"}]}]}],
            "virtual_link": [{"name": "internal"}],
            "deployment_flavour": [{"flavour_key": "m1.small"}],
        }
    ],
}


async def memory_bus(_url: str) -> Bus:
    return MemoryBus()


def made(directory: Path) -> FastAPI:
    """The orchestrator on an infrastructure in memory."""
    settings = NfvoSettings.model_validate(
        {
            "database_url": f"sqlite+aiosqlite:///{directory}/nfvo.db",
            "broker_url": "amqp://",
            "admin_password": PASSWORD,
            "encryption_key_file": directory / "encryption.key",
            "history_level": 0,
        }
    )
    vim = MemoryVim()
    return create_app(settings, Parts(orchestrator_of, memory_bus, lambda _settings: lambda _vim: vim, SystemClock()))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The orchestrator with tables, and with password hashes that cost nothing."""
    directory = tmp_path_factory.mktemp("nfvo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        for package in (operations.PACKAGE, "nai.nfvo"):
            asyncio.run(upgrade(f"sqlite+aiosqlite:///{directory}/nfvo.db", package))
        yield made(directory)


@dataclass(frozen=True)
class Known:
    """The administrator's headers, and ids of what exists, by the names of path parameters."""

    headers: dict[str, str]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
def known(app: FastAPI) -> Known:
    """The administrator, logged in once, and something of every kind."""
    form = {"grant_type": "password", "username": "admin", "password": PASSWORD}
    application: Any = app
    with asgi.get_client(application) as client:
        answer = client.post(f"{ROOT}/oauth/token", data=form, auth=("openbatonOSClient", "secret"))
        token = {"Authorization": f"Bearer {answer.json()['value']}"}
        (project,) = client.get(f"{ROOT}/api/v1/projects", headers=token).json()
        headers = token | {"project-id": project["id"]}

        def make(path: str, document: dict[str, Any]) -> dict[str, Any]:
            answer = client.post(f"{ROOT}/api/v1/{path}", headers=headers, json=document)
            assert answer.status_code == 201, answer.text
            made: dict[str, Any] = answer.json()
            return made

        client.post(f"{ROOT}/admin/v1/vnfm-register", json=MANAGER).raise_for_status()
        vim = make("datacenters", VIM)
        service = make("ns-descriptors", SERVICE)
        values = make("configurations", {"name": "values", "configurationParameters": []})
        (user,) = client.get(f"{ROOT}/api/v1/users", headers=headers).json()
    ids = {
        "vim_id": [vim["id"]],
        "image_id": [each["id"] for each in vim.get("images", [])][:1],
        "nsd_id": [service["id"]],
        "vnfd_id": [service["vnfd"][0]["id"]],
        "configuration_id": [values["id"]],
        "project_id": [project["id"]],
        "user_id": [user["id"]],
        "username": [user["username"]],
    }
    return Known(headers, ids)


@pytest.fixture(scope="module")
def schema(app: FastAPI) -> OpenApiSchema:
    """What the orchestrator says of itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("label", labels(made(Path("/nowhere")).openapi()))
def test_own_description(schema: OpenApiSchema, known: Known, label: str) -> None:
    # The one account is not to lose its rights or its password to a generated document.
    ids = {} if re.search("(PUT|DELETE|POST) .*/(users|projects)", label) else known.ids
    hold(schema, label, ids, known.headers, examples=5)
