"""The interface of the media-server VNFM: as it describes itself, and as clients of the day know it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.specs.openapi.schemas import OpenApiSchema

from nai.core.bus import Bus, MemoryBus
from nai.core.clock import SystemClock
from nai.core.database import Database
from nai.core.migrations import upgrade
from nai.vnfm.media_server.command import PACKAGES
from nai.vnfm.media_server.lifecycle.elasticity import ROUTERS, Elasticity
from nai.vnfm.media_server.plane import Plane
from nai.vnfm.media_server.service import create_application
from nai.vnfm.media_server.settings import MediaServerSettings
from tests.contract.api.conformance import Describing, hold, labels
from tests.support.repository import read_yaml

VNFR, HOST = "11111111-1111-1111-1111-111111111111", "media-server-1"
KNOWN = {"vnfrId": [VNFR], "vnfr_id": [VNFR], "hostname": [HOST, VNFR], "appId": [], "app_id": []}
DESCRIPTION = read_yaml(Path(__file__).parent / "swagger" / "media_server_vnfm.yaml")


async def memory_bus(_url: str) -> Bus:
    return MemoryBus()


async def seed(url: str) -> None:
    """A VNFR with a server, which has a session."""
    for package in PACKAGES:
        await upgrade(url, package)
    database = Database(url)
    plane = Plane(database, SystemClock())
    await plane.open()
    await plane.manage(VNFR, "nsr-1", "START")
    await plane.add_server(VNFR, HOST, "192.0.2.1", 1_000_000)
    application = await plane.register(VNFR, 50, "conference")
    KNOWN["appId"] = KNOWN["app_id"] = [application.id]
    await plane.close()
    await database.dispose()


def made(url: str) -> FastAPI:
    """The whole service."""
    settings = {"database_url": url, "broker_url": "amqp://", "sessions": {"monitor": "none"}}
    return create_application(
        MediaServerSettings.model_validate(settings), elasticity=Elasticity, routers=ROUTERS, connect=memory_bus
    )


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service, on a database with a little in it."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('media_server')}/db"
    asyncio.run(seed(url))
    return made(url)


@pytest.fixture(scope="module")
def own(app: FastAPI) -> OpenApiSchema:
    """What the service says of itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def original(app: FastAPI) -> OpenApiSchema:
    """What the original said of itself."""
    return schemathesis.openapi.from_asgi("/description.json", Describing(app, DESCRIPTION))


@pytest.mark.parametrize("label", labels(made("sqlite+aiosqlite://").openapi()))
def test_own_description(own: OpenApiSchema, label: str) -> None:
    hold(own, label, KNOWN)


@pytest.mark.parametrize("label", labels(DESCRIPTION))
def test_description_of_the_day(original: OpenApiSchema, label: str) -> None:
    hold(original, label, KNOWN)
