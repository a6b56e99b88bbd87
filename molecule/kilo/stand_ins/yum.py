#!/usr/bin/python3
"""Stand-in for yum 3.4: `install`, `downgrade`, `remove`, `list available`, `shell FILE`, `makecache`, `clean`.

Packages come from the repositories in `/etc/yum.repos.d`, each of which has an index `repodata/packages.json`: a list
of packages (name, epoch, version, release, arch, requires, files). As with yum, a repository that does not answer ends
the call, `install` of an installed package's older version does nothing, and words that match nothing only count when
nothing else is left.
"""

from __future__ import annotations

import configparser
import fnmatch
import functools
import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from shared import Interruption, Packages, below_root, fail, locked, record

CANNOT_CONTINUE = """
 One of the configured repositories failed (Unknown),
 and yum doesn't have enough cached data to continue. At this point the only
 safe thing yum can do is fail. There are a few ways to work "fix" this:
"""
SECONDS = 5
Package = dict[str, Any]


def part_key(text: str) -> list[tuple[int, Any]]:
    """Orders versions; enough for those of the stand-ins' repositories."""
    return [(1, int(part)) if part.isdigit() else (0, part) for part in re.findall(r"\d+|[A-Za-z]+", text)]


def order(package: Package) -> tuple[Any, ...]:
    """Orders packages of one name."""
    return int(package.get("epoch", 0)), part_key(package["version"]), part_key(package["release"])


def names_of(package: Package) -> set[str]:
    """All ways in which a command line may name a package."""
    name, version, release = package["name"], package["version"], package["release"]
    arch, epoch = package.get("arch", "noarch"), package.get("epoch", 0)
    full = f"{name}-{version}-{release}"
    ways = {name, f"{name}.{arch}", f"{name}-{version}", full, f"{full}.{arch}", f"{epoch}:{full}"}
    return ways | {f"{name}-{epoch}:{version}-{release}"}


def named(packages: list[Package], word: str) -> list[Package]:
    """Returns what a word of the command line means, oldest first; shell patterns count."""
    return sorted((p for p in packages if any(fnmatch.fnmatchcase(way, word) for way in names_of(p))), key=order)


def version_of(package: Package) -> str:
    """Returns `[EPOCH:]VERSION-RELEASE`."""
    epoch = f"{package['epoch']}:" if package.get("epoch") else ""
    return f"{epoch}{package['version']}-{package['release']}"


class Repositories:
    """The enabled repositories."""

    def __init__(self, only: set[str], without: set[str]) -> None:
        """Reads their files; `--enablerepo` and `--disablerepo` choose among them."""
        self.urls: dict[str, str] = {}
        self.chosen: dict[str, list[str]] = {}
        self.excluded: dict[str, list[str]] = {}
        for file in sorted(below_root("/etc/yum.repos.d").glob("*.repo")):
            parser = configparser.ConfigParser(interpolation=None)
            parser.read(file)
            for name in parser.sections():
                section = parser[name]
                enabled = section.getboolean("enabled", True)
                if "*" in without or name in without:
                    enabled = False
                if name in only:
                    enabled = True
                if enabled:
                    self.urls[name] = section.get("baseurl", "").split()[0].rstrip("/")
                    self.chosen[name] = section.get("includepkgs", "*").split()
                    self.excluded[name] = section.get("exclude", "").split()
                    check_signing(file, name, section)

    def packages(self) -> list[Package]:
        """Fetches all indexes and returns what `includepkgs` and `exclude` leave of them."""
        if not self.urls:
            fail("There are no enabled repos.", ' Run "yum repolist all" to see the repos you have.')
        return [
            package
            for name, url in self.urls.items()
            for package in index(name, url)
            if any(fnmatch.fnmatchcase(package["name"], pattern) for pattern in self.chosen[name])
            and not any(fnmatch.fnmatchcase(package["name"], pattern) for pattern in self.excluded[name])
        ]


def check_signing(file: Path, name: str, section: configparser.SectionProxy) -> None:
    """With gpgcheck, a key is needed: yum would ask for it when it installs the first package."""
    if section.getboolean("gpgcheck", False) and not section.get("gpgkey"):
        fail(f"{file}: repository {name} checks signatures and names no gpgkey")


@functools.cache
def index(name: str, url: str) -> tuple[Package, ...]:
    """Fetches a repository's index."""
    target = f"{url}/repodata/packages.json"
    try:
        with urllib.request.urlopen(target, timeout=SECONDS) as answer:  # noqa: S310  # file: in unit tests
            found = json.load(answer)
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            reason = f"[Errno 14] HTTP Error {error.code} - {error.reason}"
        else:
            address = target.split("/")[2]
            reason = f'[Errno 14] curl#7 - "Failed connect to {address}; Connection refused"'
        mirror = f"{url}/repodata/repomd.xml: {reason}"
        fail(
            *(mirror, "Trying other mirror.", CANNOT_CONTINUE),
            *(f"failure: repodata/repomd.xml from {name}: [Errno 256] No more mirrors to try.", mirror),
        )
    return tuple({**package, "repository": name} for package in found)


