"""What a source of images has to offer; the driver's and the synchroniser's ways to Glance are two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class SourceError(Exception):
    """Glance cannot be asked, or refused."""


@dataclass(frozen=True)
class GlanceImage:
    """What Glance says about an image.

    Attributes:
        id: UUID.
        name: What people call it.
        status: `active` when it can be used.
        container_format: `docker` for what this driver runs.
        size: Bytes, 0 when Glance does not know.
        hash_algorithm: hashlib's name of the digest, empty when there is none.
        hash_value: Digest in hexadecimal.
        is_hidden: It is not shown in lists, but can be used.
    """

    id: str
    name: str
    status: str
    container_format: str
    size: int
    hash_algorithm: str
    hash_value: str
    is_hidden: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> GlanceImage:
        """Makes it of Glance's or Nova's dictionary."""
        facts = {**(values.get("properties") or {}), **values}
        algorithm, digest = facts.get("os_hash_algo"), facts.get("os_hash_value")
        if not (algorithm and digest):
            # Images of old releases have an MD5 only, which still finds a broken download.
            algorithm, digest = "md5", facts.get("checksum")
        return cls(
            id=str(facts["id"]),
            name=str(facts.get("name") or ""),
            status=str(facts.get("status") or ""),
            container_format=str(facts.get("container_format") or ""),
            size=int(facts.get("size") or 0),
            hash_algorithm=str(algorithm) if digest else "",
            hash_value=str(digest or ""),
            is_hidden=bool(facts.get("os_hidden")),
        )


class Source(Protocol):
    """Where images come from."""

    def image(self, image_id: str) -> GlanceImage:
        """Returns what is known about one image.

        Raises:
            SourceError: There is none, or it cannot be asked for.
        """

    def chunks(self, image_id: str) -> Iterator[bytes]:
        """Yields an image's data.

        Raises:
            SourceError: It cannot be fetched.
        """
