"""Unit tests reach no network; a Unix socket (event loops, a fake Docker engine) is allowed."""

from collections.abc import Iterator

import pytest
import pytest_socket


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Makes every internet socket of a test raise SocketBlockedError."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()
