"""A host's flags and identity, and when it is left alone, started, or made again."""

import io
import tarfile
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nai.installer.testbed import hosts as module
from nai.installer.testbed.cache import CONFIG_LABEL
from nai.installer.testbed.description import HostDescription
from nai.installer.testbed.hosts import OUTDATED, create_arguments, ensure_host, identity
from nai.installer.testbed.keys import client_key, ensure_keys, host_key, public_key
from nai.installer.testbed.network import Network, plan_networks
from nai.installer.testbed.ownership import Owner
from nai.installer.testbed.recipe import Recipe
from tests.support.fake_engine import FakeEngine

IMAGE = Recipe("compute", "0123456789ab", ())
CONTROLLER = HostDescription(
    "controller1",
    "controller",
    {
        "management": IPv4Address("172.31.90.10"),
        "tunnel": IPv4Address("172.31.91.10"),
        "external": IPv4Address("172.31.92.10"),
    },
)
COMPUTE = HostDescription(
    "compute1",
    "compute",
    {"management": IPv4Address("172.31.90.21"), "tunnel": IPv4Address("172.31.91.21")},
)
HOSTS = (CONTROLLER, COMPUTE)


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    """A checkout with keys."""
    made = Owner(tmp_path, tmp_path)
    ensure_keys(made, {host.name: str(host.addresses["management"]) for host in HOSTS})
    return made


@pytest.fixture
def networks(owner: Owner) -> dict[str, Network]:
    """Its networks."""
    subnets = {"management": "172.31.90.0/24", "tunnel": "172.31.91.0/24", "external": "172.31.92.0/24"}
    return plan_networks(owner, {role: IPv4Network(subnet) for role, subnet in subnets.items()})


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses whose shared connections were closed, instead of looking at this machine's."""
    addresses: list[str] = []

    def close(found: list[str]) -> int:
        addresses.extend(found)
        return len(found)

    monkeypatch.setattr(module, "close_connections", close)
    return addresses


def options(arguments: list[str], name: str) -> list[str]:
    """Values of a repeated option."""
    return [value for key, value in pairwise(arguments) if key == name]


def existing(owner: Owner, networks: dict[str, Network], status: str, config: str | None = None) -> FakeEngine:
    """An engine that has compute1 in a state; its settings are current unless another hash is given."""
    arguments = create_arguments(owner, COMPUTE, HOSTS, networks, IMAGE.tag)
    current = next(value for value in options(arguments, "--label") if value.startswith(CONFIG_LABEL))
    ids = {network.name: f"id-{role}" for role, network in networks.items()}
    container: dict[str, Any] = {
        "Id": "c1",
        "Config": {"Labels": {CONFIG_LABEL: config or current.split("=")[1]}},
        "State": {"Status": status, "Running": status in {"running", "paused"}, "Paused": status == "paused"},
        "NetworkSettings": {
            "Networks": {networks[role].name: {"NetworkID": f"id-{role}"} for role in ("management", "tunnel")}
        },
    }
    engine = FakeEngine({("network", name): {"Id": identifier} for name, identifier in ids.items()})
    engine.objects["container", owner.name("compute1")] = container
    return engine


def ensure(
    engine: FakeEngine, owner: Owner, networks: dict[str, Network], *, recreate: bool = False
) -> tuple[str, bool]:
    """Makes sure of compute1."""
    return ensure_host(engine, owner, COMPUTE, HOSTS, networks, IMAGE, recreate=recreate)


def test_what_the_machine_may_lack_or_refuse_is_never_asked_for(owner: Owner, networks: dict[str, Network]) -> None:
    arguments = create_arguments(owner, COMPUTE, HOSTS, networks, IMAGE.tag)
    refused = {"SYS_RESOURCE", "SYS_MODULE", "BPF", "PERFMON", "CHECKPOINT_RESTORE"}
    assert not refused & set(options(arguments, "--cap-add"))
    assert "--privileged" not in arguments
    assert "SYS_ADMIN" in options(arguments, "--cap-add")


def test_only_a_compute_host_has_a_volume_for_its_own_engine(owner: Owner, networks: dict[str, Network]) -> None:
    compute = create_arguments(owner, COMPUTE, HOSTS, networks, IMAGE.tag)
    controller = create_arguments(owner, CONTROLLER, HOSTS, networks, IMAGE.tag)
    assert options(compute, "--volume") == [f"{owner.name('compute1-docker')}:/var/lib/docker"]
    assert options(controller, "--volume") == []


def test_hosts_know_each_other_but_not_themselves_by_file(owner: Owner, networks: dict[str, Network]) -> None:
    assert options(create_arguments(owner, COMPUTE, HOSTS, networks, IMAGE.tag), "--add-host") == [
        "controller1:172.31.90.10"
    ]


