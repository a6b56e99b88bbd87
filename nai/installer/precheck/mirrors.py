"""Do the places that packages come from answer?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from nai.installer.host_names import shortened
from nai.installer.precheck.model import Finding, Host, Needs


def mirrors(hosts: list[Host], _needs: Needs) -> Iterator[Finding]:
    """One mirror that is down is one finding, however many hosts and repositories miss it."""
    missing: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for host in hosts:
        for url, reason in host.fact("unanswered_urls", {}).items():
            parts = urlsplit(url)
            names, paths = missing.setdefault((f"{parts.scheme}://{parts.netloc}", reason), ({}, {}))
            names[host.name] = None
            paths[parts.path] = None
    for (origin, reason), (names, paths) in missing.items():
        refused = reason.startswith("HTTP")
        wrong = (
            f"{origin} answers {reason} for {', '.join(paths)}" if refused else f"{origin} does not answer ({reason})"
        )
        action = "correct these URLs in the inventory" if refused else "start that mirror or correct its URL"
        yield Finding(shortened(names), "mirrors", wrong, f"{action}; packages come from there")
