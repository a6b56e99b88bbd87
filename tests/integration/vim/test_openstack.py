"""The driver for OpenStack against the cloud of the testbed."""

from __future__ import annotations

import asyncio
import io
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from nai.catalogue import DeploymentFlavour, VimInstance
from nai.vim import DriverOptions, NetworkAttachment, ServerRequest, VimError, VimNotFoundError, VimUnreachableError
from nai.vim.openstack.connection import Cloud
from nai.vim.openstack.driver import OpenStackDriver
from tests.integration.vim.conftest import busybox_tree
from tests.support.repository import ROOT

CLOUDS = ROOT / ".nai" / "credentials" / "testbed" / "clouds.yaml"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB17nUyG6qy/E0vIBtI+ga42uqPNSDlm6+jn6urhGYAM somebody"

pytestmark = [
    # The SDK warns about its own future.
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning"),
    pytest.mark.skipif(not CLOUDS.exists(), reason="needs the platform on the testbed: make up"),
    pytest.mark.skipif(shutil.which("busybox") is None, reason="not installed: busybox-static"),
]


@dataclass
class Lab:
    """A project's driver with names of its own.

    Attributes:
        driver: Of the testbed's cloud.
        prefix: What every name here starts with; the names of image, flavour and network.
        admin: The SDK, to look behind the driver.
        instance: What the driver was opened with.
    """

    driver: OpenStackDriver
    prefix: str
    admin: Any
    instance: VimInstance


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The administrator's project; everything made in it is removed at the end."""
    region = OpenStackConfig(config_files=[str(CLOUDS)], load_envvars=False).get_one("nai")
    auth = region.get_auth_args()
    admin = Connection(config=region)
    prefix = f"naitest-{uuid.uuid4().hex[:8]}"
    instance = VimInstance(
        name=prefix,
        type="openstack",
        auth_url=auth["auth_url"],
        tenant=auth["project_name"],
        username=auth["username"],
        password=auth["password"],
    )
    options = DriverOptions(server_timeout_seconds=180)
    driver = OpenStackDriver(instance, options, Cloud(instance, options))
    image = admin.image.create_image(
        prefix,
        data=io.BytesIO(busybox_tree()),
        container_format="docker",
        disk_format="raw",
        visibility="private",
        properties={"os_command_line": "/bin/sleep 100000"},
        wait=True,
        timeout=60,
    )
    try:
        yield Lab(driver, prefix, admin, instance)
    finally:
        for server in admin.compute.servers(name=f"^{prefix}"):
            admin.compute.delete_server(server)
            admin.compute.wait_for_delete(server, wait=60)
        for ip in admin.network.ips():
            if prefix in (ip.description or ""):
                admin.network.delete_ip(ip)
        for router in admin.network.routers(name=f"{prefix}-router"):
            for subnet in admin.network.subnets(name=f"{prefix}-subnet"):
                admin.network.remove_interface_from_router(router, subnet_id=subnet.id)
            admin.network.delete_router(router)
        for network in admin.network.networks(name=prefix):
            admin.network.delete_network(network)
        admin.compute.delete_keypair(prefix, ignore_missing=True)
        for flavor in admin.compute.flavors():
            if flavor.name == prefix:
                admin.compute.delete_flavor(flavor)
        admin.image.delete_image(image)
        admin.close()


async def prepare(lab: Lab) -> None:
    await lab.driver.ensure_flavour(DeploymentFlavour(flavour_key=lab.prefix, vcpus=1, ram=64, disk=1))
    await lab.driver.ensure_network(lab.prefix)
    await lab.driver.ensure_key(lab.prefix, KEY)


def request(lab: Lab, name: str, floating_ip: str | None = None, **values: Any) -> ServerRequest:
    wanted: dict[str, Any] = {"image": lab.prefix, "flavour": lab.prefix, "keys": [lab.prefix], **values}
    return ServerRequest(
        name=f"{lab.prefix}-{name}",
        networks=[NetworkAttachment(lab.prefix, floating_ip)],
        security_groups=["default"],
        **wanted,
    )


