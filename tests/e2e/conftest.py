"""The running testbed, for tests that look at it as its users do."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import cloud as platform
from tests.support import hosts as machines
from tests.support.hosts import TESTBED, Host
from tests.support.images import glance_image
from tests.support.servers import NewServer, server_factory
from tests.support.sweep import sweep

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets third-party clients warn; looks for secrets in the outputs after everything else has made them."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("default"))
    items.sort(key=lambda item: item.path.stem == "test_secrets")


@pytest.fixture(scope="session")
def hosts() -> dict[str, Host]:
    """Every host of the testbed by name."""
    return machines.hosts()


@pytest.fixture(scope="session")
def controller(hosts: dict[str, Host]) -> Host:
    """The controller."""
    return hosts[machines.group("controller")[0]]


@pytest.fixture(scope="session")
def compute_hosts(hosts: dict[str, Host]) -> list[Host]:
    """The compute hosts."""
    return [hosts[name] for name in machines.group("compute")]


@pytest.fixture(scope="session")
def endpoints() -> dict[str, dict[str, Any]]:
    """What `nai endpoints --json` says about the testbed."""
    return platform.endpoints(TESTBED)


@pytest.fixture(scope="session")
def connection(endpoints: dict[str, dict[str, Any]]) -> Any:
    """The administrator's openstacksdk connection, with the credentials that `nai endpoints` names.

    What an aborted session of these tests left behind is removed first.
    """
    made = platform.connect(endpoints)
    sweep(made, f"{platform.PREFIX}-")
    return made


@pytest.fixture(scope="session")
def image(connection: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Docker image in Glance, made on this machine, with an init and an SSH server."""
    with glance_image(connection, f"{platform.PREFIX}-image", tmp_path_factory.mktemp("image")) as made:
        yield made


@pytest.fixture(scope="session")
def key(connection: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[platform.KeyPair]:
    """A key pair of the session."""
    file = tmp_path_factory.mktemp("key") / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    name = f"{platform.PREFIX}-key"
    connection.compute.delete_keypair(name, ignore_missing=True)
    connection.compute.create_keypair(name=name, public_key=file.with_suffix(".pub").read_text())
    yield platform.KeyPair(name, file)
    connection.compute.delete_keypair(name, ignore_missing=True)


@pytest.fixture(scope="session")
def network(connection: Any) -> Iterator[platform.Network]:
    """A tenant network of the session that SSH and ICMP may reach."""
    with platform.tenant_network(connection, f"{platform.PREFIX}-network", "10.77.0.0/24") as made:
        yield made


@pytest.fixture
def new_server(
    connection: Any, image: Any, key: platform.KeyPair, network: platform.Network, tmp_path: Path
) -> Iterator[NewServer]:
    """Asks for servers of one test; all are deleted after it."""
    yield from server_factory(connection, image, key, network, tmp_path)


@pytest.fixture(scope="module")
def shared_server(
    connection: Any,
    image: Any,
    key: platform.KeyPair,
    network: platform.Network,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[platform.Server]:
    """One ACTIVE server for the tests of a module; each leaves it ACTIVE."""
    factory = server_factory(connection, image, key, network, tmp_path_factory.mktemp("shared"))
    yield next(factory)().active()
    next(factory, None)
