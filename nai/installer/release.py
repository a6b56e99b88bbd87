"""A release of OpenStack: what its data file says that is needed without a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from nai.installer.checkout import checkout, releases

INSTALLERS = ("packages", "packstack")
"""What brings a release onto the hosts: this installer's own roles from packages, or packstack."""


class ReleaseError(Exception):
    """A release does not exist or its file cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Group:
    """A group of an inventory that a release wants.

    Attributes:
        name: Its name.
        minimum: Least number of hosts.
        maximum: Greatest number of hosts; None when there is none.
        parents: Groups that its hosts are in as well, besides `nai`.
        excludes: Groups that none of its hosts is in.
        help: What its hosts are for, a noun phrase that goes on from "add".
    """

    name: str
    minimum: int
    help: str
    maximum: int | None = None
    parents: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Group:
        """Reads an entry of the release's `groups`.

        Raises:
            TypeError: A key is missing or unknown.
        """
        lists = {key: tuple(data.get(key, ())) for key in ("parents", "excludes")}
        return cls(**{**data, **lists})


@dataclass(frozen=True)
class Release:
    """What is known about a release.

    Attributes:
        name: The value of `nai_release`.
        installer: One of `INSTALLERS`.
        groups: The groups it wants, in the order in which a person thinks of them.
        services: Its services by key: unit, port, path and the like.
    """

    name: str
    installer: str
    groups: tuple[Group, ...]
    services: Mapping[str, Mapping[str, Any]]

    @classmethod
    def named(cls, name: str) -> Release:
        """Reads the file of a release, once.

        Args:
            name: The value of `nai_release`.

        Raises:
            ReleaseError: There is none, or it lacks something.
        """
        return _read(name)

    @property
    def parents(self) -> tuple[str, ...]:
        """Groups that other groups belong to, each once."""
        return tuple(dict.fromkeys(parent for group in self.groups for parent in group.parents))

    def children_of(self, parent: str) -> tuple[Group, ...]:
        """The groups whose hosts are in a parent group."""
        return tuple(group for group in self.groups if parent in group.parents)

    def groups_of(self, memberships: Iterable[str]) -> tuple[str, ...]:
        """Those of a host's groups that the release knows, its parent groups included."""
        own = set(memberships)
        return tuple(name for name in (*(group.name for group in self.groups), *self.parents) if name in own)


@cache
def _read(name: str) -> Release:
    path = checkout() / "playbooks" / "releases" / f"{name}.yml"
    if name not in releases():
        raise ReleaseError(f"{name}: is a release that does not exist; there are {', '.join(releases())}")
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))["nai_release_facts"]
        release = Release(
            name, facts["installer"], tuple(Group.of(entry) for entry in facts["groups"]), dict(facts["services"])
        )
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise ReleaseError(f"{path}: cannot be used ({' '.join(str(error).split())}); correct the file") from error
    if release.installer not in INSTALLERS:
        raise ReleaseError(f"{path}: installer is {release.installer}; write one of {', '.join(INSTALLERS)}")
    return release


def all_releases() -> tuple[Release, ...]:
    """Every release that can be installed, by name."""
    return tuple(Release.named(name) for name in releases())
