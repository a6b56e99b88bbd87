"""Where a source is fetched from: addresses that `git` may be given. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nai.paas.engines.errors import EngineRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 2048
_SHORT_SSH = re.compile(
    r"(?P<user>[A-Za-z0-9_][A-Za-z0-9._-]*)@(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>[^-:/].*|/.*)"
)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Source:
    """A checked address.

    Attributes:
        url: As git takes it.
        protocol: `https`, `ssh` or `http`.
        secrets: Parts of it that must not be shown.
    """

    url: str
    protocol: str
    secrets: tuple[str, ...] = ()


def checked_source(url: str, protocols: Sequence[str]) -> Source:
    """An address that cannot be taken for an option, a local path or another of git's transports.

    Args:
        url: `https://…`, `ssh://…` or `user@host:path`.
        protocols: The ones that are allowed.

    Raises:
        EngineRefusedError: It is none.
    """
    if not url or len(url) > LONGEST or any(not sign.isprintable() or sign.isspace() for sign in url):
        message = "The Git address is empty, too long, or has blanks or other signs in it that no address has"
        raise EngineRefusedError(message)
    short = _SHORT_SSH.fullmatch(url)
    if short is not None and "://" not in url:
        return _allowed(Source(url, "ssh"), protocols)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EngineRefusedError(f"The Git address is none: {error}") from error
    # git knows `transport::address` as well, which urlsplit takes for a scheme or a path.
    if "://" not in url or "::" in url.partition("://")[0] or parts.scheme not in ("https", "http", "ssh"):
        raise EngineRefusedError(f"The Git address has to begin with {_listed(protocols)}")
    if _HOST.fullmatch(host) is None or port == 0 or len(parts.path.strip("/")) == 0:
        message = "The Git address has no host, or no path to a repository"
        raise EngineRefusedError(message)
    if parts.query or parts.fragment:
        message = "The Git address ends with the repository: nothing after ? or #"
        raise EngineRefusedError(message)
    if parts.scheme == "ssh" and (parts.password or (parts.username and _USER.fullmatch(parts.username) is None)):
        message = "The Git address has a user that is none, or a password: ssh takes a key"
        raise EngineRefusedError(message)
    hidden = {
        part
        for each in (parts.password, _token(parts.username, parts.password))
        if each
        for part in (each, unquote(each))
    }
    return _allowed(Source(url, parts.scheme, tuple(sorted(hidden))), protocols)


def _token(username: str | None, password: str | None) -> str | None:
    """A user without a password is a token at the usual places."""
    return username if not password and username != "git" else None


def _allowed(source: Source, protocols: Sequence[str]) -> Source:
    if source.protocol not in protocols:
        raise EngineRefusedError(f"Sources are not fetched by {source.protocol}: give {_listed(protocols)}")
    return source


def _listed(protocols: Sequence[str]) -> str:
    return " or ".join(f"{each}://" for each in protocols)
