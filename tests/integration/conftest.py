"""A real RabbitMQ and a real MariaDB, started when the first test asks for them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.support.services import Broker, MariaDB

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """RabbitMQ with its management API: a test may stop, kill and restart it; it runs again at the end of the test."""
    daemon = Broker(tmp_path_factory.mktemp("broker"), management=True)
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    """MariaDB, likewise."""
    daemon = MariaDB(tmp_path_factory.mktemp("database"))
    daemon.prepare()
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def broker_url(broker: Broker) -> str:
    """AMQP URL of the broker. Queues of earlier tests are gone with their consumers if they were auto-delete."""
    return broker.url


@pytest.fixture
def database_url(database_server: MariaDB) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    name = f"nai{next(_numbers)}"
    yield database_server.create(name)
    database_server.drop(name)
