"""What every service's application does around its routes."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse

from nai.core import service
from nai.core.bus import MemoryBus
from nai.core.database import Database
from nai.core.errors import ConflictError, ErrorAnswer, NotFoundError, ServiceError
from nai.core.log import JsonFormatter, request_id
from nai.core.service import create_app, notify, ready_when
from nai.core.settings import ServiceSettings

router = APIRouter(prefix="/things")


class GoneError(NotFoundError):
    """A thing that is gone."""


@router.get("/{name}")
async def thing(name: str, raised: str = "") -> dict[str, str]:
    """Give the thing, or raise."""
    errors: dict[str, Callable[[], Exception]] = {
        "gone": lambda: GoneError(f"{name} is gone"),
        "busy": lambda: ConflictError(f"{name} is busy"),
        "other": lambda: ServiceError("no"),
        "http": lambda: HTTPException(418, "short and stout"),
        "bug": lambda: ZeroDivisionError("secret"),
    }
    if raised:
        raise errors[raised]()
    return {"name": name, "request": request_id.get() or ""}


@router.post("")
async def add(thing: dict[str, int]) -> dict[str, int]:
    """Echo."""
    return thing


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """A service with one resource."""
    return create_app("Things", "1", routers=[router], errors={ConflictError: ErrorAnswer(423, "Locked")})


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to it."""
    async with client_of(app) as client:
        yield client


@pytest.mark.parametrize(
    ("raised", "status", "body"),
    [
        ("gone", 404, {"code": "Not Found", "message": "a is gone"}),
        ("busy", 423, {"code": "Locked", "message": "a is busy"}),
        ("other", 400, {"code": "Bad Request", "message": "no"}),
        ("http", 418, {"code": "I'm a Teapot", "message": "short and stout"}),
    ],
)
async def test_errors_become_answers(client: httpx.AsyncClient, raised: str, status: int, body: dict[str, str]) -> None:
    answer = await client.get("/things/a", params={"raised": raised})
    assert (answer.status_code, answer.json()) == (status, body)


async def test_a_bug_is_told_by_its_request_and_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/things/a", params={"raised": "bug"}, headers={"X-Request-Id": "abc-1"})
    assert answer.status_code == 500
    assert "abc-1" in answer.json()["message"]
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text


async def test_wrong_body_names_the_place(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", json={"a": "x"})
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("body.a: ")


async def test_services_own_form_of_validation_errors() -> None:
    app = create_app(
        "T", "1", routers=[router], errors={RequestValidationError: ErrorAnswer(400, body=lambda _: {"wrong": True})}
    )
    async with client_of(app) as client:
        answer = await client.post("/things", json={"a": "x"})
    assert (answer.status_code, answer.json()) == (400, {"wrong": True})


async def test_errors_of_a_text_route_are_declared_as_json() -> None:
    texts = APIRouter()

    @texts.get("/text", response_class=PlainTextResponse, responses={404: {"model": dict[str, str]}})
    async def text() -> str:
        raise GoneError("gone")

    app = create_app("T", "1", routers=[texts])
    answers = app.openapi()["paths"]["/text"]["get"]["responses"]
    assert list(answers["404"]["content"]) == ["application/json"]
    assert list(answers["200"]["content"]) == ["text/plain"]
    async with client_of(app) as client:
        assert (await client.get("/text")).headers["content-type"] == "application/json"


async def test_405_names_the_methods_of_all_routes_of_the_path(app: FastAPI) -> None:
    more = APIRouter(prefix="/things")

    @more.delete("/{name}")
    async def remove(name: str) -> None:
        """Nothing."""

    async with client_of(create_app("T", "1", routers=[router, more])) as client:
        answer = await client.patch("/things/a")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET")
    assert answer.json()["code"] == "Method Not Allowed"


async def test_trailing_slash_is_the_same_route(client: httpx.AsyncClient) -> None:
    assert (await client.post("/things/", json={"a": 1})).json() == {"a": 1}
    assert (await client.get("/things/a/")).json()["name"] == "a"


async def test_request_id_is_taken_over_or_made(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things/a", headers={"X-Request-Id": "abc"})
    assert answer.headers["x-request-id"] == answer.json()["request"] == "abc"
    answer = await client.get("/things/a", headers={"X-Request-Id": "a b\tc"})
    assert answer.headers["x-request-id"] == answer.json()["request"] != "a b\tc"
    assert request_id.get() is None


async def test_access_log_has_the_path_without_its_query(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "nai.access")
    await client.get("/things/a", params={"token": "geheim"})
    await client.get("/health")
    (record,) = [each for each in caplog.records if each.name == "nai.access"]
    line = json.loads(JsonFormatter().format(record))
    assert (line["method"], line["path"], line["status"]) == ("GET", "/things/a", 200)
    assert "geheim" not in json.dumps(line)


async def test_figures_are_by_route(client: httpx.AsyncClient) -> None:
    await client.get("/things/b")
    await client.get("/nowhere")
    text = (await client.get("/metrics")).text
    assert 'nai_http_requests_total{method="GET",route="/things/{name}",status="200"}' in text
    assert 'route="unknown",status="404"' in text


async def test_ready_asks_the_database_and_the_bus() -> None:
    database, bus = Database("sqlite+aiosqlite://"), MemoryBus()
    broken: list[Exception] = []

    async def third() -> None:
        if broken:
            raise broken[0]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        ready_when(app, database=database.check, bus=bus.check, third=third)
        yield
        await database.dispose()

    app = create_app("T", "1", lifespan=lifespan)
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)
        broken.append(ConnectionError("broker at 10.0.0.1"))
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["checks"]["third"]) == (503, "ConnectionError")
        assert (await client.get("/health")).status_code == 200


def test_systemd_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    notify("READY=1")  # without systemd nothing happens
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert server.recv(100) == b"READY=1"


def test_service_is_run_as_its_settings_say(monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    configs: list[Any] = []
    monkeypatch.setattr(service, "set_up_logging", configs.append)
    monkeypatch.setattr(service._Server, "run", lambda self: configs.append(self.config))
    settings = {"listen_port": 9, "listen_address": "::1", "database_url": "x", "broker_url": "y"}
    service.serve(app, ServiceSettings.model_validate(settings))
    assert configs[0] == "INFO"
    assert (configs[1].host, configs[1].port, configs[1].access_log) == ("::1", 9, False)
