"""Between what is typed and what stands in an inventory."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml
from ansible.errors import AnsibleError

from nai.installer.inventory import expanded_hosts
from nai.installer.schema import Field, Type
from nai.installer.schema.values import MisfitError

NONE = "-"
"""Stands for no value where each of several hosts has one."""

_YAML_TYPES = (Type.DICT, Type.CONFIG)


def value_of(field: Field, given: object) -> object:
    """The value that was typed, or that stands in a preseed file.

    Args:
        field: What it has to be; whether it is that is not looked at here.
        given: The text, or a value that is taken as it is.

    Returns:
        The value; None for an empty text.

    Raises:
        MisfitError: It has to be YAML and is not.
    """
    if not isinstance(given, str):
        return list(given) if isinstance(given, tuple) else given
    text = given.strip()
    if not text:
        return [] if field.type is Type.LIST and field.default == [] else None
    if "{{" in text:
        return text
    if field.type in _YAML_TYPES or (field.type is Type.LIST and field.elements in _YAML_TYPES):
        return _yaml(text)
    if field.type is Type.LIST:
        return [_scalar(field.elements, part) for part in parts(text.strip("[]"))]
    return _scalar(field.type, text)


def text_of(value: object) -> str:
    """A value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and not any(isinstance(element, dict | list) for element in value):
        return " ".join(NONE if element is None else str(element) for element in value)
    if isinstance(value, dict | list):
        return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=float("inf")).strip()
    return str(value)


def parts(text: str) -> list[str]:
    """Words between blanks and commas; those of a template stay together."""
    return re.findall(r"(?:\{\{.*?\}\}|[^\s,])+", text)


def expanded(given: object) -> tuple[str, ...]:
    """Words with their ranges written out: `blade[01:03]` is `blade01`, `blade02`, `blade03`.

    Args:
        given: Text, or a list of texts.

    Raises:
        MisfitError: A range is none, or the list holds something else.
    """
    words = parts(given) if isinstance(given, str) else given
    if not isinstance(words, Sequence) or not all(isinstance(word, str) for word in words):
        raise MisfitError(
            "is not a list of names", "write names with blanks between them, or ranges such as node[01:25]"
        )
    found: list[str] = []
    for word in words:
        try:
            hosts = [word] if "{{" in word else expanded_hosts(word)
        except (AnsibleError, ValueError):
            hosts = []
        if not hosts:
            raise MisfitError(
                f"has a range that is none ({word})", "write first and last with a colon between them: node[01:25]"
            )
        found += hosts
    return tuple(found)


def _scalar(kind: Type | None, text: str) -> object:
    if kind in (Type.INT, Type.PORT) and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind is Type.FLOAT and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if kind is Type.BOOL and text.lower() in ("yes", "true", "no", "false"):
        return text.lower() in ("yes", "true")
    return text


def _yaml(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MisfitError("is not YAML", "write it on one line, for instance {instances: 20} or [{name: a}]") from error
