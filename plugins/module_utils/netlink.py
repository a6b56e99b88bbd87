# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Questions to the kernel by netlink: addresses of interfaces, families of generic netlink.

Nothing is changed, and no kernel module gets loaded.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

# linux/netlink.h, linux/rtnetlink.h, linux/genetlink.h
_REQUEST_DUMP = 0x001 | 0x300
_ERROR, _DONE = 2, 3
_ROUTE, _GENERIC = 0, 16
_GET_ADDRESS = 22
_ADDRESS, _LOCAL = 1, 2
_CONTROL = 16
_GET_FAMILY, _FAMILY_NAME = 3, 2

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_INTERFACE_ADDRESS = struct.Struct("=BBBBI")


def addresses() -> dict[int, list[str]]:
    """Returns `address/prefix length` by the number of the interface; IPv4 first, as the kernel lists them."""
    found: dict[int, list[str]] = {}
    for body in _dump(_ROUTE, _GET_ADDRESS, _INTERFACE_ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)):
        family, prefix, _flags, _scope, index = _INTERFACE_ADDRESS.unpack_from(body)
        if family not in (socket.AF_INET, socket.AF_INET6):
            continue
        attributes = dict(_attributes(body[_INTERFACE_ADDRESS.size :]))
        # On a point-to-point link ADDRESS is the other end's.
        raw = attributes.get(_LOCAL) or attributes.get(_ADDRESS)
        if raw:
            found.setdefault(index, []).append(f"{socket.inet_ntop(family, raw)}/{prefix}")
    return found


def generic_families() -> set[str]:
    """Returns the names of the families that are registered.

    The list is asked for, not one family by name: the kernel would load a module for that.
    """
    return {
        value.rstrip(b"\0").decode()
        for body in _dump(_GENERIC, _CONTROL, struct.pack("=BBH", _GET_FAMILY, 1, 0))
        for kind, value in _attributes(body[4:])
        if kind == _FAMILY_NAME
    }


def _dump(protocol: int, kind: int, body: bytes) -> Iterator[bytes]:
    """Asks for a list and yields the body of each message of the answer.

    Raises:
        OSError: the kernel does not speak the protocol.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as channel:
        channel.settimeout(5)
        channel.bind((0, 0))
        channel.send(_HEADER.pack(_HEADER.size + len(body), kind, _REQUEST_DUMP, 1, 0) + body)
        while True:
            data = channel.recv(1 << 18)
            while len(data) >= _HEADER.size:
                length, message, _flags, _sequence, _port = _HEADER.unpack_from(data)
                if message == _DONE:
                    return
                if message == _ERROR:
                    code = -struct.unpack_from("=i", data, _HEADER.size)[0]
                    raise OSError(code, "netlink refused the question")
                yield data[_HEADER.size : length]
                data = data[(length + 3) & ~3 :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            return
        yield kind & 0x3FFF, data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
