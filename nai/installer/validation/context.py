"""What the checks look at: the schema, the inventory, its rendered values and where each comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nai.installer.inventory import Inventory, NotRenderableError
from nai.installer.schema import Schema
from nai.installer.schema.values import MisfitError, parse, shown
from nai.installer.validation.definitions import (
    EXTRA,
    FILE_ALL,
    FILE_GROUP,
    INLINE_ALL,
    INLINE_GROUP,
    Definition,
    Definitions,
    line_in_text,
)
from nai.installer.validation.finding import Finding

# Names that exist only after a host was contacted.
_NEEDS_HOST = frozenset({"ansible_facts", "ansible_local", "nai_host", "nai_release_facts"})


class Missing:
    """Stands for a value that is not set, cannot be rendered yet, or is wrong and has been reported."""

    def __bool__(self) -> bool:
        """Never true."""
        return False


MISSING = Missing()


@dataclass(frozen=True)
class NotRendered:
    """A value whose template cannot be rendered; `needs_host` when it will be once the host is known."""

    why: str
    needs_host: bool


class Context:
    """One inventory under validation."""

    def __init__(self, schema: Schema, inventory: Inventory, definitions: Definitions) -> None:
        """Keeps all three and indexes the definitions."""
        self.schema = schema
        self.inventory = inventory
        self.definitions = definitions
        self._by_key: dict[str, list[Definition]] = {}
        for definition in definitions.found:
            self._by_key.setdefault(definition.key, []).append(definition)
        self._rendered: dict[tuple[str, str], Any] = {}

    @property
    def source(self) -> str:
        """The inventory itself, for findings that have no better place."""
        return self.inventory.sources[0]

    def hosts(self, *groups: str) -> list[str]:
        """Hosts of some groups, each once, in the order of the inventory."""
        found = {host for group in groups for host in self.inventory.groups.get(group, ())}
        return [host for host in self.inventory.hosts if host in found]

    def is_set(self, host: str, name: str) -> bool:
        """Whether the inventory or `-e` sets a variable for a host."""
        return name in self.inventory.set_variables(host)

    def rendered(self, host: str, name: str) -> Any:
        """The value of a variable, its default if not set; MISSING without one, NotRendered when it cannot be had."""
        place = (host, name)
        if place not in self._rendered:
            try:
                value = self.inventory.value(host, name)
                self._rendered[place] = MISSING if value is None and not self.is_set(host, name) else value
            except NotRenderableError as error:
                raw = self.inventory.set_variables(host).get(name)
                self._rendered[place] = NotRendered(str(error), self._needs_host(host, raw, set()))
        return self._rendered[place]

    def parsed(self, host: str, name: str) -> Any:
        """The value in Python's own type (`IPv4Network`, …), or MISSING when there is no right one."""
        value = self.rendered(host, name)
        if isinstance(value, Missing | NotRendered):
            return MISSING
        try:
            return parse(self.schema.variables[name].type, value)
        except MisfitError:
            return MISSING

    def origin(self, host: str | None, name: str) -> Definition | None:
        """The definition that wins for a host; without a host, the winning one of any."""
        ranks = {group: (depth, priority) for group, depth, priority in self.inventory.groups_of(host)} if host else {}
        best: tuple[tuple[int, int, int, str], Definition] | None = None
        for definition in self._by_key.get(name, ()):
            of_group = definition.level in (INLINE_ALL, INLINE_GROUP, FILE_ALL, FILE_GROUP)
            if host and of_group and definition.owner not in ranks:
                continue
            if host and not of_group and definition.level != EXTRA and definition.owner != host:
                continue
            depth, priority = ranks.get(definition.owner, (0, 0))
            rank = (definition.level, depth, priority, definition.owner)
            if best is None or rank >= best[0]:
                best = (rank, definition)
        return best[1] if best else None

    def finding(
        self, host: str | None, name: str, wrong: str, action: str, *, where: str = "", value: Any = MISSING
    ) -> Finding:
        """A finding about a variable, at the place that sets it.

        Args:
            host: The host whose value is meant; None for all.
            name: The variable.
            wrong: What is wrong.
            action: What to do.
            where: Path inside the value.
            value: The value to show; that of the host by default.
        """
        if value is MISSING and host is not None and self.is_set(host, name):
            value = self.rendered(host, name)
        declared = self.schema.variables.get(name)
        hidden = declared is not None and declared.secret
        text = "" if hidden or isinstance(value, Missing | NotRendered) else shown(inner(value, where))
        origin = self.origin(host, name)
        if origin is not None:
            return Finding(origin.file, origin.line, name + where, text, wrong, action)
        for file in self.definitions.opaque:
            if line := line_in_text(file, name, host):
                return Finding(file, line, name + where, text, wrong, action)
        return Finding(self.source, None, name + where, text, wrong, action)

    def _needs_host(self, host: str, raw: Any, seen: set[str]) -> bool:
        """Whether a template needs, directly or through other variables, what only a contacted host can tell."""
        names = set(re.findall(r"[A-Za-z_]\w*", str(raw))) - seen
        if names & _NEEDS_HOST:
            return True
        variables = self.inventory.set_variables(host)
        seen |= names
        return any(
            self._needs_host(host, variables[name], seen)
            for name in names
            if name in variables and "{{" in str(variables[name])
        )


def inner(value: Any, where: str) -> Any:
    """The part of a value that a path such as `[1].ram_mb` names; the whole value when there is no such part."""
    for index, key in re.findall(r"\[(\d+)\]|\.([^.\[]+)", where):
        try:
            value = value[int(index)] if index else value[key]
        except (KeyError, IndexError, TypeError):
            return value
    return value
