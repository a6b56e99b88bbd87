"""Putting variables into a Dockerfile, after each FROM, as OpenShift's builds do. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPE = re.compile(r"#\s*escape\s*=\s*(?P<sign>[\\`])\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*[A-Za-z][A-Za-z0-9]*\s*=")
_FROM = re.compile(r"\s*FROM\s", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def with_environment(text: str, environment: Mapping[str, str]) -> str:
    """The Dockerfile whose every stage begins with the variables; what it sets itself counts more.

    Variables that an instruction cannot hold, with line ends in them or names with odd signs, are left out: the
    containers get them when they are started.
    """
    escape = _escape_sign(text)
    variables = {
        name: value for name, value in environment.items() if _NAME.fullmatch(name) and not set("\r\n\0") & set(value)
    }
    if not variables:
        return text
    instruction = "ENV " + " ".join(f"{name}={_quoted(value, escape)}" for name, value in variables.items())
    made: list[str] = []
    in_from = continued = False
    for line in text.removesuffix("\n").split("\n"):
        made.append(line)
        content = line.strip()
        if continued and (not content or content.startswith("#")):
            # Comments and empty lines within an instruction are skipped.
            continue
        if not continued:
            in_from = _FROM.match(line) is not None
        continued = content.endswith(escape) and not content.startswith("#")
        if in_from and not continued:
            made.append(instruction)
            in_from = False
    return "\n".join(made) + "\n"


def _escape_sign(text: str) -> str:
    """The sign that continues a line: directives stand before everything else."""
    for line in text.split("\n"):
        if (found := _ESCAPE.match(line.strip())) is not None:
            return found["sign"]
        if _DIRECTIVE.match(line.strip()) is None:
            break
    return "\\"


def _quoted(value: str, escape: str) -> str:
    for sign in (escape, '"', "$"):
        value = value.replace(sign, escape + sign)
    return f'"{value}"'
