"""The properties of a message: which are there is told by flags, one bit each, highest first."""

from __future__ import annotations

import struct

from .codec import Reader, short_string

_BASIC_CLASS = 60
_FLAGS = {
    "content_type": 1 << 15,
    "content_encoding": 1 << 14,
    "headers": 1 << 13,
    "delivery_mode": 1 << 12,
    "priority": 1 << 11,
    "correlation_id": 1 << 10,
    "reply_to": 1 << 9,
}


def encode(size: int, correlation_id: str) -> bytes:
    """Returns the content header of a JSON message.

    Args:
        size: Length of the body in bytes.
        correlation_id: Of the request that is answered, or empty.
    """
    flags = _FLAGS["content_type"]
    values = short_string("application/json")
    if correlation_id:
        flags |= _FLAGS["correlation_id"]
        values += short_string(correlation_id)
    return struct.pack(">HHQH", _BASIC_CLASS, 0, size, flags) + values


def decode(payload: bytes) -> tuple[int, str, str]:
    """Reads a content header.

    Returns:
        Length of the body in bytes, correlation id, reply-to; empty where not given.
    """
    reader = Reader(payload)
    reader.raw(4)
    size = reader.take(">Q")
    flags = reader.take(">H")
    correlation_id = reply_to = ""
    if flags & _FLAGS["content_type"]:
        reader.short_string()
    if flags & _FLAGS["content_encoding"]:
        reader.short_string()
    if flags & _FLAGS["headers"]:
        reader.table()
    if flags & _FLAGS["delivery_mode"]:
        reader.raw(1)
    if flags & _FLAGS["priority"]:
        reader.raw(1)
    if flags & _FLAGS["correlation_id"]:
        correlation_id = reader.short_string()
    if flags & _FLAGS["reply_to"]:
        reply_to = reader.short_string()
    return size, correlation_id, reply_to
