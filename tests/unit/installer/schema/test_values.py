"""What each kind of value accepts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.schema.model import Field, Type
from nai.installer.schema.values import MisfitError, parse, parse_duration, parse_size, problems, shown

ACCEPTED: list[tuple[Type, Any]] = [
    (Type.STRING, ""),
    (Type.BOOL, False),
    (Type.INT, -3),
    (Type.INT, "17"),
    (Type.FLOAT, "0.5"),
    (Type.FLOAT, 2),
    (Type.IPV4_ADDRESS, "10.0.0.1"),
    (Type.IPV4_CIDR, "10.0.0.0/8"),
    (Type.PORT, 65535),
    (Type.HOSTNAME, "a-b.example.org"),
    (Type.PATH, "/a b"),
    (Type.PATH, "~/x"),
    (Type.URL, "http://example.org:8080/x?y=1"),
    (Type.SIZE, "1.5G"),
    (Type.DURATION, "10m"),
    (Type.LIST, []),
    (Type.DICT, {}),
    (Type.CONFIG, {"DEFAULT": {"debug": True, "servers": ["a", "b"], "nothing": None}}),
]

REFUSED: list[tuple[Type, Any]] = [
    (Type.STRING, 5),
    (Type.STRING, None),
    (Type.BOOL, "true"),
    (Type.BOOL, 1),
    (Type.INT, True),
    (Type.INT, "5.0"),
    (Type.INT, ""),
    (Type.FLOAT, "a"),
    (Type.IPV4_ADDRESS, "10.0.0"),
    (Type.IPV4_ADDRESS, "10.0.0.256"),
    (Type.IPV4_ADDRESS, "::1"),
    (Type.IPV4_ADDRESS, 167772161),
    (Type.IPV4_CIDR, "10.0.0.1"),
    (Type.IPV4_CIDR, "10.0.0.1/8"),
    (Type.IPV4_CIDR, "10.0.0.0/33"),
    (Type.PORT, 0),
    (Type.PORT, 65536),
    (Type.HOSTNAME, "-a"),
    (Type.HOSTNAME, "a_b"),
    (Type.HOSTNAME, "a" * 64),
    (Type.PATH, "x/y"),
    (Type.URL, "example.org"),
    (Type.URL, "http://a b"),
    (Type.URL, "http://a:x/"),
    (Type.SIZE, "1 GB"),
    (Type.SIZE, True),
    (Type.DURATION, "-1s"),
    (Type.LIST, "a,b"),
    (Type.DICT, ["a"]),
    (Type.CONFIG, {"DEFAULT": {"a": {"b": 1}}}),
]


@pytest.mark.parametrize(("kind", "value"), ACCEPTED, ids=str)
def test_accepted(kind: Type, value: Any) -> None:
    parse(kind, value)


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=str)
def test_refused_with_what_is_wrong_and_what_to_do(kind: Type, value: Any) -> None:
    with pytest.raises(MisfitError) as caught:
        parse(kind, value)
    assert caught.value.wrong
    assert caught.value.action


@given(
    st.sampled_from(list(Type)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_no_value_breaks_the_check(kind: Type, value: Any) -> None:
    field = Field(name="x", type=kind, help="X.", minimum=1, maximum=5, elements=Type.INT, choices=("a",), pattern="a+")
    for problem in problems(field, value):
        assert problem.wrong
        assert problem.action
    assert "\n" not in shown(value)


@given(st.integers(0, 2**40))
def test_sizes(number: int) -> None:
    assert parse_size(number) == parse_size(str(number)) == number
    assert parse_size(f"{number}K") == number * 1024


def test_durations() -> None:
    assert parse_duration("1.5h") == 5400
    assert parse_duration(3) == 3


FLAVORS = Field(
    name="flavors",
    type=Type.LIST,
    elements=Type.DICT,
    help="Flavors.",
    fields=(
        Field(name="name", type=Type.STRING, required=True, help="Its name."),
        Field(name="ram_mb", type=Type.INT, minimum=32, unit="MB", help="Memory."),
    ),
)


def told(value: Any) -> list[str]:
    return [f"{found.where}: {found.wrong}; {found.action}" for found in problems(FLAVORS, value)]


def test_a_list_of_dictionaries() -> None:
    assert told([{"name": "a", "ram_mb": 32}, {"name": "b"}]) == []
    assert told([{"name": "a", "ram_mb": 1}]) == ["[0].ram_mb: is too small; the minimum is 32 MB"]
    assert told([{"ram_mb": 64}]) == ["[0]: has no key name; add name: its name"]
    assert told([{"name": "a", "ram": 64}]) == [
        "[0].ram: is an unknown key; the keys are name, ram_mb (did you mean ram_mb?)"
    ]
    assert told([{"name": "a"}, {"name": "a"}]) == [": has a twice; keep one of them"]
    assert told(["a"]) == ["[0]: is text, not a dictionary; write key: value pairs, indented below the name"]
    assert told({}) == [": is a dictionary, not a list; write [first, second] or lines that start with a hyphen"]
