"""The client that the command line and modules use, against the API itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from nai.catalogue import RoleEnum
from nai.catalogue.applications import (
    Application,
    CreateApplication,
    PaasProject,
    PaasQuota,
    PaasRole,
    PaasUser,
)
from nai.paas.client import PaasClient, PaasError
from tests.support.paas import PASSWORD, RunningPaas

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL, SECRET = "http://paas", "a user's password"


def client_of(api: RunningPaas, *args: str, **options: str) -> PaasClient:
    return PaasClient(URL, *args, transport=httpx.ASGITransport(api.app), **options)


@pytest_asyncio.fixture(loop_scope="module")
async def client(api: RunningPaas) -> AsyncIterator[PaasClient]:
    async with client_of(api, "admin", PASSWORD) as client:
        yield client


async def test_people(client: PaasClient, api: RunningPaas) -> None:
    project = await client.create_project(PaasProject(name="red", quota=PaasQuota(applications=2)))
    role = PaasRole(role=RoleEnum.USER, project="red")
    made = await client.create_user(PaasUser(username="anna", password=SECRET, enabled=True, roles=[role]))
    assert [user.username for user in await client.users()] == ["admin", "anna"]
    assert await client.user("anna") == made
    assert (await client.current_user()).username == "admin"
    assert (await client.update_user("anna", PaasUser(email="a@example.org"))).email == "a@example.org"
    changed = await client.update_project(project.id or "", PaasProject(name="red", description="of Anna"))
    assert changed == await client.project(project.id or "")
    assert changed.quota == PaasQuota(applications=2)
    async with client_of(api, "anna", SECRET, project="red") as anna:
        await anna.change_password(SECRET, "the next password")
        assert [each.name for each in await anna.projects()] == ["red"]
        with pytest.raises(PaasError, match="not an administrator") as caught:
            await anna.users()
        assert caught.value.status == 401
        await client.reset_password("anna", SECRET)
        with pytest.raises(PaasError, match="Bad credentials"):
            await anna.projects()
    await client.register(PaasUser(username="bert", password=SECRET))
    await client.delete_user("anna")
    await client.delete_users([(await client.user("bert")).id or ""])
    await client.delete_projects([project.id or ""])
    other = await client.create_project(PaasProject(name="blue"))
    await client.delete_project(other.id or "")
    assert await client.marketplace_address() == "localhost:8082"


async def test_tokens_of_before_do_without_the_password(client: PaasClient, api: RunningPaas) -> None:
    await client.log_in()
    before = {"token": client.token or "", "refresh_token": client.refresh_token or ""}
    async with client_of(api, **before) as again:
        assert (await again.current_user()).username == "admin"
        await api.around.clock.advance(api.paas.settings.token_seconds + 1)  # type: ignore[attr-defined]
        assert (await again.current_user()).username == "admin"
        assert again.token != before["token"]
    async with client_of(api, **before) as used:
        with pytest.raises(PaasError, match="Invalid refresh token"):
            await used.current_user()
        with pytest.raises(PaasError, match="not logged in"):
            await used.current_user()
    # With a password, a refresh token that is of no use any more does no harm.
    async with client_of(api, "admin", PASSWORD, **before) as knowing:
        assert (await knowing.current_user()).username == "admin"
    api.headers = await api.log_in()


async def test_refusals_name_the_fields(client: PaasClient) -> None:
    with pytest.raises(PaasError, match="there is no project none") as caught:
        await client.create_user(
            PaasUser(username="x", password=SECRET, roles=[PaasRole(role=RoleEnum.USER, project="none")])
        )
    assert (caught.value.status, caught.value.fields) == (400, {"roles.0.project": "there is no project none"})
    with pytest.raises(PaasError, match="no project none"):
        await client.use_project("none")


async def test_a_manager_that_is_away_is_named() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with PaasClient("http://away:8081", "admin", PASSWORD, transport=httpx.MockTransport(refuse)) as client:
        with pytest.raises(PaasError, match="PaaS manager at http://away:8081 does not answer: refused") as caught:
            await client.projects()
    assert caught.value.status is None


async def test_every_verb_of_applications_is_the_contracts() -> None:
    asked: list[tuple[str, str, str | None]] = []
    answers: dict[str, object] = {
        "POST /app": {"app": {"id": "1", "name": "one"}, "code": 200},
        "GET /app": [{"id": "1"}],
        "GET /app/1": {"id": "1", "status": "DEPLOYNG"},
        "DELETE /app/1": {"id": "1", "code": 200},
        "DELETE /app/none": {"code": 404},
        "DELETE /app": {"code": 404, "responses": []},
        "POST /app/1/restart": {"id": "1"},
        "POST /app/1/redeploy": {"id": "1"},
        "PUT /app/1/replicas": {"id": "1", "replicasNumber": 3},
        "GET /app/1/buildlogs": {"id": "1", "log": "built"},
        "GET /app/1/logs/pod-1": "hello\n",
        "POST /secret": "key-1",
        "DELETE /secret/red/key-1": {"secretName": "key-1", "code": 200},
        "GET /server-ip": "192.0.2.9",
        "GET /app/1/media-server": [{"hostname": "h"}],
        "GET /app/1/media-server/h": {"hostname": "h"},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/oauth/token":
            return httpx.Response(200, json={"value": "token"})
        if path == "/api/v1/projects":
            return httpx.Response(200, json=[{"id": "p", "name": "red"}])
        verb = f"{request.method} {path.removeprefix('/api/v2/nubomedia/paas')}"
        asked.append((verb, request.headers["project-id"], request.content.decode() or None))
        if verb not in answers:
            return httpx.Response(202)
        body = answers[verb]
        return httpx.Response(200, text=body) if isinstance(body, str) else httpx.Response(200, json=body)

    async with PaasClient(URL, "u", "p", project="red", transport=httpx.MockTransport(answer)) as client:
        made = await client.create_application(CreateApplication(name="one", git_url="https://example.org/one.git"))
        assert made == Application(id="1", name="one")
        assert (await client.applications())[0].id == "1"
        assert (await client.application("1")).status == "DEPLOYNG"
        assert (await client.delete_application("1")).code == 200
        with pytest.raises(PaasError, match="no application none") as caught:
            await client.delete_application("none")
        assert caught.value.status == 404
        assert (await client.delete_applications()).code == 404
        await client.delete_some_applications(["1", "2"])
        assert (await client.restart_application("1")).id == "1"
        assert (await client.redeploy_application("1")).id == "1"
        assert (await client.set_replicas("1", 3)).replicas_number == 3
        assert (await client.build_logs("1")).log == "built"
        assert await client.log("1", "pod-1") == "hello\n"
        assert await client.create_secret("red", "key") == "key-1"
        await client.delete_secret("red", "key-1")
        assert await client.server_ip() == "192.0.2.9"
        assert [host.hostname for host in await client.media_servers("1")] == ["h"]
        assert (await client.media_server("1", "h")).hostname == "h"
        await client.add_media_server("1")
        await client.remove_media_server("1")
        await client.remove_media_server("1", "h")
        await client.start_media_server("1", "h")
        await client.stop_media_server("1", "a/b")
    assert {project for _, project, _ in asked} == {"p"}
    assert json.loads(asked[0][2] or "") == {"name": "one", "gitURL": "https://example.org/one.git"}
    assert [verb for verb, _, _ in asked if verb not in answers] == [
        "POST /multipledelete",
        "POST /app/1/media-server",
        "DELETE /app/1/media-server",
        "DELETE /app/1/media-server/h",
        "PUT /app/1/media-server/h/start",
        "PUT /app/1/media-server/a/b/stop",
    ]
