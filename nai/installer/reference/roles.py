"""Which variables a role takes: its own, and every declared one that its files mention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nai.installer.schema import Schema, Variable

GENERATED = ("defaults/main.yml", "meta/argument_specs.yml")
"""Files of a role that are written from the schema, so they say nothing about what it uses."""

# A play finds the release's facts by the release's name, so a role that reads the facts needs the name's default.
_IMPLIED = {"nai_release_facts": "nai_release"}

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Role:
    """A role on disk.

    Attributes:
        name: Its name.
        path: Its directory.
        description: What it is for, from its metadata.
        own: Variables that belong to it.
        shared: Other declared variables that it uses.
    """

    name: str
    path: Path
    description: str
    own: tuple[Variable, ...]
    shared: tuple[Variable, ...]


def roles_below(directory: Path, schema: Schema) -> Iterator[Role]:
    """All roles of a directory, by name."""
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        if (path / "tasks").is_dir():
            own = schema.of_role(path.name)
            owned = {variable.name for variable in own}
            used = _with_those_of_defaults(_mentioned(path, schema) | owned, schema) - owned
            shared = tuple(schema.variables[name] for name in sorted(used))
            yield Role(path.name, path, _description(path), own, shared)


def _mentioned(path: Path, schema: Schema) -> set[str]:
    found: set[str] = set()
    for file in sorted(path.rglob("*")):
        relative = str(file.relative_to(path))
        if not file.is_file() or relative in GENERATED or relative.endswith((".md", ".pyc")) or "files/" in relative:
            continue
        words = set(_NAME.findall(file.read_text(encoding="utf-8", errors="replace")))
        words |= {_IMPLIED[word] for word in words & _IMPLIED.keys()}
        found |= words & schema.variables.keys()
    return found


def _with_those_of_defaults(names: set[str], schema: Schema) -> set[str]:
    """Adds what the computed defaults of some variables are computed from."""
    pending, found = set(names), set(names)
    while pending:
        variable = schema.variables[pending.pop()]
        if variable.is_computed:
            new = (set(_NAME.findall(str(variable.default))) & schema.variables.keys()) - found
            found |= new
            pending |= new
    return found


def _description(path: Path) -> str:
    meta = path / "meta" / "main.yml"
    data = yaml.safe_load(meta.read_text(encoding="utf-8")) if meta.is_file() else {}
    return str(((data or {}).get("galaxy_info") or {}).get("description") or path.name.replace("_", " ").capitalize())
