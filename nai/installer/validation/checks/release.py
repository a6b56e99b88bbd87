"""Does the release exist?"""

from __future__ import annotations

from collections.abc import Iterator

from nai.installer.checkout import releases
from nai.installer.schema.values import nearest
from nai.installer.validation.context import Context, Missing, NotRendered
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


def mode_and_release(context: Context) -> tuple[str, str]:
    """What the inventory's first host has; the defaults where that is wrong or there is no host."""
    return _first(context, "nai_mode"), _first(context, "nai_release")


def _first(context: Context, name: str) -> str:
    for host in context.hosts("all"):
        value = context.rendered(host, name)
        if not isinstance(value, Missing | NotRendered):
            return str(value)
    return str(context.schema.variables[name].default)
