"""An inventory before it is files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nai.installer.release import Release, ReleaseError
from nai.installer.schema import schema

ADDRESS_OF_HOST = {"ansible_host": "{{ nai_management_address }}"}
"""How Ansible reaches a host; stands in every inventory that the installer writes."""


@dataclass(frozen=True)
class Draft:
    """What an inventory says.

    Attributes:
        groups: Hosts of each group, without the groups that only have other groups in them.
        hosts: Variables of each host.
        connection: Variables of all hosts by which Ansible reaches them, such as `ansible_user`.
        variables: Shared variables.
    """

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    connection: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)

    @property
    def release(self) -> Release | None:
        """The release it is for; None when there is no such release."""
        name = self.variables.get("nai_release", schema().variables["nai_release"].default)
        try:
            return Release.named(str(name))
        except ReleaseError:
            return None

    def above(self, group: str) -> tuple[str, ...]:
        """The groups between `nai` and a group, the outermost first."""
        release = self.release
        if release is None:
            return ()
        parents = next((known.parents for known in release.groups if known.name == group), ())
        # Of two groups that a host is in, the one with more groups below it is further out.
        return tuple(sorted(parents, key=lambda parent: (-len(release.children_of(parent)), parents.index(parent))))
