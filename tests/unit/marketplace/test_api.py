"""The marketplace's interface as clients of the day know it (wire contracts 4), and what is new."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from nai.core.clock import ManualClock
from nai.marketplace.samples import samples
from tests.support.marketplace import APP, DOCUMENT, RunningMarket, migrate, running, settings_in


async def test_the_life_of_an_application(market: RunningMarket) -> None:
    made = await market.ask("POST", "", DOCUMENT | {"id": "mine", "downloads": 99, "sharedBy": "me"}, status=201)
    assert made["id"] not in ("", "mine")
    assert made["downloads"] == 0
    assert "sharedBy" not in made
    given = {name: value for name, value in DOCUMENT.items() if value is not None}
    assert {name: made[name] for name in given if name != "ports"} == {n: v for n, v in given.items() if n != "ports"}
    assert made["ports"][1] == {"port": 443, "targetPort": 443, "protocol": "TCP"}
    assert await market.ask("GET", f"/{made['id']}") == made
    assert await market.ask("GET", "") == [made]
    changed = await market.ask("PUT", f"/{made['id']}", DOCUMENT | {"description": "Other", "id": "other"})
    assert changed == made | {"description": "Other"}
    assert await market.ask("DELETE", f"/{made['id']}", status=204) is None
    assert await market.ask("GET", "") == []


@pytest.mark.parametrize("slash", ["", "/"])
async def test_with_and_without_a_slash_at_the_end(market: RunningMarket, slash: str) -> None:
    made = await market.ask("POST", slash, DOCUMENT, status=201)
    assert await market.ask("GET", slash) == [made]
    assert await market.ask("GET", f"/{made['id']}{slash}") == made
    assert await market.ask("POST", f"/multipledelete{slash}", [made["id"]], status=204) is None


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/download")])
async def test_what_is_not_there_is_told_as_the_original_does(market: RunningMarket, method: str, path: str) -> None:
    body = DOCUMENT if method == "PUT" else None
    answer = await market.ask(method, f"/nothing{path}", body, status=404)
    assert abs(answer.pop("timestamp") - time.time() * 1000) < 60_000
    assert answer == {
        "error": "Not Found",
        "exception": "ApplicationNotFoundError",
        "message": "Not found Application with ID: nothing",
        "path": f"{APP}/nothing{path}",
        "status": 404,
    }


async def test_other_errors_have_that_form_too(market: RunningMarket) -> None:
    for method, path, status in (("GET", "/api/v2/app", 404), ("PATCH", APP, 405)):
        answer = await market.client.request(method, path)
        assert answer.status_code == answer.json()["status"] == status
        assert answer.json()["path"] == path


async def test_several_are_deleted_or_none(market: RunningMarket) -> None:
    first, second = await market.share(), await market.share()
    await market.ask("POST", "/multipledelete", [first["id"], "nothing"], status=404)
    assert len(await market.ask("GET", "")) == 2
    await market.ask("POST", "/multipledelete", [first["id"], second["id"], first["id"]], status=204)
    assert await market.ask("GET", "") == []
    await market.ask("POST", "/multipledelete", [], status=204)


async def test_all_that_is_wrong_is_told_at_once_by_field(market: RunningMarket) -> None:
    document: dict[str, Any] = {
        "name": "a/b",
        "shared": True,
        "gitURL": "file:///etc/passwd",
        "flavor": "HUGE",
        "replicasNumber": 0,
        "ports": [{"port": 70000}],
        "services": [{"name": "db", "envVars": [{"name": "1"}]}],
    }
    answer = await market.ask("POST", "", document, status=400)
    assert set(answer["fields"]) == {
        "flavor",
        "name",
        "description",
        "provider",
        "gitURL",
        "replicasNumber",
        "ports.0.port",
        "services.0.dockerURL",
        "services.0.envVars.0.name",
    }
    assert answer["error"] == "Bad Request"
    assert await market.ask("GET", "") == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff"])
async def test_what_is_no_document_is_refused(market: RunningMarket, content: bytes) -> None:
    answer = await market.client.post(APP, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_search(market: RunningMarket) -> None:
    for name, description, provider in (
        ("mirror", "Hats on faces", "Fokus"),
        ("room", "Many faces talk; 100% live", "TUB"),
        ("STRASSE", "Größe_x", "fokus"),
    ):
        await market.share(name=name, description=description, provider=provider)

    async def found(query: str) -> list[str]:
        return [each["name"] for each in await market.ask("GET", f"?{query}")]

    assert await found("q=FACES") == ["mirror", "room"]
    assert await found("q=faces%20talk") == ["room"]
    assert await found("q=größe") == ["STRASSE"]
    # Signs that mean something to the database mean themselves.
    assert await found("q=100%25") == ["room"]
    assert await found("q=%25") == ["room"]
    assert await found("q=_") == ["STRASSE"]
    assert await found("provider=FOKUS") == ["STRASSE", "mirror"]
    assert await found("provider=fokus&q=webrtc&limit=1&offset=1") == ["mirror"]
    assert await found("q=nothing") == []


async def test_downloads_are_counted_each(market: RunningMarket) -> None:
    made = await market.share()
    await asyncio.gather(*(market.ask("POST", f"/{made['id']}/download") for _ in range(5)))
    assert (await market.ask("POST", f"/{made['id']}/download"))["downloads"] == 6
    changed = await market.ask("PUT", f"/{made['id']}", DOCUMENT)
    assert changed["downloads"] == 6


async def test_pages_of_other_origins_may_ask(market: RunningMarket) -> None:
    asked = await market.client.options(
        f"{APP}/x", headers={"Origin": "http://gui", "Access-Control-Request-Method": "PUT"}
    )
    assert asked.status_code == 200
    assert not asked.content
    for answer in (asked, await market.client.get(APP), await market.client.get(f"{APP}/nothing")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Max-Age"] == "3600"
        assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


async def test_a_full_marketplace_takes_no_more(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, most_applications=1)
    await migrate(settings)
    async with running(settings) as market:
        await market.share()
        answer = await market.ask("POST", "", DOCUMENT, status=507)
        assert "takes no more" in answer["message"]


async def test_samples_come_once(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, samples=True)
    await migrate(settings)
    async with running(settings) as market:
        listed = await market.ask("GET", "")
        assert len(listed) == len(samples()) == 3
        await market.ask("DELETE", f"/{listed[0]['id']}", status=204)
    async with running(settings) as market:
        assert len(await market.ask("GET", "")) == 2


async def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    settings, clock = settings_in(tmp_path, samples=True), ManualClock()
    async with running(settings, clock) as market:  # its tables are not there yet
        answer = await market.ask("GET", "", status=503)
        assert "waits for its database" in answer["message"]
        await migrate(settings)
        for _ in range(200):
            await clock.advance(3)
            if getattr(market.app.state, "market", None) is not None:
                break
            await asyncio.sleep(0.01)
        assert len(await market.ask("GET", "")) == 3
        assert (await market.client.get("/ready")).status_code == 200
