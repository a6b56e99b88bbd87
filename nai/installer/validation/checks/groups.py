"""Are the groups there, with hosts, and does each host have work?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nai.installer.schema.values import nearest
from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding

REQUIRED = ("controller", "compute", "operations")
"""Groups that need at least one host."""

SINGLE = ("controller",)
"""Groups of exactly one host."""

_MEANING = {
    "controller": "the host that runs the APIs, the database and the bus",
    "compute": "the hosts that instances run on",
    "operations": "the host that watches the others",
}


def check(context: Context) -> Iterator[Finding]:
    """Missing and empty groups; variables for groups and hosts that do not exist."""
    groups = context.inventory.groups
    for name in REQUIRED:
        yield from _required(context, name)
    for name in SINGLE:
        if len(groups.get(name, ())) > 1:
            many = ", ".join(groups[name])
            yield _finding(context, name, f"has {len(groups[name])} hosts ({many})", "keep one host in it")
    yield from _outside(context)
    yield from _vars_for_nobody(context)


def _required(context: Context, name: str) -> Iterator[Finding]:
    groups = context.inventory.groups
    if name not in groups:
        near = nearest(name, set(groups) - {"all", "ungrouped", *REQUIRED})
        yield _finding(context, name, f"is missing{near}", f"add it below nai with {_MEANING[name]}")
    elif not groups[name]:
        yield _finding(context, name, "has no host", f"add {_MEANING[name]}")
    elif outside := [host for host in groups[name] if host not in groups.get("nai", ())]:
        yield _finding(
            context, name, f"has hosts that are not in group nai ({', '.join(outside)})", "make it a child of nai"
        )


def _outside(context: Context) -> Iterator[Finding]:
    if any(name not in context.inventory.groups for name in REQUIRED):
        return  # a group with another name has been reported; its hosts are not to blame
    useful = set(context.hosts(*REQUIRED))
    for host in context.hosts("nai"):
        if host not in useful:
            yield Finding(
                context.source,
                None,
                f"host {host}",
                "",
                "is in group nai but in none of its groups",
                f"put it into {', '.join(REQUIRED[:-1])} or {REQUIRED[-1]}",
            )


def _vars_for_nobody(context: Context) -> Iterator[Finding]:
    """Ansible passes over group_vars/controllers.yml in silence when the group is called controller."""
    for kind, file, owner in context.definitions.vars_for:
        known = context.inventory.groups if kind == "group_vars" else context.inventory.hosts
        if owner not in known and owner != "localhost":
            what = "group" if kind == "group_vars" else "host"
            yield Finding(
                file,
                None,
                f"{what} {owner}",
                "",
                f"is not in the inventory{nearest(owner, known)}, so nothing reads this file",
                f"rename {Path(kind) / owner} or delete it",
            )


def _finding(context: Context, group: str, wrong: str, action: str) -> Finding:
    return Finding(context.source, None, f"group {group}", "", wrong, action)
