"""The rule of tests/unit/conftest.py holds."""

import socket

import pytest
from pytest_socket import SocketBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_internet_sockets_are_refused() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_unix_sockets_are_allowed() -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()
