"""Projects, and the small operations beside them."""

from __future__ import annotations

import pytest

from tests.support.paas import RunningPaas, migrate, running, settings_in
from tests.unit.paas.api.test_users import SECRET, make

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = "/api/v1/projects"


async def test_a_project_names_its_users(api: RunningPaas) -> None:
    await make(api, "anna")
    await make(api, "bert")
    users = {"anna": "USER", "Bert": "GUEST"}
    made = await api.request("POST", PROJECTS, {"name": "red", "description": "d", "users": users}, status=201)
    assert made["users"] == {"anna": "USER", "bert": "GUEST"}
    assert made == await api.request("GET", f"{PROJECTS}/{made['id']}", status=200)
    roles = (await api.request("GET", "/api/v1/users/anna", status=200))["roles"]
    assert [(role["role"], role["project"]) for role in roles] == [("USER", "red")]
    assert (await api.request("POST", PROJECTS, {"name": "red"}, status=409))["error"] == "Duplicated"


async def test_everybody_sees_the_own_projects(api: RunningPaas) -> None:
    await api.request("POST", PROJECTS, {"name": "blue"}, status=201)
    anna = await api.log_in("anna", SECRET)
    own = await api.request("GET", PROJECTS, status=200, headers=anna)
    assert [each["name"] for each in own] == ["red"]
    everything = {each["name"]: each["id"] for each in await api.request("GET", PROJECTS, status=200)}
    assert {"red", "blue", "admin"} <= set(everything)
    await api.request("GET", f"{PROJECTS}/{everything['red']}", status=200, headers=anna)
    unknown = await api.request("GET", f"{PROJECTS}/{everything['blue']}", status=400, headers=anna)
    assert unknown["message"] == f"Project with id {everything['blue']} was not found"
    for method, path in [("POST", ""), ("PUT", f"/{everything['red']}"), ("DELETE", f"/{everything['red']}")]:
        sent = None if method == "DELETE" else {"name": "x"}
        await api.request(method, PROJECTS + path, sent, status=401, headers=anna)


async def test_a_change_keeps_members_and_quota_that_it_does_not_name(api: RunningPaas) -> None:
    document = {"name": "green", "users": {"anna": "USER"}, "quota": {"applications": 3}}
    made = await api.request("POST", PROJECTS, document, status=201)
    path = f"{PROJECTS}/{made['id']}"
    changed = await api.request("PUT", path, {"name": "grass", "description": "renamed"}, status=202)
    assert (changed["name"], changed["users"], changed["quota"]) == ("grass", {"anna": "USER"}, {"applications": 3})
    # A role is a project's, not a name's.
    roles = (await api.request("GET", "/api/v1/users/anna", status=200))["roles"]
    assert "grass" in [role["project"] for role in roles]
    changed = await api.request("PUT", path, {"name": "grass", "users": {"bert": "ADMIN"}, "quota": {}}, status=202)
    assert changed["users"] == {"bert": "ADMIN"}
    assert "quota" not in changed
    await api.request("PUT", path, {"name": "red"}, status=409)
    await api.request("PUT", f"{PROJECTS}/unknown", {"name": "red"}, status=400)


async def test_all_that_is_wrong_is_told_at_once(api: RunningPaas) -> None:
    document = {"name": "a b", "description": "x" * 4001, "users": {"nobody": "USER"}, "quota": {"replicas": -1}}
    answer = await api.request("POST", PROJECTS, document, status=400)
    assert set(answer["fields"]) == {"name", "description", "users.nobody", "quota.replicas"}
    await api.request("POST", PROJECTS, {"name": "x", "users": {"anna": "KING"}}, status=400)
    await api.request("POST", PROJECTS, {}, status=400)


async def test_the_administrators_project_stays(api: RunningPaas) -> None:
    (admin,) = (each for each in await api.request("GET", PROJECTS, status=200) if each["name"] == "admin")
    path = f"{PROJECTS}/{admin['id']}"
    await api.request("DELETE", path, status=400)
    for change in ({"name": "other"}, {"name": "admin", "users": {}}, {"name": "admin", "users": {"admin": "GUEST"}}):
        await api.request("PUT", path, change, status=400)
    users = {"admin": "ADMIN", "anna": "GUEST"}
    assert (await api.request("PUT", path, {"name": "admin", "users": users}, status=202))["users"] == users


async def test_a_project_with_applications_stays(api: RunningPaas) -> None:
    ids = [(await api.request("POST", PROJECTS, {"name": f"p{n}"}, status=201))["id"] for n in range(3)]
    having = api.app.state.applications.having
    having.add(ids[1])
    answer = await api.request("DELETE", f"{PROJECTS}/{ids[1]}", status=400)
    assert "still has applications" in answer["message"]
    await api.request("POST", f"{PROJECTS}/multipledelete", ids, status=400)
    await api.request("GET", f"{PROJECTS}/{ids[0]}", status=200)
    having.clear()
    assert await api.request("POST", f"{PROJECTS}/multipledelete", [*ids[:2], ids[0]], status=204) is None
    assert await api.request("DELETE", f"{PROJECTS}/{ids[2]}", status=204) is None
    await api.request("DELETE", f"{PROJECTS}/{ids[2]}", status=400)


async def test_a_deleted_project_takes_its_roles_with_it(api: RunningPaas) -> None:
    made = await api.request("POST", PROJECTS, {"name": "short", "users": {"anna": "ADMIN"}}, status=201)
    await api.request("DELETE", f"{PROJECTS}/{made['id']}", status=204)
    roles = (await api.request("GET", "/api/v1/users/anna", status=200))["roles"]
    assert "short" not in [role["project"] for role in roles]


async def test_what_needs_no_log_in(api: RunningPaas) -> None:
    for version in ("v1", "v2"):
        assert await api.request("GET", f"/api/{version}/security", status=200, headers={}) == "true"
        address = await api.request("GET", f"/api/{version}/nubomedia/config", status=200, headers={})
        assert address == "localhost:8082"


async def test_paths_may_end_in_a_slash_and_be_of_the_second_version(api: RunningPaas) -> None:
    first = await api.request("GET", PROJECTS, status=200)
    for path in ("/api/v1/projects/", "/api/v2/projects", "/api/v2/projects/"):
        assert await api.request("GET", path, status=200) == first


async def test_registration_may_be_closed(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = settings_in(tmp_path_factory.mktemp("closed"), registration="closed")
    await migrate(settings)
    async with running(settings) as closed:
        document = {"username": "late", "password": SECRET}
        await closed.request("POST", "/register", document, status=401, headers={})
