"""Numbers, strings, tables and frames of AMQP 0-9-1 (chapters 2.3.5 and 4.2 of the specification)."""

from __future__ import annotations

import struct
from typing import Any

from .errors import AmqpError

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = 0xCE
FRAME_OVERHEAD_BYTES = 8

_FRAME_HEAD = struct.Struct(">BHI")

# Kind of a table's value to the format of its content. Strings, tables and arrays have a length in front.
_FIXED = {
    b"t": ">?",
    b"b": ">b",
    b"B": ">B",
    b"s": ">h",
    b"u": ">H",
    b"I": ">i",
    b"i": ">I",
    b"l": ">q",
    b"L": ">q",
    b"f": ">f",
    b"d": ">d",
    b"T": ">Q",
}


def short_string(text: str) -> bytes:
    """Encodes a string of at most 255 bytes.

    Raises:
        AmqpError: It is longer.
    """
    data = text.encode()
    if len(data) > 255:
        raise AmqpError(f"a name of {len(data)} bytes is longer than AMQP allows (255): {text[:40]}...")
    return bytes([len(data)]) + data


def long_string(data: bytes) -> bytes:
    """Encodes bytes with their length."""
    return struct.pack(">I", len(data)) + data


def table(values: dict[str, Any]) -> bytes:
    """Encodes a table of strings, booleans and tables: all a client has to say."""
    encoded = b""
    for name, value in values.items():
        encoded += short_string(name)
        if isinstance(value, bool):
            encoded += b"t" + struct.pack(">?", value)
        elif isinstance(value, dict):
            encoded += b"F" + table(value)
        else:
            encoded += b"S" + long_string(str(value).encode())
    return long_string(encoded)


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    """Encodes a frame."""
    return _FRAME_HEAD.pack(kind, channel, len(payload)) + payload + bytes([FRAME_END])


def split_frame(buffer: bytearray) -> tuple[int, int, bytes] | None:
    """Takes the first frame out of what was received.

    Returns:
        Kind, channel and payload; None while the frame is incomplete.

    Raises:
        AmqpError: This is no AMQP frame.
    """
    if len(buffer) < _FRAME_HEAD.size:
        return None
    kind, channel, size = _FRAME_HEAD.unpack_from(buffer)
    if buffer[:4] == b"AMQP":
        raise AmqpError("the broker speaks another version of AMQP")
    end = _FRAME_HEAD.size + size
    if len(buffer) <= end:
        return None
    if buffer[end] != FRAME_END:
        raise AmqpError("the broker sent a broken frame")
    payload = bytes(buffer[_FRAME_HEAD.size : end])
    del buffer[: end + 1]
    return kind, channel, payload


class Reader:
    """Decodes the arguments of a method, one after the other."""

    def __init__(self, data: bytes) -> None:
        """Starts at the beginning of the data."""
        self._data = data
        self._at = 0

    def take(self, form: str) -> Any:
        """Returns the next number or boolean, in the notation of `struct`."""
        (value,) = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return value

    def raw(self, size: int) -> bytes:
        """Returns the next bytes."""
        data = self._data[self._at : self._at + size]
        self._at += size
        return data

    def short_string(self) -> str:
        """Returns the next short string."""
        return self.raw(self.take(">B")).decode(errors="replace")

    def long_string(self) -> bytes:
        """Returns the next long string."""
        return self.raw(self.take(">I"))

    def table(self) -> dict[str, Any]:
        """Returns the next table."""
        inner = Reader(self.long_string())
        values: dict[str, Any] = {}
        while inner.rest():
            name = inner.short_string()
            values[name] = inner._value()
        return values

    def rest(self) -> int:
        """Returns the number of bytes that are left."""
        return len(self._data) - self._at

    def _value(self) -> Any:
        kind = self.raw(1)
        if kind in _FIXED:
            return self.take(_FIXED[kind])
        if kind in (b"S", b"x"):
            return self.long_string()
        if kind == b"F":
            return self.table()
        if kind == b"A":
            inner = Reader(self.long_string())
            values = []
            while inner.rest():
                values.append(inner._value())
            return values
        if kind == b"D":
            return self.raw(5)
        if kind == b"V":
            return None
        raise AmqpError(f"the broker sent a table with a value of unknown kind {kind!r}")
