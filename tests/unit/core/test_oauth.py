"""The token endpoint in the two forms that its clients read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from nai.core.errors import UnauthorizedError
from nai.core.oauth import Grant, gson_date, oauth_router
from nai.core.tokens import digest, new_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2016, 10, 19, 12, 37, 20, tzinfo=UTC)
CLIENT = ("openbatonOSClient", "secret")


class OneUser:
    """Knows admin and one refresh token."""

    async def login(self, username: str, password: str) -> Grant:
        if (username, password) != ("admin", "right"):
            raise UnauthorizedError("Wrong user name or password")
        return Grant("the-token", "the-refresh", NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1))

    async def refresh(self, token: str) -> Grant:
        if token != "the-refresh":
            raise UnauthorizedError("Unknown refresh token")
        return Grant("second", "third", NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1))


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    app.include_router(oauth_router(lambda _request: OneUser()))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://service") as client:
        yield client


async def test_password_grant_answers_in_both_forms(client: AsyncClient) -> None:
    form = {"grant_type": "password", "username": "admin", "password": "right"}
    answer = await client.post("/oauth/token", data=form, auth=CLIENT)
    assert answer.status_code == 200
    assert answer.json() == {
        "value": "the-token",
        "expiration": "Oct 19, 2016 1:37:20 PM",
        "tokenType": "bearer",
        "refreshToken": {"value": "the-refresh", "expiration": "Oct 20, 2016 12:37:20 PM"},
        "scope": ["read", "write"],
        "additionalInformation": {},
        "access_token": "the-token",
        "token_type": "bearer",
        "refresh_token": "the-refresh",
        "expires_in": 3600,
    }
    assert answer.headers["Cache-Control"] == "no-store"


async def test_refresh_grant(client: AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "the-refresh"}
    answer = await client.post("/oauth/token", data=form, auth=CLIENT)
    assert answer.json()["value"] == "second"


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        ({"grant_type": "password", "username": "admin", "password": "wrong"}, CLIENT, 401, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, CLIENT, 401, "invalid_grant"),
        ({"grant_type": "implicit"}, CLIENT, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, ("someone", "else"), 401, "invalid_client"),
        ({"grant_type": "password"}, ("", ""), 401, "invalid_client"),
    ],
)
async def test_refusals(
    client: AsyncClient, form: dict[str, str], auth: tuple[str, str], status: int, error: str
) -> None:
    answer = await client.post("/oauth/token", data=form, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


@pytest.mark.parametrize("header", ["Basic ???", "Basic", "Bearer abc", "Basic w6TDtg==", "ä"])
async def test_any_header_is_refused_without_a_crash(client: AsyncClient, header: str) -> None:
    answer = await client.post(
        "/oauth/token", data={"grant_type": "password"}, headers={b"Authorization": header.encode()}
    )
    assert answer.status_code == 401


def test_midnight_as_gson_writes_it() -> None:
    assert gson_date(datetime(2016, 1, 2, 0, 5, 9, tzinfo=UTC)) == "Jan 2, 2016 12:05:09 AM"


def test_tokens_differ_and_their_digests_hide_them() -> None:
    first, second = new_token(), new_token()
    assert first != second
    assert digest(first) == digest(first) != digest(second)
    assert first not in digest(first)
