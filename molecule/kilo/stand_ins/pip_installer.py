#!/usr/bin/python3
"""Stand-in for pip of Python 2.7: `install NAME==VERSION` from an index, `install ARCHIVE`, `uninstall`, `freeze`.

As with pip, a distribution that is there is taken away before another version of it comes, whoever brought it. A source
archive is built with the pbr that is installed: nova-docker wants one below 1.0, and a version by `PBR_VERSION` where
there is no Git history.
"""

from __future__ import annotations

import configparser
import io
import json
import os
import sys
import tarfile
import urllib.request
from pathlib import Path

from shared import Interruption, below_root, fail, locked, record, remove_tree, write

SITE = below_root("/usr/lib/python2.7/site-packages")
PYTHON = "py2.7"
SECONDS = 5


def installed(name: str) -> list[Path]:
    """Returns the metadata of a distribution, whoever installed it."""
    stem = name.replace("-", "_")
    found = [*SITE.glob(f"{stem}-*.egg-info"), *SITE.glob(f"{stem}-*.dist-info")]
    return [path for path in found if path.name.removeprefix(f"{stem}-")[0].isdigit()]


def version_of(metadata: Path) -> str:
    """Returns the version in the name of a metadata directory."""
    return metadata.name.split("-")[1].removesuffix(".dist")


def take_away(name: str, interruption: Interruption | None = None) -> None:
    """Removes a distribution: its code first, then what says that it is there."""
    for metadata in installed(name):
        top = metadata / "top_level.txt"
        for package in top.read_text().split() if top.exists() else [name]:
            remove_tree(SITE / package)
        if interruption:
            interruption.at("middle")
        remove_tree(metadata)


def put(name: str, version: str, files: dict[str, str], interruption: Interruption) -> None:
    """Writes a distribution's code, then what says that it is there."""
    take_away(name)
    for number, path in enumerate(sorted(files)):
        if number == (len(files) + 1) // 2:
            interruption.at("middle")
        write(SITE / path, files[path])
    metadata = SITE / f"{name.replace('-', '_')}-{version}-{PYTHON}.egg-info"
    write(metadata / "top_level.txt", "".join(f"{top}\n" for top in sorted({path.split("/")[0] for path in files})))
    write(metadata / "PKG-INFO", f"Metadata-Version: 1.1\nName: {name}\nVersion: {version}\n")


def from_index(index: str, requirement: str, interruption: Interruption) -> None:
    """Installs an exact version from an index."""
    name, _, version = requirement.partition("==")
    url = f"{index.rstrip('/')}/{name}/"
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  # file: in unit tests
            offered = json.load(answer)
    except OSError:
        fail(
            f"  Could not find any downloads that satisfy the requirement {requirement}",
            f"Cannot fetch index base URL {index}",
        )
    if version not in offered:
        fail(f"  Could not find a version that satisfies the requirement {requirement}")
    interruption.at("before")
    put(name, version, {f"{name}/__init__.py": "", f"{name}/version.py": f"version = '{version}'\n"}, interruption)


def from_archive(path: Path, interruption: Interruption) -> None:
    """Builds a source archive whose setup.py calls pbr, and installs the outcome."""
    try:
        with tarfile.open(path) as archive:
            members = {
                member.name.partition("/")[2]: archive.extractfile(member).read().decode()  # type: ignore[union-attr]
                for member in archive.getmembers()
                if member.isfile()
            }
    except (OSError, tarfile.TarError) as error:
        fail(f"Cannot unpack file {path}: {error}")
    setup = configparser.ConfigParser()
    setup.read_file(io.StringIO(members["setup.cfg"]))
    builders = installed("pbr")
    if len(builders) != 1 or not version_of(builders[0]).startswith("0."):
        found = ", ".join(version_of(builder) for builder in builders) or "none"
        fail(f"error in setup command: pbr>=0.6,<1.0 is needed and {found} is installed")
    version = os.environ.get("PBR_VERSION") or fail(
        "Exception: Versioning for this project requires either an sdist tarball, or access to an upstream git "
        "repository."
    )
    interruption.at("before")
    top = setup["files"]["packages"].split()[0]
    files = {name: text for name, text in members.items() if name.startswith(f"{top}/")}
    put(setup["metadata"]["name"], version, files, interruption)


def main() -> int:
    """Entry point."""
    options = {word.partition("=")[0]: word.partition("=")[2] for word in sys.argv[1:] if word.startswith("-")}
    verb, *words = [word for word in sys.argv[1:] if not word.startswith("-")]
    with locked():
        record("pip", sys.argv[1:])
        interruption = Interruption("pip", sys.argv[1:])
        if verb == "install":
            for word in words:
                if "==" in word:
                    from_index(options["--index-url"], word, interruption)
                else:
                    from_archive(Path(word), interruption)
                sys.stdout.write(f"Successfully installed {word}\n")
        elif verb == "uninstall":
            if "--yes" not in options and "-y" not in options:
                fail("Proceed (y/n)? ")
            interruption.at("before")
            for word in words:
                take_away(word, interruption)
        elif verb == "freeze":
            found = sorted(path.name.split("-")[0] + "==" + version_of(path) for path in SITE.glob("*-info"))
            sys.stdout.write("".join(f"{line}\n" for line in found))
        else:
            fail(f'ERROR: unknown command "{verb}"')
        interruption.at("after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
