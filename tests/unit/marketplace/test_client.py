"""The client that the command line uses, against the API itself."""

from __future__ import annotations

import httpx
import pytest

from nai.catalogue.applications import MarketplaceApplication
from nai.marketplace.client import MarketplaceClient, MarketplaceError
from tests.support.marketplace import DOCUMENT, RunningMarket


async def test_everything(market: RunningMarket) -> None:
    async with MarketplaceClient("http://market", transport=httpx.ASGITransport(market.app)) as client:
        made = await client.share(MarketplaceApplication.from_wire(DOCUMENT))
        other = await client.share(MarketplaceApplication.from_wire(DOCUMENT | {"name": "other", "provider": "TUB"}))
        assert made.id
        assert other.id
        assert await client.application(made.id) == made
        assert [each.name for each in await client.applications()] == ["conference", "other"]
        assert [each.name for each in await client.applications("other", "tub")] == ["other"]
        assert (await client.download(made.id)).downloads == 1
        made.description = "Changed"
        assert (await client.update(made.id, made)).description == "Changed"
        await client.delete(made.id)
        await client.delete_some([other.id])
        assert await client.applications() == []
        with pytest.raises(MarketplaceError, match="Not found Application") as refused:
            await client.application("nothing")
        assert refused.value.status == 404


async def test_fields_are_told(market: RunningMarket) -> None:
    async with MarketplaceClient("http://market", transport=httpx.ASGITransport(market.app)) as client:
        with pytest.raises(MarketplaceError) as refused:
            await client.share(MarketplaceApplication(name="x"))
        assert "gitURL" in refused.value.fields


async def test_an_expired_token_is_renewed_once(market: RunningMarket) -> None:
    async def renew() -> str:
        return "token-of-anna"

    transport = httpx.ASGITransport(market.app)
    async with MarketplaceClient("http://market", token="old", renew=renew, transport=transport) as client:
        assert (await client.share(MarketplaceApplication.from_wire(DOCUMENT))).shared_by == "anna"
    async with MarketplaceClient("http://market", token="old", transport=transport) as client:
        with pytest.raises(MarketplaceError) as refused:
            await client.applications()
        assert refused.value.status == 401
