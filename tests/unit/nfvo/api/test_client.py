"""The client that other services use, against the API itself."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from nai.catalogue import Action, NetworkServiceDescriptor, VimInstance
from nai.nfvo.client import NfvoClient, NfvoError
from tests.unit.nfvo.api.api_client import PASSWORD, VIM, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def client(api: Api) -> AsyncIterator[NfvoClient]:
    transport = api.client._transport
    async with NfvoClient("http://nfvo", "admin", PASSWORD, project="default", transport=transport) as client:
        yield client


async def test_projects_and_infrastructures(client: NfvoClient) -> None:
    project = await client.ensure_project("nubomedia", "the platform's")
    assert await client.ensure_project("nubomedia") == project
    await client.use_project("nubomedia")
    made = await client.create_vim(VimInstance.from_wire(VIM))
    assert made.project_id == project.id
    assert [vim.name for vim in await client.vims()] == ["nubomedia-vim"]
    await client.use_project("default")
    assert await client.vims() == []


async def test_descriptors_and_subscriptions(client: NfvoClient) -> None:
    stored = await client.create_service_descriptor(NetworkServiceDescriptor(name="empty"))
    assert [each.id for each in await client.service_descriptors()] == [stored.id]
    await client.delete_service_descriptor(str(stored.id))
    assert await client.packages() == []
    first = await client.subscribe("paas", Action.INSTANTIATE_FINISH, "nfvo.paas.nsr.create")
    assert await client.subscribe("paas", Action.INSTANTIATE_FINISH, "nfvo.paas.nsr.create") == first
    await client.unsubscribe(str(first.id))


async def test_it_logs_in_again_when_the_token_has_expired(client: NfvoClient, api: Api) -> None:
    await client.vims()
    await api.clock.advance(api.nfvo.settings.token_seconds + 1)
    await client.vims()


async def test_refusals_have_the_orchestrators_words(client: NfvoClient, api: Api) -> None:
    with pytest.raises(NfvoError, match="NetworkServiceDescriptor with id none was not found") as caught:
        await client.delete_service_descriptor("none")
    assert caught.value.status == 404
    with pytest.raises(NfvoError, match="no project"):
        await client.use_project("none")
    async with NfvoClient("http://nfvo", "admin", "wrong", transport=api.client._transport) as other:
        with pytest.raises(NfvoError, match="Bad credentials"):
            await other.projects()


async def test_an_orchestrator_that_is_away_is_named() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        message = "refused"
        raise httpx.ConnectError(message)

    async with NfvoClient("http://away:8080", "admin", PASSWORD, transport=httpx.MockTransport(refuse)) as client:
        with pytest.raises(NfvoError, match="away:8080 does not answer: refused") as caught:
            await client.projects()
    assert caught.value.status is None
