"""Which addresses a developer may name: Git repositories and images. Pure.

The engine goes there on the developer's behalf, from inside the platform. It must not be sent to the platform's own
machines, to the metadata service of a cloud, or to a file, and nothing in an address may be taken for an option or for
a second line of something.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from urllib.parse import SplitResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 2000
LONGEST_HOST = 253
LONGEST_REPOSITORY = 255
HIGHEST_PORT = 65535

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
SCP = re.compile(r"(?P<user>[^@:/]+)@(?P<host>\[[^\]]*\]|[^:/]+):(?P<path>.+)", re.DOTALL)
INNER_NAMES = ("localhost", "local", "localdomain", "internal", "lan", "home", "corp", "intranet", "svc", "cluster")
"""Last labels of names that mean something inside a network only."""

METADATA = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))
"""Link-local: where clouds keep their metadata services. Nothing opens these."""
OTHER_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")})
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")

COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class AddressError(ValueError):
    """An address may not be used; the text says why."""


@dataclass(frozen=True)
class Allowed:
    """What is allowed beyond the public Internet.

    Attributes:
        networks: Private networks.
        hosts: Names, in lower case, that are not looked at any further.
    """

    networks: Sequence[Network] = ()
    hosts: frozenset[str] = frozenset()

    def host(self, name: str) -> bool:
        """Whether the name of a host is allowed as it is."""
        return name.lower().rstrip(".") in self.hosts


def repository_host(url: str, allowed: Allowed) -> str:
    """The host of a Git repository's address, which is an address that may be used.

    Args:
        url: `https://…`, `http://…`, `ssh://…` or `user@host:path`.
        allowed: What is allowed beyond the public Internet.

    Raises:
        AddressError: It is none of these, or leads where it must not.
    """
    _plain(url)
    if url.lower().startswith("ssh://"):
        host, path = _ssh(url)
    elif "://" in url:
        host, path = _web(url)
    elif (match := SCP.fullmatch(url)) is not None:
        host, path = _unbracketed(match["host"]), match["path"]
        _user(match["user"])
    else:
        raise AddressError("an address like https://host/path, ssh://git@host/path or git@host:path is expected")
    if not path.strip("/"):
        raise AddressError("it names no repository")
    if path.startswith("-"):
        raise AddressError("a path must not begin with -")
    _plain(unquote(path))
    check_host(host, allowed)
    return host


def by_ssh(url: str) -> bool:
    """Whether a repository is reached by SSH, with a deploy key."""
    return "://" not in url or url.lower().startswith("ssh://")


def image_host(reference: str, allowed: Allowed) -> str | None:
    """The registry in the name of an image; None: the engine's default one.

    Args:
        reference: `[host[:port]/]path[:tag][@sha256:digest]`.
        allowed: What is allowed beyond the public Internet.

    Raises:
        AddressError: It is not the name of an image, or its registry must not be used.
    """
    _plain(reference)
    if "://" in reference:
        raise AddressError("the name of an image is expected, like mariadb:11 or registry.example.org/team/image:1.0")
    rest, at, digest = reference.partition("@")
    if at and not DIGEST.fullmatch(digest):
        raise AddressError("after @ a digest is expected: sha256: and 64 hexadecimal digits")
    first, slash, others = rest.partition("/")
    host = first if slash and (set(first) & set(".:[") or first == "localhost") else None
    path = others if host else rest
    path, colon, tag = path.partition(":")
    if colon and not TAG.fullmatch(tag):
        raise AddressError("a tag has letters, digits, _, . and -, at most 128")
    if len(path) > LONGEST_REPOSITORY or not all(COMPONENT.fullmatch(part) for part in path.split("/")):
        raise AddressError("the path of an image has small letters and digits, between them ., _ or -, parted by /")
    if host is None:
        return None
    name, port = _host_and_port(host)
    _port(port)
    check_host(name, allowed)
    return name


def check_host(host: str, allowed: Allowed) -> None:
    """Refuse a host that must not be used, as far as its name or address tells.

    Raises:
        AddressError: Why.
    """
    if allowed.host(host):
        return
    address = _literal(host)
    if address is not None:
        check_address(address, allowed)
        return
    name = host.rstrip(".")
    labels = name.split(".")
    if len(name) > LONGEST_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise AddressError(f"{_shown(host)} is not the name of a host")
    if NUMBER.fullmatch(labels[-1]):
        # 127.1, 0x7f000001 and 2130706433 are all 127.0.0.1 to some programs.
        raise AddressError(f"{_shown(host)} is not an address in the form 192.0.2.1")
    if len(labels) == 1 or labels[-1].lower() in INNER_NAMES:
        raise AddressError(f"{_shown(host)} is a name inside a network; the installation does not allow it")


def check_addresses(host: str, addresses: Iterable[str], allowed: Allowed) -> None:
    """Refuse a host whose name leads where it must not.

    Args:
        host: Its name.
        addresses: What the name resolves to.
        allowed: What is allowed beyond the public Internet.

    Raises:
        AddressError: Why.
    """
    if allowed.host(host):
        return
    for text in addresses:
        try:
            check_address(ipaddress.ip_address(text.partition("%")[0]), allowed)
        except AddressError as error:
            raise AddressError(f"{_shown(host)} leads to {error}") from None


def check_address(address: Address, allowed: Allowed) -> None:
    """Refuse an address that must not be used.

    Raises:
        AddressError: Why.
    """
    for each in (address, *_inside(address)):
        if any(each in network for network in METADATA) or each in OTHER_METADATA:
            raise AddressError(f"{address}, a link-local address or a metadata service, which is not allowed")
        if any(each in network for network in allowed.networks if network.version == each.version):
            continue
        if each.is_loopback or each.is_unspecified:
            raise AddressError(f"{address}, the machine itself, which is not allowed")
        if not each.is_global or each.is_multicast:
            if each is address and getattr(address, "ipv4_mapped", None):
                continue  # The same as what is inside, which decides.
            raise AddressError(f"{address}, a private or reserved address, which the installation does not allow")


def _inside(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    found.extend(address.teredo or ())
    if address in TRANSLATED or (int(address) >> 32 == 0 and int(address) > 1):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        if ":" in host:
            raise AddressError(f"{_shown(host)} is not an address") from None
        return None


def _web(url: str) -> tuple[str, str]:
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise AddressError("only https://, http:// and ssh:// can be used")
    if parts.username is not None or parts.password is not None:
        raise AddressError("everybody in the project sees an address: no user or password in it; use a secret")
    return parts.hostname or "", parts.path


def _ssh(url: str) -> tuple[str, str]:
    parts = _split(url)
    if parts.password is not None:
        raise AddressError("everybody in the project sees an address: no password in it; use a secret")
    if parts.username is not None:
        _user(parts.username)
    return parts.hostname or "", parts.path


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port(None if parts.port is None else str(parts.port))
    except ValueError as error:
        raise AddressError("it is not a URL") from error
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise AddressError("no ? and no # are expected")
    if not parts.hostname:
        raise AddressError("it names no host")
    return parts


def _user(name: str) -> None:
    if not USER.fullmatch(name):
        raise AddressError("the name of a user has letters, digits, _, . and -")


def _host_and_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":") if rest else None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _port(port: str | None) -> None:
    if port is not None and not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= HIGHEST_PORT):
        raise AddressError(f"a port is a number from 1 to {HIGHEST_PORT}")


def _unbracketed(host: str) -> str:
    return host[1:-1] if host.startswith("[") else host


def _plain(text: str) -> None:
    if len(text) > LONGEST_URL:
        raise AddressError(f"it has {len(text)} characters; at most {LONGEST_URL} are allowed")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise AddressError("only letters, digits and the usual signs are allowed; no blanks, no control characters")
    if text.startswith("-"):
        raise AddressError("it must not begin with -")
    if set(text) & set("\"'`<>{}|^$;"):
        raise AddressError("no quotes, brackets or signs of a shell are allowed")


def _shown(host: str) -> str:
    return host if len(host) <= 64 else f"{host[:64]}…"
