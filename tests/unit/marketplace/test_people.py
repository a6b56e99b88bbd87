"""Who sees and changes what, and how the marketplace knows who asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from nai.marketplace.settings import MarketplaceSettings
from tests.support.marketplace import APP, DOCUMENT, RunningMarket, migrate, running, settings_in


async def test_who_shared_what_is_told(market: RunningMarket) -> None:
    made = await market.share("anna")
    assert made["sharedBy"] == "anna"
    assert (await market.ask("GET", f"/{made['id']}"))["sharedBy"] == "anna"


async def test_only_the_owner_and_administrators_change_it(market: RunningMarket) -> None:
    made = await market.share("anna")
    path = f"/{made['id']}"
    for user in ("", "berta"):
        for method, body in (("PUT", DOCUMENT), ("DELETE", None)):
            assert "anna" in (await market.ask(method, path, body, user=user, status=403))["message"]
        await market.ask("POST", "/multipledelete", [made["id"]], user=user, status=403)
    assert (await market.ask("PUT", path, DOCUMENT, user="admin"))["sharedBy"] == "anna"
    await market.ask("DELETE", path, user="anna", status=204)


async def test_what_nobody_owns_is_anybodys(market: RunningMarket) -> None:
    made = await market.share()
    changed = await market.ask("PUT", f"/{made['id']}", DOCUMENT | {"name": "other"}, user="anna")
    assert "sharedBy" not in changed
    await market.ask("DELETE", f"/{made['id']}", status=204)


async def test_what_is_not_shared_is_seen_by_its_owner_only(market: RunningMarket) -> None:
    made = await market.share("anna", shared=False)
    assert await market.ask("GET", "", user="anna") == [made]
    for user in ("", "berta", "admin"):
        assert await market.ask("GET", "", user=user) == []
        for method, path, body in (
            ("GET", "", None),
            ("PUT", "", DOCUMENT),
            ("DELETE", "", None),
            ("POST", "/download", None),
        ):
            await market.ask(method, f"/{made['id']}{path}", body, user=user, status=404)
    await market.ask("PUT", f"/{made['id']}", DOCUMENT, user="anna")
    assert len(await market.ask("GET", "")) == 1


async def test_nobody_cannot_keep_anything_back(market: RunningMarket) -> None:
    answer = await market.ask("POST", "", DOCUMENT | {"shared": False}, status=400)
    assert list(answer["fields"]) == ["shared"]
    made = await market.share()
    await market.ask("PUT", f"/{made['id']}", DOCUMENT | {"shared": False}, user="anna", status=400)


@pytest.mark.parametrize("token", ["forged", "token-of-gone", "x" * 5000, "ü"])
async def test_a_bad_token_is_told(market: RunningMarket, token: str) -> None:
    market.paas.gone = {"gone"}
    answer = await market.client.get(APP, headers={b"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_is_believed_for_a_while_only(market: RunningMarket) -> None:
    await market.share("anna")
    await market.share("anna")
    assert market.paas.asked == 1
    market.paas.gone = {"anna"}
    await market.clock.advance(11)
    await market.ask("GET", "", user="anna", status=401)


async def test_the_paas_manager_may_be_away(market: RunningMarket) -> None:
    market.paas.away = True
    assert "does not answer" in (await market.ask("GET", "", user="anna", status=503))["message"]
    assert await market.ask("GET", "") == []
    market.paas.away = False
    for answer in (httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(200, json={})):
        market.paas.broken = answer
        await market.ask("GET", "", user="anna", status=503)


async def test_a_private_marketplace(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, readers="logged_in", writers="logged_in", samples=True)
    await migrate(settings)
    async with running(settings) as market:
        for method, path, body in (("GET", "", None), ("POST", "", DOCUMENT), ("POST", "/multipledelete", ["x"])):
            assert "logged in" in (await market.ask(method, path, body, status=401))["message"]
        sample = (await market.ask("GET", "", user="anna"))[0]
        await market.ask("DELETE", f"/{sample['id']}", user="anna", status=403)
        await market.ask("DELETE", f"/{sample['id']}", user="admin", status=204)
        await market.share("anna")


async def test_without_a_paas_manager_tokens_mean_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, paas=None)
    await migrate(settings)
    async with running(settings) as market:
        assert "sharedBy" not in await market.share("anna")


@pytest.mark.parametrize("changes", [{"writers": "logged_in"}, {"readers": "logged_in"}])
def test_who_has_to_log_in_needs_a_place_to(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="it is where they log in"):
        MarketplaceSettings.model_validate({"database_url": "sqlite+aiosqlite://", **changes})
