"""A Docker image for the tests' instances: the one `verify` makes here, uploaded as `docker save` writes it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nai.installer.verification.image import cache_directory, find_or_make
from tests.support.repository import ROOT


def imported(tag: str, *labels: str) -> str:
    """Makes the image in this machine's Docker engine; returns its tag.

    Args:
        tag: What to call it.
        labels: `name=value` pairs; they make an image of its own out of the same root filesystem.
    """
    made = find_or_make("", cache_directory(ROOT / ".nai"))
    changes = [f"CMD {json.dumps(made.command.split())}", *(f"LABEL {label}" for label in labels)]
    options = [word for change in changes for word in ("--change", change)]
    subprocess.run(["docker", "import", *options, made.file, tag], check=True, capture_output=True)
    return tag


@contextmanager
def local_image(tag: str, *labels: str) -> Iterator[str]:
    """The image in this machine's engine, removed at the end."""
    try:
        yield imported(tag, *labels)
    finally:
        subprocess.run(["docker", "image", "rm", "--force", tag], check=False, capture_output=True)


@contextmanager
def glance_image(connection: Any, name: str, folder: Path, *labels: str) -> Iterator[Any]:
    """The image in Glance, removed at the end.

    Args:
        connection: Of the administrator.
        name: In Glance.
        folder: Where the archive may be kept for the moment.
        labels: See `imported`.
    """
    archive = folder / f"{name}.tar"
    with local_image(f"{name}:1", *labels) as tag:
        subprocess.run(["docker", "save", "--output", archive, tag], check=True)
    for old in connection.image.images(name=name):
        connection.image.delete_image(old)
    # Not by filename: openstacksdk leaves the file open.
    with archive.open("rb") as data:
        image = connection.image.create_image(
            name,
            data=data,
            container_format="docker",
            disk_format="raw",
            visibility="public",
            wait=True,
            timeout=120,
        )
    archive.unlink()
    try:
        yield image
    finally:
        connection.image.delete_image(image, ignore_missing=True)
