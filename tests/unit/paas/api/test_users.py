"""Users, as administrators and everybody manage them (wire contracts 1.2)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from nai.core.login_guard import FREE_TRIES
from nai.paas.api.register import MOST_WAITING
from nai.paas.tables import TokenRow, UserRow
from tests.support.paas import PASSWORD, RunningPaas

pytestmark = pytest.mark.asyncio(loop_scope="module")

USERS = "/api/v1/users"
SECRET = "a user's password"


async def make(api: RunningPaas, name: str, **more: object) -> dict[str, Any]:
    document = {"username": name, "password": SECRET, "enabled": True, **more}
    made: dict[str, Any] = await api.request("POST", USERS, document, status=201)
    return made


async def test_a_user_is_made_listed_and_found(api: RunningPaas) -> None:
    roles = [{"role": "USER", "project": "admin"}]
    made = await make(api, "Ada", email="ada@example.org", roles=roles)
    assert made["username"] == "ada"
    assert "password" not in made
    assert made == await api.request("GET", f"{USERS}/ada", status=200)
    assert made in await api.request("GET", USERS, status=200)
    assert [(role["role"], role["project"]) for role in made["roles"]] == [("USER", "admin")]
    again = {"username": "ADA", "password": SECRET}
    assert (await api.request("POST", USERS, again, status=409))["error"] == "Duplicated"
    async with api.paas.database.session() as session:
        row = await session.scalar(select(UserRow).where(UserRow.username == "ada"))
    assert row is not None
    assert row.password_hash.startswith("$argon2id$")


async def test_all_that_is_wrong_is_told_at_once(api: RunningPaas) -> None:
    document = {
        "username": "no spaces",
        "password": SECRET,
        "email": "nobody",
        "roles": [{"role": "USER"}, {"role": "USER", "project": "unknown"}],
    }
    answer = await api.request("POST", USERS, document, status=400)
    assert set(answer["fields"]) == {"username", "email", "roles.0", "roles.1.project"}
    assert "there is no project unknown" in answer["message"]
    for password in ({}, {"password": "short"}, {"password": "x" * 1025}):
        answer = await api.request("POST", USERS, {"username": "u"} | password, status=400)
        assert "password" in answer["fields"]
    for field in ("username", "password", "email"):
        content = json.dumps({"username": "u", "password": SECRET, field: "\ud800@unpaired.surrogate"})
        assert (await api.client.post(USERS, content=content, headers=api.headers)).status_code == 400
    assert "roles.0.role" in (await api.request("POST", USERS, {"roles": [{"role": "KING"}]}, status=400))["fields"]
    await api.request(
        "POST", USERS, {"username": "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "password": SECRET}, status=400
    )


async def test_only_administrators_manage_users(api: RunningPaas) -> None:
    await make(api, "bob", roles=[{"role": "USER", "project": "admin"}])
    bob = await api.log_in("bob", SECRET)
    for method, path in [
        ("GET", ""),
        ("POST", ""),
        ("POST", "/multipledelete"),
        ("GET", "/admin"),
        ("PUT", "/admin"),
        ("DELETE", "/admin"),
        ("PUT", "/admin/reset"),
    ]:
        document = [] if path == "/multipledelete" else {"password": SECRET}
        sent = None if method in ("GET", "DELETE") else document
        assert (await api.request(method, USERS + path, sent, status=401, headers=bob))["error"] == "Forbidden"
    own = await api.request("GET", f"{USERS}/current", status=200, headers=bob)
    assert own == await api.request("GET", f"{USERS}/BOB", status=200, headers=bob)


async def test_a_change_keeps_what_it_does_not_name(api: RunningPaas) -> None:
    await make(api, "carl", email="carl@example.org", roles=[{"role": "GUEST", "project": "admin"}])
    changed = await api.request("PUT", f"{USERS}/carl", {"email": "c@example.org"}, status=200)
    assert (changed["email"], changed["enabled"], len(changed["roles"])) == ("c@example.org", True, 1)
    changed = await api.request("PUT", f"{USERS}/carl", {"roles": []}, status=200)
    assert changed["roles"] == []
    carl = await api.log_in("carl", SECRET)
    await api.request("PUT", f"{USERS}/carl", {"enabled": False}, status=200)
    await api.request("GET", f"{USERS}/current", status=401, headers=carl)
    assert (await api.try_log_in("carl", SECRET)).status_code == 401
    await api.request("PUT", f"{USERS}/carl", {"enabled": True, "password": "another password"}, status=200)
    assert (await api.try_log_in("carl", "another password")).status_code == 200
    await api.request("PUT", f"{USERS}/nobody", {}, status=400)


async def test_everybody_changes_the_own_password(api: RunningPaas) -> None:
    await make(api, "dora")
    dora, elsewhere = await api.log_in("dora", SECRET), await api.log_in("dora", SECRET)
    path = f"{USERS}/changepwd"
    wrong = {"old_pwd": "wrong password", "new_pwd": "the next password"}
    assert (await api.request("PUT", path, wrong, status=400, headers=dora))["fields"] == {
        "old_pwd": "not the present password"
    }
    short = {"old_pwd": SECRET, "new_pwd": "short"}
    assert "new_pwd" in (await api.request("PUT", path, short, status=400, headers=dora))["fields"]
    right = {"old_pwd": SECRET, "new_pwd": "the next password"}
    assert await api.request("PUT", path, right, status=202, headers=dora) is None
    await api.request("GET", f"{USERS}/current", status=200, headers=dora)
    # Whoever knew the old one is out.
    await api.request("GET", f"{USERS}/current", status=401, headers=elsewhere)
    assert (await api.try_log_in("dora", "the next password")).status_code == 200


async def test_guessing_the_old_password_is_slowed_down(api: RunningPaas) -> None:
    await make(api, "emil")
    emil = await api.log_in("emil", SECRET)

    async def guess(old: str) -> httpx.Response:
        change = {"old_pwd": old, "new_pwd": "the next password"}
        return await api.client.put(f"{USERS}/changepwd", json=change, headers=emil)

    for number in range(FREE_TRIES):
        assert (await guess(f"guess {number}")).status_code == 400
    answer = await guess(SECRET)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


async def test_an_administrator_resets_a_password(api: RunningPaas) -> None:
    await make(api, "fritz")
    fritz = await api.log_in("fritz", SECRET)
    answer = await api.request("PUT", f"{USERS}/fritz/reset", {"password": "a reset password"}, status=200)
    assert answer["username"] == "fritz"
    assert "password" not in answer
    await api.request("GET", f"{USERS}/current", status=401, headers=fritz)
    assert (await api.try_log_in("fritz", "a reset password")).status_code == 200
    await api.request("PUT", f"{USERS}/nobody/reset", {"password": "a reset password"}, status=400)


async def test_a_deleted_users_token_dies(api: RunningPaas) -> None:
    await make(api, "gone")
    gone = await api.log_in("gone", SECRET)
    assert await api.request("DELETE", f"{USERS}/gone", status=204) is None
    await api.request("GET", f"{USERS}/current", status=401, headers=gone)
    await api.request("DELETE", f"{USERS}/gone", status=400)
    # Nor does it come to life with the next user of that name.
    await make(api, "gone")
    await api.request("GET", f"{USERS}/current", status=401, headers=gone)


async def test_many_are_deleted_or_none(api: RunningPaas) -> None:
    ids = [(await make(api, f"many{number}"))["id"] for number in range(3)]
    path = f"{USERS}/multipledelete"
    await api.request("POST", path, [ids[0], "unknown"], status=400)
    await api.request("POST", path, [ids[0], "admin"], status=400)
    await api.request("GET", f"{USERS}/many0", status=200)
    assert await api.request("POST", path, [ids[0], ids[1], ids[1], "many2"], status=204) is None
    left = {user["username"] for user in await api.request("GET", USERS, status=200)}
    assert not left & {"many0", "many1", "many2"}


async def test_the_administrator_stays(api: RunningPaas) -> None:
    await api.request("DELETE", f"{USERS}/admin", status=400)
    await api.request("DELETE", f"{USERS}/ADMIN", status=400)
    changes: list[dict[str, Any]] = [{"enabled": False}, {"roles": []}]
    for change in [*changes, {"roles": [{"role": "USER", "project": "admin"}]}]:
        await api.request("PUT", f"{USERS}/admin", change, status=400)
    await api.request("PUT", f"{USERS}/admin", {"email": "root@example.org"}, status=200)


async def test_who_registers_waits(api: RunningPaas) -> None:
    document = {
        "username": "Hans",
        "password": SECRET,
        "enabled": True,
        "roles": [{"role": "ADMIN", "project": "admin"}],
    }
    made = await api.request("POST", "/register", document, status=201, headers={})
    assert (made["username"], made["enabled"], made["roles"]) == ("hans", False, [])
    assert (await api.try_log_in("hans", SECRET)).status_code == 401
    await api.request("POST", "/register/", document, status=409, headers={})
    await api.request("POST", "/register", {"username": "no spaces", "password": SECRET}, status=400, headers={})
    await api.request("PUT", f"{USERS}/hans", {"enabled": True}, status=200)
    assert (await api.try_log_in("hans", SECRET)).status_code == 200


async def test_not_too_many_wait(api: RunningPaas) -> None:
    async with api.paas.database.session() as session:
        for number in range(MOST_WAITING):
            session.add(UserRow(id=f"waiting-{number}", username=f"waiting{number}", password_hash="", enabled=False))
    answer = await api.request("POST", "/register", {"username": "late", "password": SECRET}, status=400, headers={})
    assert answer["error"] == "Limit reached"
    await api.request("POST", f"{USERS}/multipledelete", [f"waiting{n}" for n in range(MOST_WAITING)], status=204)


async def test_no_token_is_stored_in_clear(api: RunningPaas) -> None:
    token = (await api.try_log_in("admin", PASSWORD)).json()["value"]
    async with api.paas.database.session() as session:
        stored = [row.digest for row in await session.scalars(select(TokenRow))]
    assert token not in stored
    assert {len(each) for each in stored} == {64}
