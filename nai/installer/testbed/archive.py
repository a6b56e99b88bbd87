"""Images kept as files beside the engine, so that a wiped engine is filled again without installing.

`nai testbed up` leaves this to a process of its own (`python -m nai.installer.testbed.archive`) at the lowest
priority: packing takes as long as a stage of the main job, and nobody waits for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from nai.installer.testbed.command import CommandError
from nai.installer.testbed.engine import Engine
from nai.installer.testbed.lock import ARCHIVE_LOCK, try_lock
from nai.installer.testbed.ownership import this_checkout
from nai.installer.testbed.recipe import REPOSITORY, archive_of, tag_of

KEPT = 2
"""Versions of an image that stay, so that two checkouts with different recipes do not chase each other."""

LOG = Path("/var/log/nai/archive.log")


def load(engine: Engine, cache: Path, tag: str) -> bool:
    """Gives the engine an image from its file.

    Returns:
        Whether there was a sound file; a damaged one is removed.
    """
    archive = archive_of(cache, tag)
    if not archive.exists():
        return False
    try:
        engine.read_from(["zstd", "-q", "-dc", str(archive)], "load", "--quiet")
    except CommandError:
        archive.unlink()
        return False
    return True


def split_by_age(newest_first: Iterable[str]) -> tuple[list[str], list[str]]:
    """Parts the tags of images into those that stay and those of old versions.

    Args:
        newest_first: Tags `<name>:<key>`, of several images.

    Returns:
        The newest versions of each image, and the others.
    """
    kept: list[str] = []
    old: list[str] = []
    seen: Counter[str] = Counter()
    for tag in newest_first:
        name = tag.split(":")[0]
        seen[name] += 1
        (kept if seen[name] <= KEPT else old).append(tag)
    return kept, old


def _tags(engine: Engine) -> list[str]:
    """Returns the tags of all images of hosts, the newest first."""
    return engine("image", "ls", f"{REPOSITORY}/*", "--format", "{{.Repository}}:{{.Tag}}").split()


def missing(engine: Engine, cache: Path) -> list[str]:
    """Returns the tags of the images that have no file; the base has one since it was built, in another form."""
    kept, _ = split_by_age(_tags(engine))
    return [tag for tag in kept if not tag.startswith(f"{REPOSITORY}/base:") and not archive_of(cache, tag).exists()]


def pack(engine: Engine, cache: Path, tag: str) -> None:
    """Writes the file of an image."""
    archive = archive_of(cache, tag)
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(".part")
    engine.write_to(["zstd", "-q", "-1", "-T0", "-f", "-o", str(part)], "save", tag)
    part.replace(archive)


def start_in_background(engine: Engine, cache: Path) -> list[str]:
    """Starts a process that packs what is not packed and removes old versions.

    Returns:
        The tags it has to pack.
    """
    tags = missing(engine, cache)
    if tags:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "NAI_CHECKOUT": str(this_checkout().root)}
        with LOG.open("ab") as log:
            subprocess.Popen(
                ["nice", "-n", "19", sys.executable, "-m", "nai.installer.testbed.archive"],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                cwd="/",
            )
    return tags


def prune(engine: Engine, cache: Path) -> None:
    """Removes old versions of each image, in the engine and as files; the engine keeps what a container uses."""
    kept, old = split_by_age(_tags(engine))
    names = {archive_of(cache, tag) for tag in kept}
    files = sorted((cache / "images").glob("*.tar.zst"), key=lambda path: path.stat().st_mtime, reverse=True)
    by_tag = {tag_of(path): path for path in files}
    for tag in split_by_age(by_tag)[1]:
        if by_tag[tag] not in names:
            by_tag[tag].unlink()
    for tag in old:
        if not engine("ps", "--all", "--quiet", "--filter", f"ancestor={tag}"):
            engine("image", "rm", tag)


def main() -> None:
    """Packs and prunes, unless another process is at it."""
    engine, cache = Engine(), this_checkout().cache
    with try_lock(ARCHIVE_LOCK) as free:
        if free:
            for tag in missing(engine, cache):
                pack(engine, cache, tag)
            prune(engine, cache)


if __name__ == "__main__":
    main()