def test_another_address_of_any_network_is_another_configuration(owner: Owner, networks: dict[str, Network]) -> None:
    moved = HostDescription("compute1", "compute", {**COMPUTE.addresses, "tunnel": IPv4Address("172.31.91.99")})
    labels = [
        options(create_arguments(owner, host, (CONTROLLER, host), networks, IMAGE.tag), "--label")[-1]
        for host in (COMPUTE, moved)
    ]
    assert labels[0] != labels[1]


def test_identity_pins_the_host_and_lets_the_client_in(owner: Owner, networks: dict[str, Network]) -> None:
    with tarfile.open(fileobj=io.BytesIO(identity(owner, COMPUTE, networks))) as archive:
        entries = {entry.name: entry for entry in archive}
        texts = {name: archive.extractfile(entry).read().decode() for name, entry in entries.items()}  # type: ignore[union-attr]
    private = entries["etc/ssh/ssh_host_ed25519_key"]
    assert (private.mode, private.uid) == (0o600, 0)
    assert texts[private.name] == host_key(owner, "compute1").read_text()
    login = entries["home/nai/.ssh/authorized_keys"]
    assert (login.mode, login.uid, login.gid) == (0o600, 1000, 1000)
    assert texts[login.name].strip() == public_key(client_key(owner))
    assert texts["etc/nai-host/apt-cache"] == "172.31.90.2:3142"


def test_no_two_hosts_share_a_machine_id(owner: Owner, networks: dict[str, Network]) -> None:
    ids = set()
    for _ in range(2):
        with tarfile.open(fileobj=io.BytesIO(identity(owner, COMPUTE, networks))) as archive:
            ids.add(archive.extractfile("etc/machine-id").read())  # type: ignore[union-attr]
    assert len(ids) == 2


def test_a_running_host_is_left_alone(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "running")
    assert ensure(engine, owner, networks) == ("", False)
    assert engine.commands == []


def test_an_absent_host_is_started_only_when_it_is_whole(
    owner: Owner, networks: dict[str, Network], closed: list[str]
) -> None:
    engine = FakeEngine()
    assert ensure(engine, owner, networks) == ("made", True)
    assert engine.verbs() == ["volume", "create", "cp", "network", "start"]
    assert closed == ["172.31.90.21"]


def test_the_volume_of_an_earlier_host_is_not_inherited(owner: Owner, networks: dict[str, Network]) -> None:
    volume = owner.name("compute1-docker")
    engine = FakeEngine({("volume", volume): {}})
    ensure(engine, owner, networks)
    assert engine.commands[0] == ("volume", "rm", volume)


@pytest.mark.parametrize("status", ["created", "dead", "removing"])
def test_a_half_made_host_is_made_again(owner: Owner, networks: dict[str, Network], status: str) -> None:
    engine = existing(owner, networks, status)
    assert ensure(engine, owner, networks) == ("made again: was left half-made", True)
    assert engine.verbs()[0] == "rm"
    assert engine.verbs()[-1] == "start"


def test_a_stopped_host_is_started_and_keeps_what_is_on_it(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "exited")
    assert ensure(engine, owner, networks) == ("started", True)
    assert engine.commands == [("start", "c1")]


def test_a_paused_host_is_resumed(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "paused")
    assert ensure(engine, owner, networks) == ("resumed", True)
    assert engine.commands == [("unpause", "c1")]


def test_a_stopped_host_gets_a_network_back_that_was_made_again(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "exited")
    tunnel = networks["tunnel"].name
    engine.objects["network", tunnel] = {"Id": "another"}
    ensure(engine, owner, networks)
    assert engine.commands == [
        ("network", "disconnect", "--force", tunnel, "c1"),
        ("network", "connect", "--ip", "172.31.91.21", tunnel, "c1"),
        ("start", "c1"),
    ]


def test_an_outdated_host_with_a_cloud_on_it_is_kept_and_said_so(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "running", config="old")
    assert ensure(engine, owner, networks) == (OUTDATED, False)
    assert engine.verbs() == ["cp"]


def test_an_outdated_host_with_nothing_on_it_is_made_again(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "running", config="old")
    engine.failing["cp"] = "Error: No such container:path: c1:/var/lib/nai"
    with pytest.raises(Exception, match="No such container:path"):  # the fake refuses the later copy in as well
        ensure(engine, owner, networks)
    assert engine.verbs() == ["cp", "rm", "volume", "create", "cp"]


def test_when_the_engine_cannot_tell_nothing_is_removed(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "running", config="old")
    engine.failing["cp"] = "Cannot connect to the Docker daemon"
    with pytest.raises(Exception, match="Cannot connect"):
        ensure(engine, owner, networks)
    assert engine.verbs() == ["cp"]


def test_recreate_replaces_whatever_is_there(owner: Owner, networks: dict[str, Network]) -> None:
    engine = existing(owner, networks, "running")
    assert ensure(engine, owner, networks, recreate=True) == ("made again: as asked", True)
