"""The filters that every role uses."""

import base64
import configparser
import hashlib
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.nubomedia.nai.plugins.filters import config_merge as merge
from ansible_collections.nubomedia.nai.plugins.filters import rabbitmq_password_hash as rabbitmq
from ansible_collections.nubomedia.nai.plugins.filters import to_ini as ini
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text("abcdefghijklmnop_", min_size=1, max_size=8)
VALUES = st.one_of(st.integers(), st.text("abc =:/#;%[]", max_size=10).map(str.strip))
SECTIONS = st.dictionaries(NAMES.map(lambda name: f"s_{name}"), st.dictionaries(NAMES, VALUES, min_size=1))
NESTED = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
LAYER = st.dictionaries(NAMES, NESTED, max_size=4)


def test_ini_text() -> None:
    sections = {
        "cache": {"enabled": True, "servers": ["192.0.2.1:1", "192.0.2.2:2"], "left_out": None},
        "empty": {},
        "none": None,
        "DEFAULT": {"debug": False, "workers": 2, "ratio": 1.5, "nothing": ""},
    }
    assert ini.to_ini(sections) == (
        "[DEFAULT]\ndebug = false\nworkers = 2\nratio = 1.5\nnothing =\n"
        "\n[cache]\nenabled = true\nservers = 192.0.2.1:1,192.0.2.2:2\n"
    )


def test_nothing_is_an_empty_text() -> None:
    assert ini.to_ini({}) == ""


@given(SECTIONS)
def test_ini_is_read_back(sections: dict[str, dict[str, Any]]) -> None:
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=(), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(ini.to_ini(sections))
    assert {name: dict(parser[name]) for name in parser.sections()} == {
        name: {option: str(value) for option, value in options.items()} for name, options in sections.items()
    }


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ("text", "not str"),
        ({"a": "text"}, r"section \[a\] is str"),
        ({"a": {"b": {"c": 1}}}, r"\[a\] b is dict"),
        ({"a": {"b": "one\ntwo"}}, r"\[a\] b has more than one line"),
    ],
)
def test_what_is_no_ini(sections: Any, said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=said) as caught:
        ini.to_ini(sections)
    assert "two" not in str(caught.value), "a value may be a secret"


def test_later_layers_win_at_every_depth() -> None:
    base = {"a": {"x": 1, "y": [1]}, "b": 1}
    merged = merge.config_merge(base, None, {"a": {"y": [2], "z": 3}}, {"b": {"c": 1}, "a": {"x": None}})
    assert merged == {"a": {"x": None, "y": [2], "z": 3}, "b": {"c": 1}}
    assert base == {"a": {"x": 1, "y": [1]}, "b": 1}


@given(LAYER, LAYER, LAYER)
def test_merging_is_associative_and_keeps_what_it_is_given(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    assert merge.config_merge(one) == one == merge.config_merge({}, one) == merge.config_merge(one, {}, one)
    both = {key for layer in (one, two, three) for key in layer}
    assert set(merge.config_merge(one, two, three)) == both
    assert merge.config_merge(one, two, three) == merge.config_merge(merge.config_merge(one, two), three)


def test_what_is_no_layer() -> None:
    with pytest.raises(AnsibleFilterError, match="not list"):
        merge.config_merge({}, [])


def test_rabbitmq_hash() -> None:
    raw = base64.b64decode(rabbitmq.rabbitmq_password_hash("test12", "openstack"))
    assert len(raw) == 36
    assert raw[4:] == hashlib.sha256(raw[:4] + b"test12").digest()
    assert rabbitmq.rabbitmq_password_hash("test12", "openstack") == base64.b64encode(raw).decode()
    assert rabbitmq.rabbitmq_password_hash("test12", "other") != base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("module", "name"), [(ini, "to_ini"), (merge, "config_merge"), (rabbitmq, "rabbitmq_password_hash")]
)
def test_ansible_finds_them(module: Any, name: str) -> None:
    assert module.FilterModule().filters()[name] is getattr(module, name)
