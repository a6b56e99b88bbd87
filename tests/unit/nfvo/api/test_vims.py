"""Infrastructures, their images, quotas, and what is known of their passwords."""

import sqlite3
from pathlib import Path

import pytest

from nai.nfvo.settings import NfvoSettings
from nai.nfvo.store.vims import vims
from nai.nfvo.vim_watch import VimWatch
from tests.unit.nfvo.api.api_client import VIM, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def registered(api: Api) -> str:
    known = await api.get("/datacenters")
    return str(known[0]["id"] if known else (await api.post("/datacenters", VIM))["id"])


async def test_a_vim_is_looked_at_and_its_password_never_given_back(api: Api, settings: NfvoSettings) -> None:
    id_ = await registered(api)
    known = await api.get(f"/datacenters/{id_}")
    assert known["active"]
    assert "password" not in known
    assert "nubomedia/kurento-media-server" in [image["name"] for image in known["images"]]
    assert known["networks"][0]["id"]
    assert api.vim.seen[-1].password == "os secret"
    assert await api.get("/datacenters") == [known]
    file = Path(settings.database_url.get_secret_value().partition("///")[2])
    stored = b"".join(path.read_bytes() for path in file.parent.glob("nfvo.db*"))
    assert b"nubomedia-vim" in stored
    assert b"os secret" not in stored
    with sqlite3.connect(file) as connection:
        assert connection.execute("select secret from vim_instance").fetchone()[0]
    connection.close()


async def test_the_drivers_get_the_password(api: Api) -> None:
    await registered(api)
    async with api.nfvo.database.session() as session:
        vim = await vims.with_password(session, "nubomedia-vim", api.project_id, api.nfvo.cipher)
        assert vim is not None
        assert vim.password == "os secret"
        assert await vims.with_password(session, "none", api.project_id, api.nfvo.cipher) is None
        assert await vims.names(session, api.project_id) == {"nubomedia-vim"}


async def test_a_vim_that_does_not_answer_is_not_taken(api: Api) -> None:
    api.vim.down = True
    refusal = await api.post("/datacenters", {**VIM, "name": "mars"}, 422)
    api.vim.down = False
    assert "not reachable" in refusal["message"]


async def test_names_are_unique_in_a_project(api: Api) -> None:
    await registered(api)
    assert "already exists" in (await api.post("/datacenters", VIM, 422))["message"]
    await api.post("/datacenters", {**VIM, "name": None}, 422)


async def test_without_a_password_the_former_one_stays(api: Api) -> None:
    id_ = await registered(api)
    changed = await api.put(f"/datacenters/{id_}", {**VIM, "password": None, "tenant": "other"})
    assert changed["tenant"] == "other"
    assert api.vim.seen[-1].password == "os secret"
    await api.put(f"/datacenters/{id_}", {**VIM, "password": "new secret"})
    assert api.vim.seen[-1].password == "new secret"
    await api.put(f"/datacenters/{id_}", VIM)
    await api.put("/datacenters/none", VIM, 404)


async def test_refresh_sees_new_images_under_lasting_ids(api: Api) -> None:
    id_ = await registered(api)
    before = {image["name"]: image["id"] for image in await api.get(f"/datacenters/{id_}/images")}
    api.vim.images.append("new")
    after = {image["name"]: image["id"] for image in (await api.get(f"/datacenters/{id_}/refresh"))["images"]}
    api.vim.images.remove("new")
    assert set(after) - set(before) == {"new"}
    assert before.items() <= after.items()


async def test_images(api: Api) -> None:
    id_ = await registered(api)
    path = f"/datacenters/{id_}/images"
    found = await api.post(path, {"name": "cloud-repo-cdn"}, 200)
    assert await api.get(f"{path}/{found['id']}") == found
    await api.post(path, {"name": "none"}, 422)
    changed = await api.put(f"{path}/{found['id']}", {**found, "minRam": 64}, 200)
    assert changed["minRam"] == 64
    await api.delete(f"{path}/{found['id']}", 200)
    await api.get(f"{path}/{found['id']}", 404)
    await api.get(f"/datacenters/{id_}/refresh")
    await api.get(f"{path}/{found['id']}")


async def test_a_vim_in_use_stays(api: Api) -> None:
    id_ = await registered(api)
    api.orchestrator.records.vims = {"nubomedia-vim"}
    await api.delete(f"/datacenters/{id_}", 422)
    await api.post("/datacenters/multipledelete", [id_], 422)
    api.orchestrator.records.vims = set()
    await api.delete(f"/datacenters/{id_}")
    await api.get(f"/datacenters/{id_}", 404)


async def test_quotas(api: Api) -> None:
    await registered(api)
    quotas = await api.get("/quotas")
    assert quotas["left"]["instances"] == 10
    assert quotas["vims"]["nubomedia-vim"]["ram"] == 40960
    api.vim.down = True
    assert (await api.get("/quotas"))["left"]["instances"] == 0
    api.vim.down = False


async def test_the_watch_notes_who_does_not_answer_and_who_is_back(api: Api) -> None:
    id_ = await registered(api)
    watch = VimWatch(api.nfvo)
    api.vim.down = True
    await watch.look()
    gone = await api.get(f"/datacenters/{id_}")
    assert not gone["active"]
    assert gone["images"]
    api.vim.down = False
    await watch.look()
    assert (await api.get(f"/datacenters/{id_}"))["active"]
    assert api.vim.seen[-1].password == "os secret"
