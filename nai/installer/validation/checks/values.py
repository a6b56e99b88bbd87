"""Does every value fit its declaration, and does it apply to this mode and release?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nai.installer.checkout import releases
from nai.installer.schema import Scope, Variable
from nai.installer.schema.values import problems, shown
from nai.installer.validation.context import MISSING, Context, Missing, NotRendered
from nai.installer.validation.definitions import Definition
from nai.installer.validation.finding import Finding


def check(context: Context) -> Iterator[Finding]:
    """Types, ranges, choices, required variables, and variables without a meaning here."""
    hosts = context.hosts("all")
    used: set[int] = set()
    for variable in context.schema.variables.values():
        seen: dict[tuple[int, str], bool] = {}
        for host in hosts:
            if not context.is_set(host, variable.name):
                continue
            origin = context.origin(host, variable.name)
            used.add(id(origin))
            value = context.rendered(host, variable.name)
            # 26 hosts with the same value from the same line have the same error.
            if (key := (id(origin), repr(value))) not in seen:
                seen[key] = True
                yield from _of_host(context, variable, host, value)
    yield from _never_used(context, used)
    yield from _required(context)
    yield from _differing(context)
    yield from _without_meaning(context)


def _of_host(context: Context, variable: Variable, host: str, value: Any) -> Iterator[Finding]:
    if isinstance(value, NotRendered):
        if not value.needs_host:
            why = "cannot be rendered" if variable.secret else f"cannot be rendered for host {host}: {value.why}"
            yield context.finding(host, variable.name, why, "define the names it uses, or write the value itself")
        return
    if isinstance(value, Missing) or (value is None and not variable.required and variable.default is None):
        return
    for problem in problems(variable, value):
        yield context.finding(host, variable.name, problem.wrong, problem.action, where=problem.where, value=value)


def _never_used(context: Context, used: set[int]) -> Iterator[Finding]:
    """Values that no host gets, because a group is empty or another file wins, are wrong all the same."""
    for definition in context.definitions.found:
        variable = context.schema.variables.get(definition.key)
        if variable is None or id(definition) in used or definition.encrypted or "{{" in str(definition.value):
            continue
        if definition.value is None and not variable.required:
            continue
        for problem in problems(variable, definition.value):
            value = "" if variable.secret else shown(definition.value)
            yield _at(definition, variable.name + problem.where, value, problem.wrong, problem.action)


def _required(context: Context) -> Iterator[Finding]:
    for variable in context.schema.variables.values():
        if not variable.required or variable.secret or not variable.applies_to(*context.inventory.mode_and_release):
            continue
        groups = variable.groups or ("nai",)
        lacking = [host for host in context.hosts(*groups) if not context.is_set(host, variable.name)]
        if not lacking:
            continue
        if variable.scope is Scope.HOST:
            for host in lacking:
                yield Finding(
                    context.source,
                    None,
                    f"host {host}",
                    "",
                    f"has no {variable.name}",
                    f"add it to the host: {_clause(variable.help)}",
                )
        else:
            of = "" if len(lacking) == len(context.hosts(*groups)) else f" for {', '.join(lacking)}"
            text = f"set it in group_vars/all/main.yml: {_clause(variable.help)}"
            yield Finding(context.source, None, variable.name, "", f"is required and not set{of}", text)


def _clause(help_text: str) -> str:
    """A help text as the end of a sentence; a name in capitals keeps them."""
    first = help_text if help_text[1:2].isupper() else help_text[:1].lower() + help_text[1:]
    return first.rstrip(".")


def _differing(context: Context) -> Iterator[Finding]:
    """A shared variable has one value on all hosts: the roles of one host rely on it for the others."""
    hosts = context.hosts("nai")
    for variable in context.schema.of_scope(Scope.GROUP):
        if variable.secret:
            continue
        of_value: dict[str, str] = {}
        for host in hosts:
            value = context.rendered(host, variable.name)
            if not isinstance(value, Missing | NotRendered):
                of_value.setdefault(shown(value), host)
        if len(of_value) > 1:
            told = ", ".join(f"{value} on {host}" for value, host in list(of_value.items())[:3])
            place = next((host for host in reversed(hosts) if context.origin(host, variable.name)), None)
            yield context.finding(
                place,
                variable.name,
                f"differs between hosts ({told})",
                "set it once, in group_vars/all/main.yml",
                value=MISSING,
            )


def _without_meaning(context: Context) -> Iterator[Finding]:
    mode, release = context.inventory.mode_and_release
    if release not in releases():
        return  # reported; which variables were meant is not known
    for variable in context.schema.variables.values():
        # Secrets of another release are not read and harm nobody; a copied inventory may keep them.
        if variable.secret or variable.applies_to(mode, release):
            continue
        fitting = [name for name in releases() if variable.applies_to(mode, name)]
        of_modes = f"nai_mode {' or '.join(variable.modes)}" if variable.modes else ""
        of_releases = f"nai_release {' or '.join(fitting)}" if fitting else ""
        where = " with ".join(filter(None, (of_modes, of_releases)))
        for definition in context.definitions.found:
            if definition.key == variable.name:
                wrong = f"has a meaning only in {where}, and this is {mode} with {release}"
                yield _at(definition, variable.name, "", wrong, "delete it, or change the mode or release")


def _at(definition: Definition, key: str, value: str, wrong: str, action: str) -> Finding:
    return Finding(definition.file, definition.line, key, value, wrong, action)
