"""The host's copies of Glance images: images of the engine under the tag `glance:<Glance's id>`.

Glance never changes an image's data, so a copy under its id is right for as long as it exists. A copy appears under its
tag at once and complete: it is downloaded beside, compared with Glance's digest, and tagged by the engine when all of
it is loaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from oslo_concurrency import lockutils

from . import archive, names
from .containers import label_of
from .engine import APIError, NotFound, reason

if TYPE_CHECKING:
    from .engine import Engine
    from .source import GlanceImage, Source

LOG = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class ImageError(Exception):
    """An image cannot be brought to this host."""


class ImageStore:
    """Images of the engine that come from Glance."""

    def __init__(
        self,
        engine: Engine,
        work_path: Path,
        in_thread: Callable[[Callable[[], _Result]], _Result] = lambda call: call(),
    ) -> None:
        """Remembers where to work; nothing is contacted.

        Args:
            engine: The host's engine.
            work_path: Directory for downloads and locks, the same for the driver and the synchroniser.
            in_thread: Runs a function that computes for long where it stops nobody else.
        """
        self._engine = engine
        self._downloads = work_path / "downloads"
        self._locks = work_path / "locks"
        self._in_thread: Callable[[Callable[[], Any]], Any] = in_thread

    def find(self, image_id: str) -> dict[str, Any] | None:
        """Returns the engine's description of a copy, None when this host has none."""
        try:
            return dict(self._engine.client.inspect_image(names.image_tag(image_id)))
        except NotFound:
            return None

    def ensure(self, image_id: str, source: Source) -> tuple[dict[str, Any], bool]:
        """Returns the engine's description of a copy, and whether it had to be fetched.

        Whoever asks for the same image meanwhile, in whatever process, waits for this one.

        Raises:
            ImageError: The image is no Docker image, or its download is broken.
            source.SourceError: Glance refused.
        """
        if (found := self.find(image_id)) is not None:
            return found, False
        with lockutils.lock(f"image-{image_id}", lock_file_prefix="nai-", external=True, lock_path=str(self._locks)):
            if (found := self.find(image_id)) is not None:
                return found, False
            self._fetch(source.image(image_id), source)
            found = self.find(image_id)
        if found is None:
            raise ImageError(
                f"image {image_id}: the engine loaded it, but does not have it under {names.image_tag(image_id)}"
            )
        return found, True

    def copies(self) -> dict[str, str]:
        """Returns the engine's id of each copy, by Glance's id."""
        found = {}
        for image in self._engine.client.images(name=names.IMAGE_REPOSITORY):
            for tag in image.get("RepoTags") or ():
                repository, _, image_id = tag.rpartition(":")
                if repository == names.IMAGE_REPOSITORY and names.UUID.fullmatch(image_id):
                    found[image_id] = str(image["Id"])
        return found

    def in_use(self) -> set[str]:
        """Returns Glance's ids of the copies that containers are made from, stopped and foreign containers included."""
        copies = self.copies()
        containers = self._engine.client.containers(all=True)
        engine_ids = {str(container["ImageID"]) for container in containers}
        labels = {label_of(container, names.LABEL_IMAGE) for container in containers}
        return {image_id for image_id, engine_id in copies.items() if engine_id in engine_ids or image_id in labels}

    def remove(self, image_id: str) -> bool:
        """Removes a copy unless a container is made from it, and says whether it is gone."""
        with lockutils.lock(f"image-{image_id}", lock_file_prefix="nai-", external=True, lock_path=str(self._locks)):
            # Looked up again: an instance may have been made since the caller decided.
            if image_id in self.in_use():
                return False
            try:
                self._engine.client.remove_image(names.image_tag(image_id))
            except NotFound:
                return True
            except APIError as error:
                LOG.warning("image %s stays on this host: %s", image_id, reason(error))
                return False
        return True

    def tidy(self) -> None:
        """Removes downloads whose process has ended; called when no download of this process is under way."""
        for part in self._downloads.glob("*.part"):
            owner = part.name.split(".")[-3]
            if not Path(f"/proc/{owner}").exists() or int(owner) == os.getpid():
                part.unlink(missing_ok=True)

    def _fetch(self, image: GlanceImage, source: Source) -> None:
        if image.status != "active":
            raise ImageError(f"image {image.id} ({image.name}): its status is {image.status!r}, not 'active'")
        if image.container_format != "docker":
            raise ImageError(
                f"image {image.id} ({image.name}): container_format is {image.container_format!r}; instances on this "
                "host are made from container_format=docker"
            )
        with self._downloaded(image, source) as path:
            tag = names.image_tag(image.id)
            try:
                saved = self._in_thread(lambda: archive.saved_image(path))
                if saved is None:
                    self._import(path, image.id)
                else:
                    self._load(archive.saved_stream(path, saved, tag))
            except archive.ArchiveError as error:
                raise ImageError(f"image {image.id} ({image.name}): {error}") from error
            except APIError as error:
                raise ImageError(f"image {image.id} ({image.name}): the engine refuses it: {reason(error)}") from error
        LOG.info("image %s (%s, %d bytes) is on this host as %s", image.id, image.name, image.size, tag)

    @contextlib.contextmanager
    def _downloaded(self, image: GlanceImage, source: Source) -> Iterator[Path]:
        self._downloads.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.new(image.hash_algorithm, usedforsecurity=False) if image.hash_algorithm else None
        handle, name = tempfile.mkstemp(prefix=f"{image.id}.{os.getpid()}.", suffix=".part", dir=self._downloads)
        path = Path(name)
        try:
            received = 0
            with os.fdopen(handle, "wb") as file:
                for chunk in source.chunks(image.id):
                    file.write(chunk)
                    received += len(chunk)
                    if digest:
                        digest.update(chunk)
            if image.size and received != image.size:
                raise ImageError(
                    f"image {image.id} ({image.name}): {received} of {image.size} bytes arrived; the next attempt "
                    "starts anew"
                )
            if digest and digest.hexdigest() != image.hash_value:
                raise ImageError(
                    f"image {image.id} ({image.name}): the {image.hash_algorithm} digest of what arrived is not the "
                    "one Glance has; the data was damaged on its way or in Glance's store"
                )
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _load(self, stream: Iterator[bytes]) -> None:
        for line in self._engine.bulk_client.load_image(stream):
            if "error" in line:
                raise ImageError(f"the engine does not load it: {line['error']}")

    def _import(self, path: Path, image_id: str) -> None:
        answer = self._engine.bulk_client.import_image_from_data(
            archive.plain_stream(path), repository=names.IMAGE_REPOSITORY, tag=image_id
        )
        if '"error"' in str(answer):
            raise ImageError(f"image {image_id}: the engine does not import it: {answer}")
