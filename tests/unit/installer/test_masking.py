"""Secrets do not show, whatever form they stand in."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.installer.masking import MASK, mask, mask_deep, secret_values

SECRET = 'p/a s"s&word'
SECRETS = frozenset({SECRET})


@pytest.mark.parametrize(
    "text",
    [
        f"x = {SECRET}",
        "mysql://nova:p%2Fa%20s%22s%26word@192.0.2.1/nova",
        'x: "p/a s\\"s&word"',
        f"{SECRET}{SECRET}",
    ],
)
def test_a_known_secret_in_any_spelling(text: str) -> None:
    shown = mask(text, SECRETS)
    assert MASK in shown
    assert "word" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rabbit://openstack:formerly@192.0.2.1:5672/x", f"rabbit://openstack:{MASK}@192.0.2.1:5672/x"),
        ("admin_password = formerly1", f"admin_password = {MASK}"),
        ('"password_hash": "mtK7BGq6oa5AsYD9"', f'"password_hash": "{MASK}"'),
        ("metadata_proxy_shared_secret=formerly1", f"metadata_proxy_shared_secret={MASK}"),
        ("  password: 'formerly1'", f"  password: '{MASK}'"),
        ("CONFIG_NOVA_DB_PW=formerly1", f"CONFIG_NOVA_DB_PW={MASK}"),
        ("CONFIG_HORIZON_SECRET_KEY=formerly1", f"CONFIG_HORIZON_SECRET_KEY={MASK}"),
        ("CONFIG_HEAT_AUTH_ENC_KEY=formerly1", f"CONFIG_HEAT_AUTH_ENC_KEY={MASK}"),
    ],
)
def test_a_secret_that_no_variable_holds_any_more(text: str, shown: str) -> None:
    assert mask(text, ()) == shown


@pytest.mark.parametrize(
    "text",
    [
        "http://192.0.2.1:5000/v3",
        "auth_type = password",
        "password_option = x",
        "token: url",
        "memcache_secret_key =",
        "secrets are made once",
        "www_authenticate_uri = http://controller:5000/v3",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert mask(text, SECRETS) == text


def test_a_secret_within_another() -> None:
    assert mask("abcdefgh-ijkl", {"abcdefgh", "abcdefgh-ijkl"}) == MASK


@given(st.text(string.ascii_letters + string.digits + "-_", min_size=8), st.text(), st.text())
def test_no_known_secret_survives(secret: str, before: str, after: str) -> None:
    assert secret not in mask(before + secret + after, {secret}).replace(MASK, "")


def test_nested_results() -> None:
    result = {"msg": SECRET, "diff": [{"before": f"a {SECRET}", "n": 1}], "t": (SECRET,), "none": None, "ok": True}
    assert mask_deep(result, SECRETS) == {
        "msg": MASK,
        "diff": [{"before": f"a {MASK}", "n": 1}],
        "t": [MASK],
        "none": None,
        "ok": True,
    }


def test_which_values_are_secret() -> None:
    variables: dict[Any, Any] = {
        "nova_database_password": "{{ template }}",
        "neutron_metadata_secret": "long enough",
        "short_password": "short",
        "password_length": "not a secret",
        "number_password": 12345678,
        "undefined_password": "{{ undefined }}",
        "declared": "declared by the schema",
        3: "not a name",
    }

    def template(value: Any) -> Any:
        if value == "{{ undefined }}":
            raise ValueError(value)
        return "rendered value" if value == "{{ template }}" else value

    assert secret_values(variables, template, ["declared", "not_set"]) == {
        "rendered value",
        "long enough",
        "declared by the schema",
    }
