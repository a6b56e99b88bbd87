"""Images through Nova's own Glance client, with the rights of whoever asked Nova."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nova.exception
import nova.image.glance

from .source import GlanceImage, SourceError


class NovaSource:
    """Source of images for one request."""

    def __init__(self, context: Any) -> None:
        """Takes the security context of the request."""
        self._context = context
        self._api = nova.image.glance.API()

    def image(self, image_id: str) -> GlanceImage:
        """Returns what is known about one image; see `source.Source`."""
        try:
            return GlanceImage.of(self._api.get(self._context, image_id))
        except nova.exception.NovaException as error:
            raise SourceError(f"image {image_id}: {error}") from error

    def chunks(self, image_id: str) -> Iterator[bytes]:
        """Yields an image's data; see `source.Source`."""
        try:
            yield from self._api.download(self._context, image_id)
        except (nova.exception.NovaException, OSError) as error:
            raise SourceError(f"image {image_id}: the download broke off: {error}") from error
