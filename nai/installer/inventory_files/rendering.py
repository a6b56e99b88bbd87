"""The text of an inventory's files: the same draft gives the same bytes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from nai.installer.inventory_files.draft import ADDRESS_OF_HOST, Draft
from nai.installer.schema import schema

MARK = "##"
"""Starts every comment of the installer's own; any other comment is a person's."""

_WIDTH = 120
_HOSTS_HEADER = (
    "Hosts of this inventory. `nai configure` opens this file again as long as all its comments are those that it"
    f" wrote, which start with {MARK}: it cannot keep others. All other files of the inventory are left alone."
)
_MAIN_HEADER = (
    "Variables of all hosts; every other one keeps the default of docs/reference/variables.md. `nai configure` opens"
    f" this file again and keeps variables that were added, but no comment that does not start with {MARK}."
)


def hosts_text(draft: Draft) -> str:
    """Content of `hosts.yml`.

    A host stands with its variables in the first of its groups, in the others by name alone.
    """
    tree = _tree(draft)
    connection = {**ADDRESS_OF_HOST, **draft.connection}
    lines = [*_comment(_HOSTS_HEADER), "all:", "  children:", "    nai:"]
    if tree:
        lines += ["      children:", *_groups(draft, tree, 8, set())]
    lines += ["      vars:", *(f"        {name}: {_scalar(value)}" for name, value in connection.items())]
    return "\n".join(lines) + "\n"


def main_text(draft: Draft) -> str:
    """Content of `group_vars/all/main.yml`: the schema's variables in its order, then others in theirs."""
    lines = _comment(_MAIN_HEADER)
    for name in in_order(draft.variables):
        declared = schema().variables.get(name)
        lines += ["", *(_comment(declared.help) if declared else ())]
        lines += _block(name, draft.variables[name])
    return "\n".join(lines) + "\n"


def in_order(variables: Mapping[str, object]) -> list[str]:
    """Names in the schema's order, then those that it does not know in theirs."""
    known = [name for name in schema().variables if name in variables]
    return known + [name for name in variables if name not in schema().variables]


def _tree(draft: Draft) -> dict[str, Any]:
    """Groups with hosts, inside those that they belong to."""
    tree: dict[str, Any] = {}
    for group, hosts in draft.groups.items():
        inner = tree
        for outer in draft.above(group) if hosts else ():
            inner = inner.setdefault(outer, {})
        if hosts:
            inner[group] = hosts
    return tree


def _groups(draft: Draft, tree: Mapping[str, Any], indent: int, told: set[str]) -> Iterator[str]:
    space = " " * indent
    helps = {group.name: group.help for group in draft.release.groups} if draft.release else {}
    for name, inside in tree.items():
        yield from (space + line for line in (_comment(_sentence(helps[name])) if name in helps else ()))
        yield f"{space}{name}:"
        if isinstance(inside, dict):
            yield f"{space}  children:"
            yield from _groups(draft, inside, indent + 4, told)
            continue
        yield f"{space}  hosts:"
        for host in inside:
            yield f"{space}    {host}:"
            for variable, value in draft.hosts.get(host, {}).items() if host not in told else ():
                yield f"{space}      {variable}: {_scalar(value)}"
            told.add(host)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{MARK} ", subsequent_indent=f"{MARK} ", break_on_hyphens=False)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _scalar(value: object) -> str:
    """A value on one line."""
    if isinstance(value, str) and "\n" in value:
        return json.dumps(value)
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _block(name: str, value: object) -> list[str]:
    if not isinstance(value, dict | list):
        return [f"{name}: {_scalar(value)}"]
    # Lists of plain values on one line, what is deeper indented.
    text = yaml.safe_dump({name: value}, default_flow_style=None, sort_keys=False, width=_WIDTH, allow_unicode=True)
    return text.splitlines()
