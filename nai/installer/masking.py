"""Keeps secrets out of what a run shows: diffs, errors and logs.

Three rules, because a text may hold a secret that no variable holds any more (the value before a rotation):

1. values of the variables that the schema marks secret, wherever they stand;
2. the password of a URL (`scheme://user:password@host`);
3. what follows a key that says it is secret (`admin_password = …`, `"password_hash": "…"`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

MASK = "********"

SHORTEST_SECRET = 8
"""Characters. A shorter value is left alone: masking it would blank out ordinary words."""

_URL_PASSWORD = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+(?=@)", re.IGNORECASE)
_SECRET_KEY = re.compile(
    r"""(?P<before>
        [\w.-]*(?:password|passwd|secret(?:_key)?|token|private_key|enc_key|_pw)(?:_hash)?  # the key
        ["']?[ \t]*(?:=|:(?!//))[ \t]*)                                # its end, and = or : as in a=b, "a": "b"
        (?P<quote>["']?)[^\s"',;]{8,}(?P=quote)""",
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_NAME = re.compile(r"(?:^|_)(?:password|secret)$")


def secret_values(
    variables: Mapping[str, Any], template: Callable[[Any], Any], declared: Iterable[str] = ()
) -> frozenset[str]:
    """Returns the values to mask.

    Args:
        variables: all variables of a host, values possibly templates.
        template: renders one value; what it raises means that the variable has no value yet.
        declared: names that the schema marks secret. Names that end in `_password` or `_secret` count as well,
            so that a variable of the user's own is masked too.
    """
    names = {name for name in variables if isinstance(name, str) and _SECRET_NAME.search(name)}
    found = set()
    for name in names | (set(declared) & set(variables)):
        try:
            value = template(variables[name])
        except Exception:  # noqa: BLE001, S112  # undefined or undecryptable: the task itself will say so
            continue
        if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
            found.add(str(value))
    return frozenset(found)


def mask(text: str, secrets: Iterable[str]) -> str:
    """Returns the text with every secret replaced by asterisks."""
    text = str(text)
    forms = {form for secret in secrets for form in _spellings(secret)}
    for form in sorted(forms, key=len, reverse=True):  # one secret may be part of another
        text = text.replace(form, MASK)
    text = _URL_PASSWORD.sub(rf"\g<before>{MASK}", text)
    return _SECRET_KEY.sub(rf"\g<before>\g<quote>{MASK}\g<quote>", text)


def mask_deep(value: Any, secrets: Iterable[str]) -> Any:
    """Returns nested dicts and lists with all their texts masked; other values stay."""
    secrets = frozenset(secrets)
    if isinstance(value, str):
        return mask(value, secrets)
    if isinstance(value, Mapping):
        return {key: mask_deep(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask_deep(item, secrets) for item in value]
    return value


def _spellings(secret: str) -> set[str]:
    """How a secret stands in a file: as it is, in a URL, in JSON."""
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}
