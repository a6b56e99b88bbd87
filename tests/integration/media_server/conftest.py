"""Databases with tables, made as quickly as copying them, and an NFVO on the broker."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from nai.core.bus import AmqpBus
from nai.core.migrations import upgrade
from nai.vnfm.media_server.command import PACKAGES
from tests.integration.media_server.world import connected
from tests.support.services import Broker, MariaDB
from tests.unit.media_server_scaling.fake_nfvo import FakeNfvo

TEMPLATE = "media_server_template"


@pytest.fixture(scope="session")
def new_database(database_server: MariaDB) -> Iterator[Callable[[], str]]:
    """Makes a database with the service's tables; returns its URL."""
    template = database_server.create(TEMPLATE)
    for package in PACKAGES:
        asyncio.run(upgrade(template, package))
    dump = ["mariadb-dump", "--no-defaults", f"--socket={database_server.socket}", "--user=root", TEMPLATE]
    tables = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    database_server.drop(TEMPLATE)
    numbers = itertools.count(1)

    def make() -> str:
        name = f"media_server_{next(numbers)}"
        url = database_server.create(name)
        database_server.execute(f"USE {name};\n{tables}")
        return url

    yield make
    for number in range(1, next(numbers)):
        database_server.drop(f"media_server_{number}")


@pytest.fixture(scope="module")
def broker_url_of_all(broker: Broker) -> str:
    """AMQP URL of the broker, for all tests of a module together."""
    return broker.url


@pytest.fixture
async def nfvo(broker_url: str, tmp_path: Path) -> AsyncIterator[FakeNfvo]:
    """An NFVO."""
    bus = await AmqpBus.connect(broker_url)
    yield await connected(bus, tmp_path)
    await bus.close()
