"""Is every name one that the installer knows?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from nai.installer.checkout import checkout
from nai.installer.schema.values import nearest
from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding

# A name without one of our prefixes is the user's own, unless it differs from one of ours by a letter or two.
_NEARLY_THE_SAME = 0.9


def check(context: Context) -> Iterator[Finding]:
    """Unknown, removed and misspelt names, in every file and in `-e`."""
    ours = {*context.schema.roles, *_role_directories()}
    ours |= {name.partition("_")[0] for name in context.schema.variables}
    prefixes = tuple(f"{topic}_" for topic in ours)
    for definition in context.definitions.found:
        if problem := _problem(context, definition.key, prefixes):
            yield Finding(definition.file, definition.line, definition.key, "", *problem)
    seen_in_files = {definition.key for definition in context.definitions.found}
    for host in context.hosts("all") if context.definitions.opaque else ():
        for name in context.inventory.set_variables(host).keys() - seen_in_files:
            if problem := _problem(context, str(name), prefixes):
                yield context.finding(None, str(name), *problem)


def _problem(context: Context, name: str, prefixes: tuple[str, ...]) -> tuple[str, str] | None:
    schema = context.schema
    if name in schema.variables or name.startswith(("ansible_", "vault_")):
        return None
    if removed := schema.removed.get(name):
        return removed.wrong, removed.hint
    if name.startswith(prefixes):
        suggestion = nearest(name, schema.variables)
        return f"is an unknown variable{suggestion}", "correct or delete it; docs/reference/variables.md lists all"
    near = difflib.get_close_matches(name.lower(), schema.variables, n=1, cutoff=_NEARLY_THE_SAME)
    if near:
        return f"is unknown but looks like {near[0]}", f"write {near[0]}, or give your own variable another name"
    return None


def _role_directories() -> list[str]:
    return [path.name for path in (checkout() / "roles").iterdir() if path.is_dir()]