class Transaction:
    """What was asked for, until it is run."""

    def __init__(self, packages: Packages, repositories: Repositories, interruption: Interruption) -> None:
        """Starts with nothing."""
        self.installed = packages
        self.repositories = repositories
        self.interruption = interruption
        self.incoming: dict[str, Package] = {}
        self.outgoing: list[str] = []

    def install(self, word: str) -> bool:
        """`install`: the newest that the word means, unless something newer is there."""
        if not (found := named(self.repositories.packages(), word)):
            sys.stdout.write(f"No package {word} available.\n")
            return False
        package = found[-1]
        present = self.installed.by_name.get(package["name"])
        if present and order(present) >= order(package):
            sys.stdout.write(f"Package matching {word} already installed. Checking for update.\n")
        else:
            self._add(package)
        return True

    def downgrade(self, word: str) -> bool:
        """`downgrade`: to an older version than the one that is there."""
        found = named(self.repositories.packages(), word)
        older = [p for p in found if order(p) < order(self.installed.by_name.get(p["name"], p))]
        if not older:
            sys.stdout.write(f"No Match for available package: {word}\n")
            return False
        self._add(older[-1])
        return True

    def remove(self, word: str) -> bool:
        """`remove`: with everything that needs it."""
        if word not in self.installed.by_name:
            sys.stdout.write(f"No Match for argument: {word}\n")
            return False
        pending = [word]
        while pending:
            name = pending.pop()
            if name not in self.outgoing:
                self.outgoing.append(name)
                pending += self.installed.needed_by(name)
        return True

    def _add(self, package: Package) -> None:
        self.incoming[package["name"]] = package
        for needed in package.get("requires", []):
            if needed in self.installed.by_name or needed in self.incoming:
                continue
            if not (found := named(self.repositories.packages(), needed)):
                version = f"{package['name']}-{version_of(package)}"
                fail(f"Error: Package: {version} ({package['repository']})", f"           Requires: {needed}")
            self._add(found[-1])

    def run(self) -> None:
        """Does it."""
        if not self.incoming and not self.outgoing:
            sys.stdout.write("Nothing to do\n")
            return
        self.interruption.at("before")
        for name in self.outgoing:
            self.installed.erase(name, self.interruption)
        for package in self.incoming.values():
            self.installed.unpack(package, self.interruption)
        self.interruption.at("after")
        sys.stdout.write("\nComplete!\n")


def list_available(packages: list[Package], words: list[str], duplicates: bool) -> int:
    """`list available`: columns that break where a name is long, as yum's do without a terminal."""
    found = [package for word in words for package in named(packages, word)]
    if not found:
        fail("Error: No matching Packages to list")
    newest = {package["name"]: package for package in found}
    sys.stdout.write("Available Packages\n")
    for package in found if duplicates else newest.values():
        name = f"{package['name']}.{package.get('arch', 'noarch')}"
        columns = column(name, 40, 0) + column(version_of(package), 23, 41)
        sys.stdout.write(f"{columns}{package['repository']}\n")
    return 0


def column(text: str, width: int, indent: int) -> str:
    """Returns a column and the gap behind it: a new line where the text is too long."""
    return f"{text:<{width}} " if len(text) <= width else f"{text}\n{'':{indent + width + 1}}"


def main() -> int:
    """Entry point."""
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    with locked():
        record("yum", sys.argv[1:])
        chosen = {option.partition("=")[0]: set(option.partition("=")[2].split(",")) for option in options}
        repositories = Repositories(chosen.get("--enablerepo", set()), chosen.get("--disablerepo", set()))
        transaction = Transaction(Packages(), repositories, Interruption("yum", sys.argv[1:]))
        match words:
            case ["list", "available", *names]:
                return list_available(repositories.packages(), names, "--showduplicates" in options)
            case ["makecache", *_]:
                repositories.packages()
                return 0
            case ["clean", *_]:
                return 0
        if "-y" not in options and "--assumeyes" not in options:
            fail("Is this ok [y/d/N]: ", "Exiting on user command")
        match words:
            case ["install" | "downgrade" | "remove" as verb, *names] if names:
                if not sum(getattr(transaction, verb)(name) for name in names):
                    fail("Error: Nothing to do")
            case ["shell", script]:
                for line in Path(script).read_text().splitlines():
                    command, *names = line.split()
                    if command != "run":
                        for name in names:
                            getattr(transaction, command)(name)
            case _:
                fail(f"No such command: {' '.join(words)}. Please use /usr/bin/yum --help")
        transaction.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
