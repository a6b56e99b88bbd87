"""Are the groups there that the release wants, with hosts, and does each host have work?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nai.installer.host_names import shortened
from nai.installer.release import Group, Release, all_releases
from nai.installer.schema.values import nearest
from nai.installer.validation.checks.release import release_of
from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding


def check(context: Context) -> Iterator[Finding]:
    """Missing, empty and overfull groups; hosts in a wrong group; variables for groups and hosts that do not exist."""
    release = release_of(context)
    if release is not None:  # otherwise its name has been reported, and what it wants is not known
        for group in release.groups:
            yield from _wanted(context, release, group)
        yield from _parents(context, release)
        yield from _of_other_releases(context, release)
        yield from _outside(context, release)
    yield from _vars_for_nobody(context)


def _wanted(context: Context, release: Release, group: Group) -> Iterator[Finding]:
    groups = context.inventory.groups
    hosts = groups.get(group.name)
    if hosts is None and group.minimum:
        near = nearest(group.name, set(groups) - {"all", "ungrouped", *(known.name for known in release.groups)})
        below = group.parents[-1] if group.parents else "nai"
        yield _finding(context, group.name, f"is missing{near}", f"add it below {below} with {group.help}")
        return
    hosts = hosts or ()
    if len(hosts) < group.minimum:
        wrong = "has no host" if not hosts else f"has {len(hosts)} hosts, {group.minimum} are needed"
        yield _finding(context, group.name, wrong, f"add {group.help}")
    if group.maximum is not None and len(hosts) > group.maximum:
        keep = "one host" if group.maximum == 1 else f"{group.maximum} hosts"
        yield _finding(context, group.name, f"has {len(hosts)} hosts ({shortened(hosts)})", f"keep {keep} in it")
    for parent in ("nai", *group.parents):
        if outside := [host for host in hosts if host not in groups.get(parent, ())]:
            wrong = f"has hosts that are not in group {parent} ({shortened(outside)})"
            yield _finding(context, group.name, wrong, f"make it a child of {parent}")
    for other in group.excludes:
        both = [host for host in hosts if host in groups.get(other, ())]
        if both and group.name < other:  # the two exclude each other: once is enough
            wrong = f"has hosts that are in group {other} as well ({shortened(both)})"
            yield _finding(context, group.name, wrong, "keep each in one of the two")


def _parents(context: Context, release: Release) -> Iterator[Finding]:
    """A group that exists for others needs a host, and has its hosts from them."""
    told: set[str] = set()
    # The group with the fewest others in it names best where a host belongs.
    for parent in sorted(release.parents, key=lambda name: len(release.children_of(name))):
        children = release.children_of(parent)
        names = _or([group.name for group in children])
        inside = context.hosts(*(group.name for group in children))
        if not inside and not any(group.minimum for group in children):
            yield _finding(context, parent, "has no host", f"add {_or([group.help for group in children])} to {names}")
        bare = [host for host in context.hosts(parent) if host not in {*inside, *told}]
        told.update(bare)
        if bare:
            wrong = f"has hosts in none of its groups ({shortened(bare)})"
            yield _finding(context, parent, wrong, f"put them into {names}")


def _of_other_releases(context: Context, release: Release) -> Iterator[Finding]:
    """Hosts in a group by which another release selects what it installs would get that release's stages."""
    own = set(release.parents)
    others = {parent for other in all_releases() for parent in other.parents} - own
    for parent in sorted(others - {group.name for group in release.groups}):
        if hosts := context.inventory.groups.get(parent, ()):
            wanting = _or([other.name for other in all_releases() if parent in other.parents])
            yield _finding(
                context,
                parent,
                f"has hosts ({shortened(hosts)}), and release {release.name} has no such group",
                f"set nai_release to {wanting}, or take them out of it",
            )


def _outside(context: Context, release: Release) -> Iterator[Finding]:
    wanted = [group.name for group in release.groups]
    if any(group.minimum and group.name not in context.inventory.groups for group in release.groups):
        return  # a group with another name has been reported; its hosts are not to blame
    useful = set(context.hosts(*wanted, *release.parents))
    for host in context.hosts("nai"):
        if host not in useful:
            wrong = "is in group nai but in none of its groups"
            yield Finding(context.source, None, f"host {host}", "", wrong, f"put it into {_or(wanted)}")


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


def _or(names: list[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
