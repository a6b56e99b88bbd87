"""A marketplace for tests: its database in a directory, a PaaS manager of a few lines beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from nai.core.clock import ManualClock
from nai.core.migrations import upgrade
from nai.marketplace.bringing_up import Parts
from nai.marketplace.command import PACKAGES
from nai.marketplace.context import Market
from nai.marketplace.service import create_app
from nai.marketplace.settings import MarketplaceSettings

APP = "/api/v1/app"

# As clients of the day send it (wire contracts 4): nulls, a service, requirements.
DOCUMENT: dict[str, Any] = {
    "name": "conference",
    "description": "Rooms for video conferences",
    "provider": "Fokus",
    "shared": True,
    "requirements": {"browser": "WebRTC"},
    "gitURL": "https://git.example.org/team/conference.git",
    "ports": [{"port": 8443, "targetPort": 8443, "protocol": "TCP"}, {"port": 443, "targetPort": 443}],
    "flavor": "MEDIUM",
    "replicasNumber": 1,
    "secretName": None,
    "qualityOfService": None,
    "cloudRepository": False,
    "cdnConnector": False,
    "scaleOutLimit": 0,
    "scaleOutThreshold": 150,
    "turnServerActivate": False,
    "turnServerUrl": None,
    "turnServerUsername": None,
    "turnServerPassword": None,
    "stunServerActivate": False,
    "stunServerIp": None,
    "stunServerPort": None,
    "services": [
        {
            "name": "mysql",
            "dockerURL": "images.example.org/mysql-55",
            "replicasNumber": 1,
            "ports": [{"port": 3306, "targetPort": 3306, "protocol": "TCP"}],
            "envVars": [{"name": "MYSQL_USER", "value": "test"}],
        }
    ],
}


def settings_in(directory: Path, **changes: Any) -> MarketplaceSettings:
    """Settings with the database in a directory, without samples."""
    base = {
        "database_url": f"sqlite+aiosqlite:///{directory}/marketplace.db",
        "paas": {"url": "http://paas"},
        "samples": False,
    }
    return MarketplaceSettings.model_validate(base | changes)


async def migrate(settings: MarketplaceSettings) -> None:
    """Make the tables."""
    for package in PACKAGES:
        await upgrade(settings.database_url.get_secret_value(), package)


@dataclass
class PaasUsers(httpx.AsyncBaseTransport):
    """A PaaS manager that only tells whose a token is: a user's token is `token-of-` and the name.

    Attributes:
        administrators: Names of those who administer it.
        gone: Names of those whose tokens are not good any more.
        away: Whether it does not answer.
        broken: What it answers instead.
        asked: How often it was asked.
    """

    administrators: set[str] = field(default_factory=lambda: {"admin"})
    gone: set[str] = field(default_factory=set)
    away: bool = False
    broken: httpx.Response | None = None
    asked: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("refused")
        if self.broken is not None:
            return self.broken
        scheme, _, token = request.headers["authorization"].partition(" ")
        name = token.removeprefix("token-of-")
        if request.url.path != "/api/v1/users/current" or scheme != "Bearer" or name in {token, *self.gone}:
            return httpx.Response(401, json={"error": "invalid_token"})
        role = {"role": "ADMIN" if name in self.administrators else "USER", "project": "red"}
        return httpx.Response(200, json={"id": f"id-of-{name}", "username": name, "enabled": True, "roles": [role]})


def headers_of(name: str) -> dict[str, str]:
    """The headers of a user of that PaaS manager; of nobody without a name."""
    return {"Authorization": f"Bearer token-of-{name}"} if name else {}


@dataclass
class RunningMarket:
    """A marketplace that runs.

    Attributes:
        app: The application.
        client: Speaks to it.
        paas: Where its users are.
        clock: Its clock.
    """

    app: FastAPI
    client: httpx.AsyncClient
    paas: PaasUsers
    clock: ManualClock

    @property
    def market(self) -> Market:
        """Its parts."""
        market: Market = self.app.state.market
        return market

    async def ask(self, method: str, path: str = "", document: Any = None, *, user: str = "", status: int = 200) -> Any:
        """Send a request below `/api/v1/app`, and return the document of the answer.

        Args:
            method: HTTP's.
            path: What follows.
            document: The body.
            user: Who asks; empty: nobody who is logged in.
            status: What is expected.
        """
        answer = await self.client.request(method, APP + path, json=document, headers=headers_of(user))
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    async def share(self, user: str = "", **changes: Any) -> dict[str, Any]:
        """Share an application."""
        made: dict[str, Any] = await self.ask("POST", "", DOCUMENT | changes, user=user, status=201)
        return made


@asynccontextmanager
async def running(settings: MarketplaceSettings, clock: ManualClock | None = None) -> AsyncIterator[RunningMarket]:
    """Run a marketplace."""
    paas, clock = PaasUsers(), clock or ManualClock()
    app = create_app(settings, Parts(clock=clock, paas=paas))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://market") as client,
    ):
        yield RunningMarket(app, client, paas, clock)
