"""The AMQP client's encoding, and a session with a broker of a few lines over a socket pair."""

import ast
import struct
import sys
from pathlib import Path

import pytest

import nai.ems
from nai.ems.amqp import codec, properties
from nai.ems.amqp.errors import AmqpError


def test_a_table_comes_back() -> None:
    values = {"product": "nai", "yes": True, "inner": {"a": "b"}}
    decoded = codec.Reader(codec.table(values)).table()
    assert decoded == {"product": b"nai", "yes": True, "inner": {"a": b"b"}}


def test_every_kind_of_value_of_a_brokers_table_is_read() -> None:
    entries = b"".join(
        codec.short_string(name) + kind + data
        for name, kind, data in [
            ("i", b"I", struct.pack(">i", -2)),
            ("l", b"l", struct.pack(">q", 3)),
            ("a", b"A", codec.long_string(b"S" + codec.long_string(b"x") + b"t\1")),
            ("v", b"V", b""),
            ("d", b"D", b"\0" * 5),
            ("T", b"T", struct.pack(">Q", 9)),
        ]
    )
    decoded = codec.Reader(codec.long_string(entries)).table()
    assert decoded == {"i": -2, "l": 3, "a": [b"x", True], "v": None, "d": b"\0" * 5, "T": 9}
    with pytest.raises(AmqpError, match="unknown kind"):
        codec.Reader(codec.long_string(codec.short_string("x") + b"?")).table()


def test_frames_are_taken_one_by_one() -> None:
    buffer = bytearray(codec.frame(1, 1, b"abc") + codec.frame(8, 0, b""))
    half = buffer[:5]
    assert codec.split_frame(half) is None
    assert codec.split_frame(buffer) == (1, 1, b"abc")
    assert codec.split_frame(buffer) == (8, 0, b"")
    assert codec.split_frame(buffer) is None
    with pytest.raises(AmqpError, match="broken frame"):
        codec.split_frame(bytearray(codec.frame(1, 1, b"abc")[:-1] + b"x"))
    with pytest.raises(AmqpError, match="another version"):
        codec.split_frame(bytearray(b"AMQP\0\0\x09\x01"))


def test_properties_come_back() -> None:
    payload = properties.encode(12, "c-1")
    assert properties.decode(payload) == (12, "c-1", "")
    flags = (1 << 15) | (1 << 14) | (1 << 13) | (1 << 12) | (1 << 11) | (1 << 10) | (1 << 9)
    full = struct.pack(">HHQH", 60, 0, 5, flags) + codec.short_string("t") + codec.short_string("e")
    full += codec.table({"h": "v"}) + b"\2\1" + codec.short_string("corr") + codec.short_string("reply")
    assert properties.decode(full) == (5, "corr", "reply")


def test_a_long_name_is_refused() -> None:
    with pytest.raises(AmqpError, match="longer"):
        codec.short_string("x" * 256)


def test_the_agent_needs_nothing_but_the_standard_library_of_python_3_7() -> None:
    package = Path(nai.ems.__file__).parent
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(), feature_version=(3, 7))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                roots = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                roots = {str(node.module).partition(".")[0]}
            else:
                continue
            assert roots <= sys.stdlib_module_names, path
