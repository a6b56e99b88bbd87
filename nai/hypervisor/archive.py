"""What a file from Glance holds, and how it reaches the engine.

Two forms are understood: what `docker save` writes, and the tar of a root file system. The first names its own tags. A
tag is chosen by whoever made the file, and the engine moves it without asking: a file could take over the tag of
another project's cached image. The file is therefore given to the engine with one tag, ours, and with no other place a
name could come from.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

_CHUNK_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_MANIFEST_BYTES = 1 << 20

_MANIFEST = "manifest.json"
_NAMING_FILES = frozenset({_MANIFEST, "repositories", "index.json", "oci-layout"})
"""Files of a saved image from which an engine takes names: the manifest, its predecessor, and the OCI layout's
index."""


class ArchiveError(ValueError):
    """The file is no image that can be run."""


@dataclass(frozen=True)
class Saved:
    """The manifest of a saved image.

    Attributes:
        config: Path of the image's configuration in the file.
        layers: Paths of its layers, lowest first.
        parts: Beginning and end, in bytes, of the parts of the (unpacked) file that carry no names.
    """

    config: str
    layers: tuple[str, ...]
    parts: tuple[tuple[int, int], ...]


def saved_image(path: Path) -> Saved | None:
    """Returns the manifest of a saved image, None for the tar of a root file system.

    Raises:
        ArchiveError: The file is no tar, or a saved image of a form that cannot be run.
    """
    try:
        with _opened(path) as file, tarfile.open(fileobj=file, mode="r:") as tar:
            return _saved(tar)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(
            f"the image is neither the output of docker save nor a tar of a root file system: {error}"
        ) from error


def saved_stream(path: Path, saved: Saved, tag: str) -> Iterator[bytes]:
    """Yields a saved image, complete, under one tag.

    Args:
        path: The file.
        saved: Its manifest.
        tag: Tag the engine is to give it.
    """
    with _opened(path) as file:
        for start, end in saved.parts:
            yield from _slice(file, start, end)
    manifest = [{"Config": saved.config, "RepoTags": [tag], "Layers": list(saved.layers)}]
    yield _member(_MANIFEST, json.dumps(manifest).encode())
    yield bytes(2 * tarfile.BLOCKSIZE)


def plain_stream(path: Path) -> Iterator[bytes]:
    """Yields a file as it is; the engine unpacks gzip, xz and bzip2 itself."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _saved(tar: tarfile.TarFile) -> Saved | None:
    members = tar.getmembers()
    names = {_clean(member.name) for member in members}
    manifest: Any = None
    for member in members:
        name = _clean(member.name)
        if name == _MANIFEST and member.isfile() and member.size <= _MAX_MANIFEST_BYTES:
            manifest = _json(cast("IO[bytes]", tar.extractfile(member)).read())
    if not names:
        raise ArchiveError("the image is an empty tar")
    if not isinstance(manifest, list) or not all(isinstance(one, dict) and "Config" in one for one in manifest):
        if {"oci-layout", "index.json"} <= names:
            raise ArchiveError("the image is an OCI layout without manifest.json; write it with docker save")
        return None
    if len(manifest) != 1:
        raise ArchiveError(f"the file holds {len(manifest)} images; save one image per file")
    config, layers = manifest[0]["Config"], manifest[0].get("Layers") or []
    missing = [name for name in [config, *layers] if not isinstance(name, str) or _clean(name) not in names]
    if missing:
        raise ArchiveError(f"manifest.json names {missing[0]!r}, which is not in the file")
    # Headers of long names lie before a member's own; its part of the file ends where the next one's begins.
    ends = [*(member.offset for member in members[1:]), tar.offset]
    parts = [
        (member.offset, end)
        for member, end in zip(members, ends, strict=True)
        if _clean(member.name) not in _NAMING_FILES
    ]
    return Saved(config=config, layers=tuple(layers), parts=tuple(parts))


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _clean(name: str) -> str:
    return name.removeprefix("./")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.open(raw, "rb") as unpacked:
            yield cast("IO[bytes]", unpacked)


def _slice(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    left = end - start
    while left:
        chunk = file.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise ArchiveError("the image ends in the middle of a file")
        left -= len(chunk)
        yield chunk


def _member(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(entry, io.BytesIO(content))
        end = tar.offset
    return packed.getvalue()[:end]
