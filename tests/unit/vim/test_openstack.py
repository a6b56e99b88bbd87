"""The OpenStack driver with the real SDK, against a cloud in memory."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from nai.catalogue import DeploymentFlavour, Location, VimInstance
from nai.vim import (
    DriverOptions,
    NetworkAttachment,
    ServerRequest,
    VimCredentialsError,
    VimError,
    VimNotFoundError,
    VimQuotaError,
    VimTimeoutError,
    VimUnreachableError,
)
from nai.vim.openstack.connection import Cloud, cloud_of
from nai.vim.openstack.driver import OpenStackDriver
from tests.unit.vim.cloud import HOST, PASSWORD, PROJECT, FakeCloud
from tests.unit.vim.conftest import FastClock

# The SDK warns about its own next release.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")


def instance(**values: Any) -> VimInstance:
    defaults: dict[str, Any] = {
        "name": "vim",
        "type": "openstack",
        "auth_url": f"{HOST}/identity/v3",
        "tenant": "media",
        "username": "media",
        "password": PASSWORD,
    }
    return VimInstance(**{**defaults, **values})


@pytest.fixture
def cloud() -> FakeCloud:
    """A cloud with the network `internal`."""
    made = FakeCloud()
    made.add_network("internal")
    return made


@pytest.fixture
def driver(cloud: FakeCloud, clock: FastClock) -> OpenStackDriver:
    """The driver of the cloud."""
    return opened(cloud, clock)


def opened(cloud: FakeCloud, clock: FastClock, **values: Any) -> OpenStackDriver:
    options = DriverOptions(clock=clock, server_timeout_seconds=30)
    vim = instance(**values)
    return OpenStackDriver(vim, options, Cloud(vim, options, cloud.session()))


def request(name: str = "media-1", floating_ip: str | None = None, **values: Any) -> ServerRequest:
    defaults: dict[str, Any] = {"image": "kms", "flavour": "d1.small", "keys": ["media"], "security_groups": ["media"]}
    return ServerRequest(name=name, networks=[NetworkAttachment("internal", floating_ip)], **{**defaults, **values})


def creations(cloud: FakeCloud) -> int:
    return sum(item == ("POST", "/compute/v2.1/servers") for item in cloud.asked)


async def test_a_server_is_made_once_with_everything_that_was_asked_for(
    cloud: FakeCloud, driver: OpenStackDriver, clock: FastClock
) -> None:
    server = await driver.create_server(request(floating_ip="random", user_data="#!/bin/sh\ntrue\n"))
    assert (server.name, server.status) == ("media-1", "ACTIVE")
    assert server.flavor is not None
    assert (server.flavor.flavour_key, server.flavor.vcpus) == ("d1.small", 1)
    [made] = cloud.servers.values()
    assert made["request"]["security_groups"] == [{"name": "g2"}]
    assert base64.b64decode(made["request"]["user_data"]) == b"#!/bin/sh\ntrue\n"
    assert made["request"]["key_name"] == "media"
    [public] = cloud.floatingips.values()
    assert server.floating_ips == {"internal": public["floating_ip_address"]}
    assert public["description"] == "nai server media-1"
    assert clock.pauses[0] == 0.1, "the first look is soon"
    again = await driver.create_server(request(floating_ip="random"))
    assert again.to_wire() == server.to_wire()
    assert (creations(cloud), len(cloud.floatingips)) == (1, 1)


async def test_two_requests_at_the_same_time_are_one_server(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    one, two = await asyncio.gather(driver.create_server(request()), driver.create_server(request()))
    assert one.ext_id == two.ext_id
    assert creations(cloud) == 1


async def test_a_lost_answer_makes_no_second_server(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.lose_answer = True
    assert (await driver.create_server(request())).status == "ACTIVE"
    assert creations(cloud) == 1


async def test_of_two_servers_of_a_name_the_older_one_stays(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    first = await driver.create_server(request())
    cloud.servers["twin"] = {**next(iter(cloud.servers.values())), "id": "twin", "created": "2026-01-02T00:00:00Z"}
    assert (await driver.create_server(request())).ext_id == first.ext_id
    assert cloud.servers["twin"]["OS-EXT-STS:task_state"] == "deleting"


async def test_a_server_in_error_is_told_with_novas_reason_and_left_for_the_caller(
    cloud: FakeCloud, driver: OpenStackDriver
) -> None:
    cloud.fault = "Image kms could not be loaded: no space left on device"
    with pytest.raises(VimError, match="in ERROR: Image kms could not be loaded: no space left"):
        await driver.create_server(request())
    found = await driver.find_server("media-1")
    assert found is not None
    assert (found.status, found.extended_status) == ("ERROR", cloud.fault)
    await driver.delete_server("media-1")
    assert cloud.servers == {}


async def test_no_host_with_room_is_a_matter_of_quota(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.fault = "No valid host was found. There are not enough hosts available."
    with pytest.raises(VimQuotaError, match="No valid host was found"):
        await driver.create_server(request())


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (403, "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances", VimQuotaError),
        (413, "Too large", VimQuotaError),
        (400, "Invalid user_data", VimError),
        (503, "starting", VimUnreachableError),
    ],
)
async def test_a_refusal_is_passed_on_by_its_kind(
    cloud: FakeCloud, driver: OpenStackDriver, status: int, text: str, kind: type[VimError]
) -> None:
    cloud.refuse["POST /compute/v2.1/servers"] = (status, text)
    with pytest.raises(kind, match=text) as caught:
        await driver.create_server(request())
    assert type(caught.value) is kind
    assert cloud.servers == {}


async def test_a_server_that_never_comes_up_is_given_up(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.polls = 10**9
    with pytest.raises(VimTimeoutError, match="not within 30 s: VIM vim: server media-1 is ACTIVE"):
        await driver.create_server(request())


async def test_a_moment_without_an_answer_is_waited_through(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.busy = True
    assert (await driver.create_server(request(floating_ip="random"))).floating_ips
    assert creations(cloud) == 1
    await driver.delete_server("media-1")
    assert cloud.servers == cloud.floatingips == {}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"image": "none"}, "image none is not there or not active yet; active are kms"),
        ({"image": "half"}, "image half is not there or not active yet"),
        ({"flavour": "none"}, "flavour none is not there; there are d1.small"),
        ({"keys": ["none"]}, "key pair none is not there"),
        ({"security_groups": ["none"]}, "security group none is not there; there are default, media"),
    ],
)
async def test_what_is_missing_is_named_before_anything_is_made(
    cloud: FakeCloud, driver: OpenStackDriver, values: dict[str, Any], text: str
) -> None:
    with pytest.raises(VimNotFoundError, match=text):
        await driver.create_server(request(**values))
    assert creations(cloud) == 0


async def test_a_missing_network_is_named(driver: OpenStackDriver) -> None:
    wanted = ServerRequest(name="x", image="kms", flavour="d1.small", networks=[NetworkAttachment("none")])
    with pytest.raises(VimNotFoundError, match="network none is not there; there are external, internal"):
        await driver.create_server(wanted)


async def test_the_only_network_need_not_be_named(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    server = await driver.create_server(ServerRequest(name="x", image="i1", flavour="f1"))
    assert list(server.ips) == ["internal"]


async def test_further_keys_come_by_user_data(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    await driver.ensure_key("other", "ssh-ed25519 BBBB other")
    await driver.create_server(request(keys=["media", "other"], user_data="#!/bin/bash\necho mine\n"))
    [made] = cloud.servers.values()
    script = base64.b64decode(made["request"]["user_data"]).decode()
    assert script.startswith("#!/bin/bash\n")
    assert "'ssh-ed25519 BBBB other'" in script
    assert script.endswith("echo mine\n")


async def test_user_data_that_nova_does_not_take_is_told(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    with pytest.raises(VimError, match="Nova takes 65535"):
        await driver.create_server(request(user_data="#!/bin/sh\n" + "x" * 65535))
    with pytest.raises(VimError, match="leaves no room for further keys"):
        await driver.create_server(request(keys=["media", "media"], user_data="#!/usr/bin/python3\n"))


async def test_deleting_frees_the_floating_ip_that_was_made_and_lets_go_of_a_users_own(
    cloud: FakeCloud, driver: OpenStackDriver
) -> None:
    cloud.floatingips["own"] = {
        "id": "own",
        "floating_ip_address": "203.0.113.200",
        "floating_network_id": "ext",
        "port_id": None,
        "description": "",
    }
    await driver.create_server(request("one", "random"))
    two = await driver.create_server(request("two", "203.0.113.200"))
    assert two.floating_ips == {"internal": "203.0.113.200"}
    with pytest.raises(VimError, match="another server"):
        await driver.create_server(request("three", "203.0.113.200"))
    for name in ("one", "two", "two"):
        await driver.delete_server(name)
    assert list(cloud.floatingips) == ["own"]
    assert cloud.floatingips["own"]["port_id"] is None


async def test_a_floating_ip_that_an_earlier_run_left_is_used(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.floatingips["left"] = {
        "id": "left",
        "floating_ip_address": "203.0.113.99",
        "floating_network_id": "ext",
        "port_id": None,
        "description": "nai server media-1",
    }
    server = await driver.create_server(request(floating_ip="random"))
    assert server.floating_ips == {"internal": "203.0.113.99"}
    await driver.delete_server("media-1")
    assert cloud.floatingips == {}


async def test_without_descriptions_as_in_kilo_free_addresses_are_used_and_kept(
    cloud: FakeCloud, driver: OpenStackDriver
) -> None:
    cloud.descriptions = False
    await driver.create_server(request(floating_ip="random"))
    [made] = cloud.floatingips.values()
    assert "description" not in made
    await driver.delete_server("media-1")
    assert [item["port_id"] for item in cloud.floatingips.values()] == [None]
    server = await driver.create_server(request(floating_ip="random"))
    assert server.floating_ips == {"internal": made["floating_ip_address"]}


async def test_an_exhausted_pool_takes_an_idle_address_of_the_user_or_is_told(
    cloud: FakeCloud, driver: OpenStackDriver
) -> None:
    cloud.refuse["POST /network/v2.0/floatingips"] = (409, "No more IP addresses available on network ext.")
    with pytest.raises(VimQuotaError, match="No more IP addresses"):
        await driver.create_server(request(floating_ip="random"))
    cloud.floatingips["own"] = {
        "id": "own",
        "floating_ip_address": "203.0.113.200",
        "floating_network_id": "ext",
        "port_id": None,
        "description": "mine",
    }
    assert (await driver.create_server(request(floating_ip="random"))).floating_ips == {"internal": "203.0.113.200"}


async def test_a_network_without_a_router_has_no_floating_ips(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.ports.clear()
    with pytest.raises(VimError, match="no router joins network"):
        await driver.create_server(request(floating_ip="random"))


async def test_a_network_is_made_with_a_way_out_and_completed_after_a_crash(
    cloud: FakeCloud, driver: OpenStackDriver
) -> None:
    made = await driver.ensure_network("new")
    assert made.subnets[0].cidr == "192.168.0.0/24"
    [joined] = [port for port in cloud.ports.values() if port["network_id"] == made.ext_id]
    joined_router = joined["device_id"]
    assert cloud.routers[joined_router]["external_gateway_info"] == {"network_id": "ext"}
    # The last piece is missing: its maker was killed.
    cloud.ports = {key: port for key, port in cloud.ports.items() if port is not joined}
    assert (await driver.ensure_network("new")).ext_id == made.ext_id
    assert [port["device_id"] for port in cloud.ports.values() if port["network_id"] == made.ext_id] == [joined_router]
    assert (await driver.ensure_network("more")).subnets[0].cidr == "192.168.1.0/24"


async def test_a_network_of_somebody_else_is_used_as_it_is(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    before = len(cloud.asked)
    assert (await driver.ensure_network("internal")).ext_id == "n-internal"
    assert {method for method, _ in cloud.asked[before:]} <= {"GET", "POST"}
    assert not [path for method, path in cloud.asked[before:] if method == "POST" and "/network/" in path]


async def test_flavours_are_found_or_made(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    assert await driver.ensure_flavour(DeploymentFlavour(flavour_key="d1.small")) == "f1"
    made = await driver.ensure_flavour(DeploymentFlavour(flavour_key="new", ram=64, vcpus=1))
    assert cloud.flavors[made]["name"] == "new"
    with pytest.raises(VimNotFoundError, match="flavour unknown is not there"):
        await driver.ensure_flavour(DeploymentFlavour(flavour_key="unknown"))
    cloud.refuse["POST /compute/v2.1/flavors"] = (403, "Policy doesn't allow it to be performed.")
    with pytest.raises(VimNotFoundError, match="Policy doesn't allow"):
        await driver.ensure_flavour(DeploymentFlavour(flavour_key="other", ram=64, vcpus=1))


async def test_a_key_is_replaced_only_when_it_is_another_one(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    await driver.ensure_key("media", "ssh-ed25519 AAAA another comment")
    assert cloud.keypairs["media"]["public_key"].endswith("media")
    await driver.ensure_key("media", "ssh-ed25519 CCCC new\n")
    assert cloud.keypairs["media"]["public_key"] == "ssh-ed25519 CCCC new"


async def test_what_is_left_of_the_quota(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    await driver.create_server(request(floating_ip="random"))
    left = await driver.quota()
    assert (left.instances, left.cores, left.ram, left.floating_ips) == (9, 2**31 - 1, 0, 4)
    cloud.refuse["GET /network/v2.0/quotas/.*"] = (403, "not for you")
    assert (await driver.quota()).floating_ips == 2**31 - 1


async def test_the_inventory_leaves_out_what_cannot_be_used(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    cloud.networks["foreign"] = {"id": "foreign", "name": "foreign", "project_id": "x", "router:external": False}
    inventory = await driver.refresh()
    assert [image.name for image in inventory.images] == ["kms"]
    assert {network.name for network in inventory.networks} == {"internal", "external"}


async def test_stopping_and_starting(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    await driver.create_server(request())
    for _ in range(2):
        await driver.stop_server("media-1")
    found = await driver.find_server("media-1")
    assert found is not None
    assert found.status == "SHUTOFF"
    await driver.create_server(request())
    assert [item["status"] for item in cloud.servers.values()] == ["ACTIVE"]
    with pytest.raises(VimNotFoundError, match="server other is not there"):
        await driver.start_server("other")


async def test_servers_are_listed_by_prefix_with_few_requests(cloud: FakeCloud, driver: OpenStackDriver) -> None:
    for name in ("media-2", "media-1", "other"):
        await driver.create_server(request(name, "random"))
    before = len(cloud.asked)
    found = await driver.list_servers("media-")
    assert [server.name for server in found] == ["media-1", "media-2"]
    assert len({server.floating_ips["internal"] for server in found}) == 2
    assert len(cloud.asked) - before <= 7
    assert await driver.list_servers("none") == []


@pytest.mark.parametrize("tenant", ["media", PROJECT.replace("p", "a")])
async def test_keystone_v3_by_name_and_by_id(cloud: FakeCloud, clock: FastClock, tenant: str) -> None:
    await opened(cloud, clock, tenant=tenant, auth_url=f"{HOST}/identity").refresh()
    scope = next(body for body in cloud.bodies if "auth" in body)["auth"]["scope"]["project"]
    named = {"name": "media", "domain": {"name": "Default"}}
    assert scope == (named if tenant == "media" else {"id": tenant})


async def test_keystone_v2_where_the_url_says_so(cloud: FakeCloud, clock: FastClock) -> None:
    driver = opened(cloud, clock, auth_url=f"{HOST}/identity/v2.0")
    assert (await driver.create_server(request())).status == "ACTIVE"
    assert ("POST", "/identity/v2.0/tokens") in cloud.asked
    assert ("POST", "/identity/v3/auth/tokens") not in cloud.asked


async def test_wrong_credentials_are_told_without_the_password(cloud: FakeCloud, clock: FastClock) -> None:
    with pytest.raises(VimCredentialsError, match="Keystone refuses the credentials") as caught:
        await opened(cloud, clock, password="wrong-one").refresh()
    assert "wrong-one" not in str(caught.value)


async def test_a_location_that_is_a_region_is_used(cloud: FakeCloud, clock: FastClock) -> None:
    for place, region in (("Berlin", "Berlin"), ("Madrid", "Berlin"), ("RegionOne", "RegionOne")):
        vim = instance(location=Location(name=place))
        connection = Cloud(vim, DriverOptions(clock=clock), cloud.session())
        assert connection.api.config.get_region_name() == region


def test_a_connection_is_kept_until_something_of_it_changes() -> None:
    options = DriverOptions()
    kept = cloud_of(instance(), options)
    assert cloud_of(instance(images=[]), options) is kept
    assert cloud_of(instance(password="new"), options) is not kept
    assert PASSWORD not in repr(vars(kept))


def test_an_instance_without_a_url_is_refused() -> None:
    with pytest.raises(VimError, match="has no authUrl"):
        Cloud(instance(auth_url=None), DriverOptions())