async def test_a_server_with_a_floating_ip_comes_and_goes_with_it(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "one", "random", user_data="#!/bin/sh\necho user data ran\n")
    server = await lab.driver.create_server(wanted)
    assert server.status == "ACTIVE"
    assert server.flavor is not None
    assert (server.flavor.flavour_key, server.flavor.ram) == (lab.prefix, 64)
    [address] = server.ips[lab.prefix]
    assert address.startswith("192.168.")
    public = server.floating_ips[lab.prefix]
    again = await lab.driver.create_server(wanted)
    assert (again.ext_id, again.floating_ips) == (server.ext_id, {lab.prefix: public})
    assert [item.name for item in await lab.driver.list_servers(lab.prefix)] == [wanted.name]
    await lab.driver.delete_server(wanted.name)
    assert await lab.driver.find_server(wanted.name) is None
    assert public not in {
        ip.floating_ip_address for ip in await asyncio.to_thread(lambda: list(lab.admin.network.ips()))
    }
    await lab.driver.delete_server(wanted.name)


async def test_stopping_and_starting_is_idempotent(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "power")
    await lab.driver.create_server(wanted)
    for _ in range(2):
        await lab.driver.stop_server(wanted.name)
    stopped = await lab.driver.find_server(wanted.name)
    assert stopped is not None
    assert stopped.status == "SHUTOFF"
    # Wanted again, it is started.
    assert (await lab.driver.create_server(wanted)).status == "ACTIVE"
    await lab.driver.start_server(wanted.name)
    await lab.driver.delete_server(wanted.name)


async def test_a_server_that_fits_nowhere_tells_novas_reason(lab: Lab) -> None:
    await prepare(lab)
    await lab.driver.ensure_flavour(DeploymentFlavour(flavour_key=lab.prefix, vcpus=1, ram=64, disk=1))
    huge = await asyncio.to_thread(
        lambda: lab.admin.compute.create_flavor(name=f"{lab.prefix}-huge", vcpus=1, ram=2**20, disk=1)
    )
    wanted = request(lab, "huge", flavour=huge.id)
    try:
        with pytest.raises(VimError, match=r"No valid host was found|[Qq]uota"):
            await lab.driver.create_server(wanted)
    finally:
        await lab.driver.delete_server(wanted.name)
        await asyncio.to_thread(lab.admin.compute.delete_flavor, huge)


async def test_what_is_missing_is_named_and_nothing_is_made(lab: Lab) -> None:
    await prepare(lab)
    for values, text in (
        ({"image": "no-such-image"}, "image no-such-image is not there"),
        ({"flavour": "no-such-flavour"}, "flavour no-such-flavour is not there"),
        ({"keys": ["no-such-key"]}, "key pair no-such-key is not there"),
    ):
        with pytest.raises(VimNotFoundError, match=text):
            await lab.driver.create_server(request(lab, "missing", **values))
    assert await lab.driver.find_server(f"{lab.prefix}-missing") is None


async def test_the_inventory_has_what_was_made(lab: Lab) -> None:
    await prepare(lab)
    inventory = await lab.driver.refresh()
    assert lab.prefix in {image.name for image in inventory.images}
    network = next(item for item in inventory.networks if item.name == lab.prefix)
    assert network.subnets[0].cidr
    assert any(item.external for item in inventory.networks)
    left = await lab.driver.quota()
    assert left.instances > 0


async def test_a_wrong_password_is_told_as_such(lab: Lab) -> None:
    wrong = lab.instance.model_copy(update={"password": "not-the-password"})
    driver = OpenStackDriver(wrong, DriverOptions(), Cloud(wrong, DriverOptions()))
    with pytest.raises(VimUnreachableError, match="refuses the credentials"):
        await driver.refresh()
