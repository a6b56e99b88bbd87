"""The whole service on a real database and broker: nothing in memory, nobody in another's place."""

import asyncio
import io
import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from nai.catalogue import Action, NetworkServiceDescriptor, VimInstance, samples
from nai.core import operations
from nai.core.bus import AmqpBus
from nai.core.clock import SystemClock
from nai.core.migrations import upgrade
from nai.nfvo.bringing_up import Parts
from nai.nfvo.client import NfvoClient, NfvoError
from nai.nfvo.service import create_app
from nai.nfvo.settings import NfvoSettings
from nai.nfvo.wiring import orchestrator_of
from tests.support.vim import MemoryVim

PASSWORD = "a long password"
VIM = VimInstance(
    name="nubomedia-vim", type="memory", auth_url="http://v", username="u", password="not to be seen", tenant="t"
)


@pytest.fixture
async def client(database_url: str, broker_url: str, tmp_path: Path) -> AsyncIterator[NfvoClient]:
    for package in (operations.PACKAGE, "nai.nfvo"):
        await upgrade(database_url, package)
        # Run again it changes nothing, whatever was made of it.
        await upgrade(database_url, package)
    settings = NfvoSettings.model_validate(
        {
            "database_url": database_url,
            "broker_url": broker_url,
            "admin_password": PASSWORD,
            "encryption_key_file": tmp_path / "key",
        }
    )
    vim = MemoryVim(images=["nubomedia/kurento-media-server", "cloud-repo-cdn", "ubuntu-cloud-64bit"])
    parts = Parts(orchestrator_of, AmqpBus.connect, lambda _settings: lambda _vim: vim, SystemClock())
    app = create_app(settings, parts)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        NfvoClient("http://nfvo", "admin", PASSWORD, project="default", transport=transport) as client,
    ):
        yield client


async def registered(client: NfvoClient, broker_url: str) -> None:
    """Register two managers over the bus, as third-party ones do."""
    bus = await AmqpBus.connect(broker_url)
    for type_ in ("media-server", "generic"):
        endpoint = {"type": type_, "endpoint": f"{type_}-endpoint", "endpointType": "RABBIT", "enabled": True}
        await bus.publish("nfvo.vnfm.register", endpoint)
    async with asyncio.timeout(20):
        while len(await client.request("GET", "/vnfmanagers")) < 2:
            await asyncio.sleep(0.1)
    await bus.close()


async def test_the_paas_managers_descriptor_is_kept_in_mariadb(client: NfvoClient, broker_url: str) -> None:
    await registered(client, broker_url)
    made = await client.create_vim(VIM)
    assert made.password is None
    sent = samples.paas_application_nsd()
    sent.name = "bücher-☕-🎬"
    stored = await client.create_service_descriptor(sent)
    assert (await client.service_descriptors())[0].to_wire() == stored.to_wire()
    assert stored.name == sent.name
    with pytest.raises(NfvoError, match="may have 255"):
        await client.create_service_descriptor(NetworkServiceDescriptor(name="n" * 300))
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(NfvoError, match="nested deeper"):
        await client.create_service_descriptor(NetworkServiceDescriptor.from_wire({"name": "deep", "odd": deep}))
    await client.delete_service_descriptor(str(stored.id))


async def test_at_once_only_one_of_a_name_is_made(client: NfvoClient) -> None:
    outcomes = await asyncio.gather(
        *(client.request("POST", "/projects", json={"name": "same"}) for _ in range(8)), return_exceptions=True
    )
    made = [each for each in outcomes if isinstance(each, dict)]
    refused = [each for each in outcomes if isinstance(each, NfvoError)]
    assert len(made) == 1
    assert {each.status for each in refused} == {422}
    assert len(made) + len(refused) == 8


async def test_many_requests_at_once(client: NfvoClient) -> None:
    names = [f"c{number}" for number in range(40)]
    await asyncio.gather(*(client.request("POST", "/configurations", json={"name": name}) for name in names))
    assert sorted(each["name"] for each in await client.request("GET", "/configurations")) == sorted(names)
    history = await client.request("GET", "/history")
    assert len(history) == 40
    first = await asyncio.gather(*(client.subscribe("x", Action.ERROR, "queue") for _ in range(3)))
    assert len({each.id for each in first} & {each["id"] for each in await client.request("GET", "/events")}) >= 1


async def test_a_large_package_goes_through(client: NfvoClient, broker_url: str) -> None:
    await registered(client, broker_url)
    written = io.BytesIO()
    function = samples.media_plane_nsd().vnfd[1].model_copy(update={"vnf_package_location": None, "vdu": []})
    files = {
        "Metadata.yaml": b"name: large",
        "vnfd.json": json.dumps(function.to_wire()).encode(),
        "scripts/large.sh": bytes(range(256)) * 8000,
    }
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    package_id = await client.upload_package("large.tar.gz", written.getvalue())
    (package,) = await client.packages()
    assert package.id == package_id
    assert [script.name for script in package.scripts] == ["large.sh"]
