"""Does the release exist?"""

from __future__ import annotations

from collections.abc import Iterator

from nai.installer.checkout import releases
from nai.installer.release import Release
from nai.installer.schema.values import nearest
from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding


def check(context: Context) -> Iterator[Finding]:
    """A release is a file of playbooks/releases."""
    known = releases()
    seen: set[str] = set()
    for host in context.hosts("all"):
        release = context.rendered(host, "nai_release")
        if isinstance(release, str) and release not in known and release not in seen:
            seen.add(release)
            yield context.finding(
                host,
                "nai_release",
                f"is a release that does not exist{nearest(release, known)}",
                f"write one of {', '.join(known)}",
                value=release,
            )


def release_of(context: Context) -> Release | None:
    """The release of the inventory; None when there is no such release, which `check` tells."""
    _, name = context.inventory.mode_and_release
    return Release.named(name) if name in releases() else None
