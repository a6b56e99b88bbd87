"""The Docker driver, against an engine in memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import requests
from docker.errors import APIError

from nai.catalogue import DeploymentFlavour, VimInstance
from nai.vim import (
    DriverOptions,
    NetworkAttachment,
    ServerRequest,
    VimError,
    VimNotFoundError,
    VimQuotaError,
    VimUnreachableError,
)
from nai.vim.docker.driver import DockerDriver
from nai.vim.docker.engine import Engine
from tests.unit.vim.conftest import FastClock
from tests.unit.vim.engine import FakeDocker


@pytest.fixture
def engine() -> FakeDocker:
    """An engine with one image."""
    return FakeDocker()


@pytest.fixture
def driver(engine: FakeDocker, clock: FastClock) -> DockerDriver:
    """The driver of the engine."""
    instance, options = VimInstance(name="vim", type="docker"), DriverOptions(clock=clock, server_timeout_seconds=5)
    return DockerDriver(instance, options, Engine(instance, options, engine))


def request(name: str = "a", floating_ip: str | None = "random", **values: Any) -> ServerRequest:
    networks = [NetworkAttachment("one", floating_ip), NetworkAttachment("two")]
    return ServerRequest(**{"name": name, "image": "kms", "flavour": "d1.large", "networks": networks, **values})


async def prepare(driver: DockerDriver) -> None:
    await driver.ensure_network("one")
    await driver.ensure_network("two")


async def test_a_container_has_everything_that_was_asked_for(engine: FakeDocker, driver: DockerDriver) -> None:
    await prepare(driver)
    await driver.ensure_key("k", "ssh-rsa AAAA k")
    wanted = request(keys=["k"], user_data="#!/bin/sh\ntrue\n")
    one, two = await asyncio.gather(driver.create_server(wanted), driver.create_server(wanted))
    assert one.ext_id == two.ext_id
    assert one.ips == {"one": ["172.18.0.2"], "two": ["172.18.1.2"]}
    assert one.floating_ips == {"one": "172.18.0.2"}
    assert one.flavor is not None
    assert one.flavor.vcpus == 4
    container = engine.container_list["a"]
    assert container.options["nano_cpus"] == 2 * 10**9, "no more than the host has"
    assert container.options["mem_limit"] == "2048m"
    assert container.files == {".nai/user-data": "#!/bin/sh\ntrue\n", "root/.ssh/authorized_keys": "ssh-rsa AAAA k\n"}
    assert all("mkdir /.nai/user-data.started" in command[2] for command in container.executed)


async def test_an_address_of_the_host_publishes_the_images_ports(engine: FakeDocker, driver: DockerDriver) -> None:
    await prepare(driver)
    server = await driver.create_server(request(floating_ip="192.0.2.7"))
    assert server.floating_ips == {"one": "192.0.2.7"}
    assert engine.container_list["a"].options["ports"] == {"8888/tcp": [("192.0.2.7", 8888)]}


async def test_a_race_with_another_process_is_no_error(engine: FakeDocker, driver: DockerDriver) -> None:
    await prepare(driver)
    engine.race = True
    assert (await driver.create_server(request())).status == "ACTIVE"


@pytest.mark.parametrize(("status", "text"), [(3, "status 3: no licence"), (137, "more memory than its flavour has")])
async def test_a_command_that_ends_at_once(engine: FakeDocker, driver: DockerDriver, status: int, text: str) -> None:
    await prepare(driver)
    engine.ends, engine.exec_error = status, "container a is not running"
    with pytest.raises(VimError, match=text):
        await driver.create_server(request())
    await driver.delete_server("a")
    await driver.delete_server("a")
    assert await driver.find_server("a") is None


@pytest.mark.parametrize(("said", "fails"), [("exec: /bin/sh: no such file or directory", False), ("broken", True)])
async def test_an_image_without_a_shell_runs_no_user_data(
    engine: FakeDocker, driver: DockerDriver, said: str, fails: bool
) -> None:
    await prepare(driver)
    engine.exec_error = said
    if fails:
        with pytest.raises(VimError, match=said):
            await driver.create_server(request())
    else:
        assert (await driver.create_server(request())).status == "ACTIVE"


async def test_power(engine: FakeDocker, driver: DockerDriver) -> None:
    await prepare(driver)
    await driver.create_server(request())
    await driver.stop_server("a")
    found = await driver.find_server("a")
    assert found is not None
    assert found.status == "SHUTOFF"
    await driver.start_server("a")
    assert [server.status for server in await driver.list_servers("a")] == ["ACTIVE"]
    with pytest.raises(VimNotFoundError, match="server b is not there"):
        await driver.stop_server("b")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"image": "none"}, "image none: No such image"),
        ({"flavour": "none"}, "flavour none is not there; there are d1.large"),
        ({"keys": ["none"]}, "key none is not there"),
        ({"networks": [NetworkAttachment("none")]}, "network none is not there; there are one, two"),
    ],
)
async def test_what_is_missing_is_named_before_anything_is_made(
    engine: FakeDocker, driver: DockerDriver, values: dict[str, Any], text: str
) -> None:
    await prepare(driver)
    with pytest.raises(VimNotFoundError, match=text):
        await driver.create_server(request(**values))
    assert engine.container_list == {}


async def test_flavours_and_keys_outlive_the_driver(engine: FakeDocker, driver: DockerDriver) -> None:
    assert await driver.ensure_flavour(DeploymentFlavour(flavour_key="own", vcpus=3, ram=77)) == "own"
    with pytest.raises(VimNotFoundError, match="flavour other is not there"):
        await driver.ensure_flavour(DeploymentFlavour(flavour_key="other"))
    sizes = {flavour.flavour_key: flavour.ram for flavour in (await driver.refresh()).flavours}
    assert sizes["own"] == 77
    for key in ("ssh-rsa AAAA", "ssh-rsa AAAA", "ssh-rsa BBBB"):
        await driver.ensure_key("k", key)
    assert engine.volume_list["nai-key-k"].attrs["Labels"]["nai.public-key"] == "ssh-rsa BBBB"


async def test_quota_is_what_the_containers_leave(driver: DockerDriver) -> None:
    await prepare(driver)
    await driver.create_server(request())
    left = await driver.quota()
    assert (left.cores, left.ram) == (2 * 16 - 4, 8192 - 2048)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectionError("refused"), VimUnreachableError),
        (APIError("no space left on device"), VimQuotaError),
        (APIError("something else"), VimError),
    ],
)
async def test_errors_have_their_kind(
    engine: FakeDocker, driver: DockerDriver, error: Exception, kind: type[VimError]
) -> None:
    engine.down = error
    with pytest.raises(kind) as caught:
        await driver.quota()
    assert type(caught.value) is kind
