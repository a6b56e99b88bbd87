"""The modules' REST client: logging in, expired tokens, errors in words; and what counts as a difference."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.module_utils.nfvo import Nfvo, NfvoError, covers
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.nfvo_modules.conftest import ACCESS, FakeNfvo

PARAMETERS: dict[str, Any] = {
    **ACCESS,
    "username": "admin",
    "project": "default",
    "ca_file": None,
    "request_timeout_seconds": 5,
}


def test_an_expired_token_is_renewed_once(fake: FakeNfvo) -> None:
    fake.expire = 2
    nfvo = Nfvo(PARAMETERS)
    for _ in range(4):
        assert nfvo.get("datacenters") == []
    assert fake.logins > 1


def test_a_wrong_password_is_told_without_it(fake: FakeNfvo) -> None:
    with pytest.raises(NfvoError, match="refuses user admin or the password") as caught:
        Nfvo({**PARAMETERS, "password": "wrong-one"}).get("datacenters")
    assert "wrong-one" not in str(caught.value)


def test_an_unknown_project_is_told_with_those_there_are(fake: FakeNfvo) -> None:
    with pytest.raises(NfvoError, match="no project other for this user; there are default"):
        Nfvo({**PARAMETERS, "project": "other"}).get("datacenters")


def test_the_reason_in_an_answer_is_passed_on(fake: FakeNfvo) -> None:
    with pytest.raises(NfvoError, match="HTTP 404: nothing is not there"):
        Nfvo(PARAMETERS).get("datacenters", "nothing")


def test_deleting_what_is_not_there_is_no_error(fake: FakeNfvo) -> None:
    Nfvo(PARAMETERS).delete("datacenters", "nothing")


def test_only_http_is_spoken(fake: FakeNfvo) -> None:
    with pytest.raises(NfvoError, match="neither http:// nor https://"):
        Nfvo({**PARAMETERS, "url": "file:///etc/passwd"}).get("datacenters")


DOCUMENTS = st.recursive(
    st.integers() | st.text(max_size=4) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


def decorated(document: Any, rng: random.Random) -> Any:
    """A document as the orchestrator gives it back: lists in any order, with ids and versions."""
    if isinstance(document, dict):
        return {**{key: decorated(value, rng) for key, value in document.items()}, "id": "x", "version": 0}
    if isinstance(document, list):
        return rng.sample([decorated(item, rng) for item in document], len(document))
    return document


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS, st.integers())
def test_what_comes_back_covers_what_was_sent(document: Any, seed: int) -> None:
    assert covers(decorated(document, random.Random(seed)), document)  # noqa: S311  # no secret


@pytest.mark.parametrize(
    ("have", "wanted", "expected"),
    [
        ({"a": 1, "id": "x"}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ([1, 2], [2, 1], True),
        ([1, 2], [1], False),
        # The first candidate fits both; only the matching finds that each has one of its own.
        ([{"a": 1, "b": 2}, {"a": 1}], [{"a": 1}, {"a": 1, "b": 2}], True),
        ({"threshold": 100.0}, {"threshold": 100}, True),
        ({}, {"tenant": ""}, True),
        ({}, {"list": []}, True),
        ({}, {"tenant": "x"}, False),
        ("x", {"a": 1}, False),
        ("x", ["x"], False),
    ],
)
def test_what_counts_as_a_difference(have: Any, wanted: Any, expected: bool) -> None:
    assert covers(have, wanted) is expected
