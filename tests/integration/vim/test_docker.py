"""The driver for Docker against this machine's engine."""

from __future__ import annotations

import asyncio
import socket
import urllib.request

import pytest

from nai.catalogue import DeploymentFlavour
from nai.vim import NetworkAttachment, ServerRequest, VimError, VimNotFoundError
from tests.integration.vim.conftest import Lab
from tests.support.wait import until

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFrJ0 somebody"


def request(lab: Lab, name: str, *, floating_ip: str | None = "random", user_data: str = "") -> ServerRequest:
    return ServerRequest(
        name=f"{lab.prefix}-{name}",
        image=lab.image,
        flavour=lab.prefix,
        networks=[NetworkAttachment(f"{lab.prefix}-a", floating_ip), NetworkAttachment(f"{lab.prefix}-b")],
        keys=[lab.prefix],
        user_data=user_data,
    )


async def prepare(lab: Lab) -> None:
    await lab.driver.ensure_flavour(DeploymentFlavour(flavour_key=lab.prefix, vcpus=64, ram=64))
    await lab.driver.ensure_network(f"{lab.prefix}-a")
    await lab.driver.ensure_network(f"{lab.prefix}-b")
    await lab.driver.ensure_key(lab.prefix, "ssh-rsa AAAA old")
    await lab.driver.ensure_key(lab.prefix, KEY)


async def test_a_container_serves_its_network_and_has_everything_that_was_asked_for(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "web", user_data="#!/bin/sh\necho made by user data > /root/index.html\n")
    server = await lab.driver.create_server(wanted)
    assert (server.status, server.host_name) == ("ACTIVE", wanted.name)
    assert server.flavor is not None
    assert server.flavor.flavour_key == lab.prefix
    assert set(server.ips) == {f"{lab.prefix}-a", f"{lab.prefix}-b"}
    address = server.floating_ips[f"{lab.prefix}-a"]

    def page() -> bytes:
        with urllib.request.urlopen(f"http://{address}:8080/", timeout=5) as answer:
            return bytes(answer.read())

    assert await asyncio.to_thread(until, "user data's page", page, seconds=10) == b"made by user data\n"
    container = lab.client.containers.get(wanted.name)
    assert container.attrs["HostConfig"]["Memory"] == 64 * 2**20
    assert container.exec_run("cat /root/.ssh/authorized_keys").output.decode().strip() == KEY
    # Asked for again, it is the same one, and its user data has run once.
    assert (await lab.driver.create_server(wanted)).ext_id == server.ext_id
    assert [item.name for item in await lab.driver.list_servers(lab.prefix)] == [wanted.name]


async def test_stopping_and_starting_is_idempotent(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "power")
    await lab.driver.create_server(wanted)
    for _ in range(2):
        await lab.driver.stop_server(wanted.name)
    stopped = await lab.driver.find_server(wanted.name)
    assert stopped is not None
    assert stopped.status == "SHUTOFF"
    for _ in range(2):
        await lab.driver.start_server(wanted.name)
    started = await lab.driver.find_server(wanted.name)
    assert started is not None
    assert started.status == "ACTIVE"


async def test_two_requests_at_the_same_time_make_one_container(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "twice")
    one, two = await asyncio.gather(lab.driver.create_server(wanted), lab.driver.create_server(wanted))
    assert one.ext_id == two.ext_id


async def test_a_container_that_was_made_but_never_started_is_completed(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "half")
    lab.client.containers.create(
        lab.image,
        name=wanted.name,
        labels={"nai.vim": lab.prefix, "nai.flavour": lab.prefix, f"nai.floating.{lab.prefix}-a": "random"},
        network=f"{lab.prefix}-a",
    )
    server = await lab.driver.create_server(wanted)
    assert set(server.ips) == {f"{lab.prefix}-a", f"{lab.prefix}-b"}


async def test_an_address_of_the_host_publishes_the_ports_of_the_image(lab: Lab) -> None:
    await prepare(lab)
    wanted = request(lab, "published", floating_ip="127.0.0.77")
    server = await lab.driver.create_server(wanted)
    assert server.floating_ips == {f"{lab.prefix}-a": "127.0.0.77"}

    def answers() -> bool:
        socket.create_connection(("127.0.0.77", 8080), 2).close()
        return True

    await asyncio.to_thread(until, "the port answers", answers, seconds=5)
    await lab.driver.delete_server(wanted.name)


async def test_a_command_that_ends_at_once_is_reported_with_what_it_said(lab: Lab) -> None:
    await prepare(lab)
    wanted = ServerRequest(name=f"{lab.prefix}-ends", image=lab.ends, flavour=lab.prefix)
    with pytest.raises(VimError, match=r"status 3: no licence found"):
        await lab.driver.create_server(wanted)
    await lab.driver.delete_server(wanted.name)
    assert await lab.driver.find_server(wanted.name) is None


async def test_what_is_missing_is_named_and_nothing_is_made(lab: Lab) -> None:
    await prepare(lab)
    wanted = ServerRequest(name=f"{lab.prefix}-none", image="no-such-image", flavour=lab.prefix)
    with pytest.raises(VimNotFoundError, match="no-such-image"):
        await lab.driver.create_server(wanted)
    with pytest.raises(VimNotFoundError, match="flavour huge is not there; there are"):
        await lab.driver.create_server(ServerRequest(name=wanted.name, image=lab.image, flavour="huge"))
    assert await lab.driver.find_server(wanted.name) is None


async def test_a_container_of_somebody_else_is_left_alone(lab: Lab) -> None:
    name = f"{lab.prefix}-foreign"
    foreign = lab.client.containers.create(lab.image, name=name)
    try:
        with pytest.raises(VimError, match="belongs to others"):
            await lab.driver.delete_server(name)
    finally:
        foreign.remove()


async def test_inventory_and_quota_tell_what_the_host_has(lab: Lab) -> None:
    await prepare(lab)
    inventory = await lab.driver.refresh()
    assert lab.image in {image.name for image in inventory.images}
    assert {lab.prefix, "d1.small"} <= {flavour.flavour_key for flavour in inventory.flavours}
    made = next(network for network in inventory.networks if network.name == f"{lab.prefix}-a")
    assert made.subnets[0].cidr
    before = await lab.driver.quota()
    await lab.driver.create_server(request(lab, "quota"))
    after = await lab.driver.quota()
    assert before.ram - after.ram == 64


async def test_deleting_what_is_not_there_is_no_error(lab: Lab) -> None:
    await lab.driver.delete_server(f"{lab.prefix}-never")
    assert await lab.driver.list_servers(f"{lab.prefix}-never") == []
