"""Logging in, users, roles, projects."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from nai.core.login_guard import FREE_TRIES
from tests.unit.nfvo.api.api_client import CLIENT, PASSWORD, Api

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask_for_token(api: Api, **form: str) -> httpx.Response:
    return await api.client.post("/oauth/token", auth=CLIENT, data=form)


async def test_the_token_is_in_value_and_access_token(api: Api) -> None:
    answer = await ask_for_token(api, grant_type="password", username="admin", password=PASSWORD)
    body = answer.json()
    assert body["value"] == body["access_token"]
    assert body["tokenType"] == "bearer"
    assert body["refreshToken"]["value"]


async def test_a_wrong_password_gives_no_token(api: Api) -> None:
    for username in ("admin", "nobody"):
        answer = await ask_for_token(api, grant_type="password", username=username, password="wrong")
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_grant"


async def test_wrong_passwords_are_slowed_down(api: Api) -> None:
    await api.post("/users", {"username": "guessed", "password": "a user's password", "enabled": True})
    for number in range(FREE_TRIES):
        answer = await ask_for_token(api, grant_type="password", username="guessed", password=f"wrong {number}")
        assert answer.status_code == 401
    answer = await ask_for_token(api, grant_type="password", username="guessed", password="a user's password")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["code"] == "Too Many Requests"
    await api.clock.advance(2)
    answer = await ask_for_token(api, grant_type="password", username="guessed", password="a user's password")
    assert answer.status_code == 200


async def test_a_refresh_token_is_good_once(api: Api) -> None:
    first = (await ask_for_token(api, grant_type="password", username="admin", password=PASSWORD)).json()
    refresh = first["refreshToken"]["value"]
    second = await ask_for_token(api, grant_type="refresh_token", refresh_token=refresh)
    assert second.status_code == 200
    assert (await ask_for_token(api, grant_type="refresh_token", refresh_token=refresh)).status_code == 401
    await api.get("/users/current", headers={"Authorization": f"Bearer {second.json()['value']}"})


async def test_without_a_good_token_the_answer_makes_clients_log_in_again(api: Api) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer unknown"}):
        assert (await api.get("/projects", 401, headers=headers))["error"] == "invalid_token"


async def test_tokens_expire(api: Api) -> None:
    token = await api.token()
    headers = {"Authorization": f"Bearer {token}"}
    await api.clock.advance(api.nfvo.settings.token_seconds - 1)
    await api.get("/users/current", headers=headers)
    await api.clock.advance(1)
    await api.get("/users/current", 401, headers=headers)
    api.headers |= {"Authorization": f"Bearer {await api.token()}"}


async def test_refresh_tokens_and_access_tokens_are_not_the_same(api: Api) -> None:
    answer = await ask_for_token(api, grant_type="password", username="admin", password=PASSWORD)
    refresh = answer.json()["refreshToken"]["value"]
    await api.get("/users/current", 401, headers={"Authorization": f"Bearer {refresh}"})


async def test_every_project_is_accepted_by_its_star_where_clients_do_not_know_one_yet(api: Api) -> None:
    assert [each["name"] for each in await api.get("/projects", headers={"project-id": "*"})] == ["default"]
    project = await api.post("/projects", {"name": "star"}, headers={"project-id": "*"})
    assert project["name"] == "star"
    assert (await api.get("/keys", 404, headers={"project-id": "*"}))["code"] == "Not Found"
    await api.delete(f"/projects/{project['id']}")


async def test_projects_are_unique_and_change(api: Api) -> None:
    project = await api.post("/projects", {"name": "one", "description": "first"})
    assert (await api.post("/projects", {"name": "one"}, 422))["code"] == "Bad Request"
    await api.post("/projects", {"name": "*"}, 422)
    await api.post("/projects", {}, 422)
    changed = await api.put(f"/projects/{project['id']}", {"name": "uno"})
    assert changed == {"id": project["id"], "name": "uno"}
    await api.put(f"/projects/{project['id']}", {"name": "default"}, 422)
    assert await api.get(f"/projects/{project['id']}/") == changed
    await api.post("/projects/multipledelete", [project["id"]], 204)
    assert (await api.get(f"/projects/{project['id']}", 404))["code"] == "Not Found"
    await api.post("/projects/multipledelete", [project["id"]], 404)


async def test_users_see_and_change_only_what_their_roles_allow(api: Api) -> None:
    project = await api.post("/projects", {"name": "zoo"})
    roles = [{"role": "USER", "project": "zoo"}]
    made = await api.post("/users", {"username": "Keeper", "password": "elephants", "enabled": True, "roles": roles})
    assert made["username"] == "keeper"
    assert "password" not in made
    await api.post("/users", {"username": "keeper", "password": "elephants"}, 422)
    guest_roles = [{"role": "GUEST", "project": "zoo"}]
    await api.post("/users", {"username": "visitor", "password": "elephants", "enabled": True, "roles": guest_roles})
    keeper = await api.log_in("KEEPER", "elephants", "zoo")
    visitor = await api.log_in("visitor", "elephants", "zoo")

    assert [each["name"] for each in await keeper.get("/projects")] == ["zoo"]
    assert (await keeper.get("/users/current"))["username"] == "keeper"
    assert (await keeper.get("/users/Keeper"))["username"] == "keeper"
    refused = await keeper.get("/users", 403)
    assert refused["code"] == "Unauthorized exception"
    await keeper.get("/users/admin", 403)
    await keeper.post("/projects", {"name": "mine"}, 403)
    await keeper.get("/keys")
    await keeper.get("/keys", 403, headers={"project-id": api.project_id})
    await keeper.get(f"/projects/{api.project_id}", 404)
    assert await visitor.get("/keys") == []
    await visitor.post("/keys/generate", "mine", 403)

    await api.put("/users/keeper", {"enabled": False, "roles": roles})
    await keeper.get("/users/current", 401)
    for user in await api.get("/users"):
        if user["username"] != "admin":
            await api.delete(f"/users/{user['id']}")
    await visitor.get("/users/current", 401)
    await api.delete(f"/projects/{project['id']}")


async def test_a_role_needs_a_project_that_exists(api: Api) -> None:
    user = {"username": "x", "password": "long enough", "roles": [{"role": "USER", "project": "nowhere"}]}
    assert "nowhere" in (await api.post("/users", user, 422))["message"]


async def test_the_administrator_stays(api: Api) -> None:
    admin = await api.get("/users/current")
    await api.delete(f"/users/{admin['id']}", 422)
    await api.post("/users/multipledelete", [admin["id"]], 422)
    await api.get("/users/nobody", 404)


async def test_passwords_are_changed_by_their_owner_and_by_administrators(api: Api) -> None:
    roles = [{"role": "USER", "project": "default"}]
    user = {"username": "eve", "password": "first password", "enabled": True, "roles": roles}
    made = await api.post("/users", user)
    eve = await api.log_in("eve", "first password")
    await eve.put("/users/changepwd", {"old_pwd": "wrong", "new_pwd": "second password"}, 403)
    await eve.put("/users/changepwd", {"old_pwd": "first password", "new_pwd": "short"}, 422)
    await eve.put("/users/changepwd", {"old_pwd": "first password", "new_pwd": "second password"})
    await eve.log_in("eve", "second password")
    await eve.put("/users/changepwd/eve", {"new_pwd": "third password"}, 403)
    await api.put("/users/changepwd/eve", {"new_pwd": "third password"})
    await eve.get("/users/current", 401)
    await api.log_in("eve", "third password")
    await api.delete(f"/users/{made['id']}")


async def test_a_foreign_client_program_gets_nothing(api: Api) -> None:
    basic = base64.b64encode(b"other:secret").decode()
    answer = await api.client.post(
        "/oauth/token", headers={"Authorization": f"Basic {basic}"}, data={"grant_type": "x"}
    )
    assert answer.status_code == 401


async def test_a_project_that_is_not_named_is_missed(api: Api) -> None:
    headers = {"Authorization": api.headers["Authorization"]}
    answer = await api.client.get("/api/v1/keys", headers=headers)
    assert answer.status_code == 422
    assert "project-id" in answer.json()["message"]


async def test_a_service_works_with_a_key_of_its_own(api: Api) -> None:
    key = await api.post("/components/services/create", {"name": "paas", "roles": ["default"]})
    await api.post("/components/services/create", {"name": "paas"}, 422)
    await api.post("/users", {"username": "Service:x", "password": "long enough"}, 422)
    (service,) = await api.get("/components/services")
    assert service == {"id": service["id"], "name": "paas", "roles": ["default"]}
    assert "service:paas" not in [user["username"] for user in await api.get("/users")]
    answer = await api.client.post("/api/v1/components/services/register", json={"name": "paas", "key": key})
    token = {"Authorization": f"Bearer {answer.json()['value']}"}
    await api.get("/keys", headers=token)
    await api.get("/users", 403, headers=token)
    wrong = await api.client.post("/api/v1/components/services/register", json={"name": "paas", "key": "x"})
    assert wrong.status_code == 401
    admin = await api.get("/users/current")
    await api.post("/components/services/multipledelete", [admin["id"]], 404)
    await api.post("/components/services/multipledelete", [service["id"]], 204)
    await api.get("/keys", 401, headers=token)
