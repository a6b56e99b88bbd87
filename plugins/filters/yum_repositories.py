# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""A repository file of yum out of a list of repositories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def yum_repositories(repositories: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Sections of a repository file, for the filter `to_ini` (yum.conf(5), "[repository] OPTIONS").

    Signatures of packages are always checked.

    Args:
        repositories: `id`, `url`, `key_url`; optionally `name`, `exclude` and `include_only` (lists of package names
            and shell patterns, by which each repository is pinned to what is wanted of it).

    Raises:
        AnsibleFilterError: Two have one id.
    """
    sections: dict[str, dict[str, Any]] = {}
    for repository in repositories:
        if repository["id"] in sections:
            raise AnsibleFilterError(f"yum_repositories: two repositories have the id {repository['id']}")
        sections[repository["id"]] = {
            "name": repository.get("name") or repository["id"],
            "baseurl": repository["url"],
            "enabled": 1,
            "gpgcheck": 1,
            "gpgkey": repository["key_url"],
            "exclude": _words(repository.get("exclude")),
            "includepkgs": _words(repository.get("include_only")),
        }
    return sections


def _words(names: Iterable[str] | None) -> str | None:
    """Yum separates by blanks; None leaves the option out."""
    return " ".join(names or ()) or None


class FilterModule:
    """Filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"yum_repositories": yum_repositories}
