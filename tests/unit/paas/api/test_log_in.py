"""Logging in, tokens, and who may do what in which project."""

from __future__ import annotations

from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI

from nai.core.errors import UnauthorizedError
from nai.core.login_guard import FREE_TRIES
from nai.paas.api.access import Caller, InProject
from tests.support.paas import CLIENT, PASSWORD, RunningPaas

pytestmark = pytest.mark.asyncio(loop_scope="module")

USER = "a user's password"


@pytest.fixture(scope="module")
def asked(api: RunningPaas) -> FastAPI:
    """The application with an operation in a project, before any applications exist."""

    async def act(caller: InProject) -> Annotated[dict[str, str | bool], None]:
        assert isinstance(caller, Caller)
        return {"project": caller.project_name, "user": caller.username, "all": caller.sees_everything}

    api.app.add_api_route("/test/act", act, methods=["GET", "POST"])
    return api.app


async def new_user(api: RunningPaas, name: str, **roles: str) -> dict[str, str]:
    """Make a user and the projects of the roles, and log in; a role of `other_` stands for another's project."""
    for project in roles:
        known = await api.request("GET", "/api/v1/projects", status=200)
        if project not in [each["name"] for each in known]:
            await api.request("POST", "/api/v1/projects", {"name": project}, status=201)
    document = {
        "username": name,
        "password": USER,
        "enabled": True,
        "roles": [{"role": role, "project": project} for project, role in roles.items()],
    }
    await api.request("POST", "/api/v1/users", document, status=201)
    return await api.log_in(name, USER)


async def project_id(api: RunningPaas, name: str) -> str:
    known = await api.request("GET", "/api/v1/projects", status=200)
    return next(str(each["id"]) for each in known if each["name"] == name)


async def test_the_token_is_in_value_and_access_token(api: RunningPaas) -> None:
    answer = (await api.try_log_in("admin", PASSWORD)).json()
    assert answer["value"] == answer["access_token"]
    assert answer["tokenType"] == "bearer"
    assert answer["scope"] == ["read", "write"]


async def test_names_are_of_no_case(api: RunningPaas) -> None:
    assert (await api.try_log_in("ADMIN", PASSWORD)).status_code == 200
    await new_user(api, "MixedCase")
    assert (await api.request("GET", "/api/v1/users/mixedCASE", status=200))["username"] == "mixedcase"


async def test_wrong_passwords_are_slowed_down(api: RunningPaas) -> None:
    await new_user(api, "guessed")
    for number in range(FREE_TRIES):
        answer = await api.try_log_in("guessed", f"wrong {number}")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")
    answer = await api.try_log_in("guessed", USER)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 2
    assert "try again in 2 s" in answer.json()["message"]
    assert (await api.try_log_in("admin", PASSWORD)).status_code == 200
    await api.around.clock.advance(2)  # type: ignore[attr-defined]
    assert (await api.try_log_in("guessed", USER)).status_code == 200


async def test_a_refresh_token_is_good_once(api: RunningPaas) -> None:
    refresh = (await api.try_log_in("admin", PASSWORD)).json()["refreshToken"]["value"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}

    async def again() -> httpx.Response:
        return await api.client.post("/oauth/token", data=form, auth=CLIENT)

    first = await again()
    assert first.status_code == 200
    headers = {"Authorization": f"Bearer {first.json()['value']}"}
    await api.request("GET", "/api/v1/users/current", status=200, headers=headers)
    assert (await again()).status_code == 401


async def test_without_a_good_token_clients_log_in_again(api: RunningPaas) -> None:
    for headers in ({}, {"Authorization": "Bearer unknown"}, {"Authorization": "Basic eDp5"}):
        answer = await api.client.get("/api/v1/users/current", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_token"
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_tokens_expire(api: RunningPaas) -> None:
    headers = await api.log_in()
    seconds = api.paas.settings.token_seconds
    await api.around.clock.advance(seconds - 1)  # type: ignore[attr-defined]
    await api.request("GET", "/api/v1/users/current", status=200, headers=headers)
    await api.around.clock.advance(1)  # type: ignore[attr-defined]
    await api.request("GET", "/api/v1/users/current", status=401, headers=headers)
    api.headers = await api.log_in()


@pytest.mark.usefixtures("asked")
async def test_guests_only_read(api: RunningPaas) -> None:
    guest = await new_user(api, "guest", red="GUEST")
    await api.request("GET", "/test/act", status=200, headers=guest)
    answer = await api.request("POST", "/test/act", status=401, headers=guest)
    assert answer == {"error": "Forbidden", "message": "Guest is only allowed to execute GET"}


@pytest.mark.usefixtures("asked")
async def test_users_have_their_projects_only(api: RunningPaas) -> None:
    user = await new_user(api, "painter", green="USER", blue="USER")
    blue, red = await project_id(api, "blue"), await project_id(api, "red")
    answer = await api.request("POST", "/test/act", status=200, headers={**user, "project-id": blue})
    assert answer == {"project": "blue", "user": "painter", "all": False}
    # Without the header: the first of the user's.
    assert (await api.request("GET", "/test/act", status=200, headers=user))["project"] == "blue"
    await api.request("GET", "/test/act", status=401, headers={**user, "project-id": red})
    answer = await api.request("GET", "/test/act", status=400, headers={**user, "project-id": "unknown"})
    assert answer["message"] == "Project with id unknown was not found"


@pytest.mark.usefixtures("asked")
async def test_who_is_in_no_project_does_nothing(api: RunningPaas) -> None:
    nobody = await new_user(api, "loner")
    assert "no role in any project" in (await api.request("GET", "/test/act", status=401, headers=nobody))["message"]


@pytest.mark.usefixtures("asked")
async def test_administrators_are_everywhere(api: RunningPaas) -> None:
    boss = await new_user(api, "boss", green="ADMIN")
    red = await project_id(api, "red")
    assert (await api.request("POST", "/test/act", status=200, headers={**boss, "project-id": red}))["project"] == "red"
    assert (await api.request("GET", "/test/act", status=200))["all"] is True
    await api.request("GET", "/api/v1/users", status=200, headers=boss)


async def test_one_user_has_one_name(api: RunningPaas) -> None:
    # What some databases take for the same name must not have tries of its own.
    for name in ("ádmin", "admin ", "admin\0"):
        with pytest.raises(UnauthorizedError):
            await api.paas.logins.login(name, PASSWORD)
