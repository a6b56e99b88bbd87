"""Where this machine gets its Debian packages from: the hosts and their images use the same mirrors.

Formats: sources.list(5), one-line and deb822.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nai.installer.testbed.command import run
from nai.installer.testbed.errors import TestbedError

_CARRIED = ("Acquire::Check-Valid-Until", "Acquire::Check-Date")


@dataclass(frozen=True)
class Source:
    """One archive of packages.

    Attributes:
        uri: Base address.
        suite: Suite or codename.
        components: Its components that are in use.
    """

    uri: str
    suite: str
    components: tuple[str, ...]


@dataclass(frozen=True)
class Mirrors:
    """The two archives of Debian.

    Attributes:
        archive: Address of the main archive.
        security: Address of the security archive, None where the machine uses none.
        options: apt options that the hosts need as this machine does.
        proxy: The machine's own proxy for http, None for a direct way.
    """

    archive: str
    security: str | None
    options: tuple[tuple[str, str], ...] = ()
    proxy: str | None = None


def parse_one_line(text: str) -> Iterator[Source]:
    """Yields the binary archives of a `*.list` file."""
    for line in text.splitlines():
        words = re.sub(r"\[[^]]*\]", " ", line.split("#", 1)[0]).split()
        if len(words) >= 3 and words[0] == "deb":
            yield Source(words[1].rstrip("/"), words[2], tuple(words[3:]))


def parse_deb822(text: str) -> Iterator[Source]:
    """Yields the binary archives of a `*.sources` file, one for each address and suite."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        key = ""
        for line in paragraph.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in {" ", "\t"} and key:
                fields[key] += " " + line.strip()
            elif ":" in line:
                name, value = line.split(":", 1)
                key = name.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in {"no", "false"}:
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri.rstrip("/"), suite, tuple(fields.get("components", "").split()))


def choose_mirrors(sources: Iterable[Source], codename: str) -> tuple[str, str | None]:
    """Picks Debian's own archives out of everything that is configured.

    Args:
        sources: All archives; third parties' have other suites or no component `main`.
        codename: Codename of the machine's release.

    Returns:
        Address of the archive, and of the security archive or None.

    Raises:
        TestbedError: There is no archive of that release.
    """
    usable = [source for source in sources if "main" in source.components and re.match(r"https?://", source.uri)]
    archive = next((source.uri for source in usable if source.suite in {codename, "stable"}), None)
    security = next(
        (source.uri for source in usable if source.suite in {f"{codename}-security", "stable-security"}), None
    )
    if archive is None:
        raise TestbedError(
            f"no http(s) archive with suite {codename} and component main in /etc/apt/sources.list or "
            "/etc/apt/sources.list.d: add this machine's Debian mirror there, the hosts are made from it"
        )
    return archive, security


def parse_options(dump: str) -> dict[str, str]:
    """Returns the options of `apt-config dump`."""
    return dict(re.findall(r'^(\S+) "(.*)";$', dump, re.MULTILINE))


def read_mirrors(etc: Path = Path("/etc")) -> Mirrors:
    """Reads the machine's apt settings.

    Args:
        etc: Directory of the settings.

    Returns:
        The archives to make hosts from.

    Raises:
        TestbedError: The settings name none.
    """
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', (etc / "os-release").read_text(), re.MULTILINE))
    sources: list[Source] = []
    for path in (etc / "apt/sources.list", *sorted((etc / "apt/sources.list.d").glob("*"))):
        if path.suffix == ".sources":
            sources.extend(parse_deb822(path.read_text()))
        elif path.suffix == ".list" and path.is_file():
            sources.extend(parse_one_line(path.read_text()))
    archive, security = choose_mirrors(sources, release.get("VERSION_CODENAME", ""))
    options = parse_options(run(["apt-config", "dump"]))
    proxy = options.get("Acquire::http::Proxy", "")
    carried = tuple((name, options[name]) for name in _CARRIED if name in options)
    return Mirrors(archive, security, carried, proxy if proxy not in {"", "DIRECT"} else None)


def settings_for_hosts(mirrors: Mirrors, suite: str, certificates: Mapping[str, bytes]) -> dict[str, bytes]:
    """Returns the files that carry this machine's settings into an image.

    Args:
        mirrors: The archives.
        suite: Codename of the hosts' release.
        certificates: Name → PEM text of the machine's own certificate authorities.

    Returns:
        Path below the root → content.
    """
    archives = [(mirrors.archive, f"{suite} {suite}-updates")]
    if mirrors.security:
        archives.append((mirrors.security, f"{suite}-security"))
    paragraphs = [
        f"Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        for uri, suites in archives
    ]
    files = {"etc/apt/sources.list.d/debian.sources": "\n".join(paragraphs).encode()}
    if mirrors.options:
        lines = "".join(f'{name} "{value}";\n' for name, value in mirrors.options)
        files["etc/apt/apt.conf.d/91nai-machine"] = lines.encode()
    for name, content in certificates.items():
        files[f"usr/local/share/ca-certificates/{name}"] = content
    return files


def machine_certificates(directory: Path = Path("/usr/local/share/ca-certificates")) -> dict[str, bytes]:
    """Returns the certificate authorities that were added to this machine, by file name."""
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.crt"))}
