"""An instance's file system as a new image in Glance."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from nova.compute import task_states

from . import names
from .containers import without_boot
from .engine import APIError, NotFound

if TYPE_CHECKING:
    from .engine import Engine


class ChunkReader:
    """Makes a file for reading of an iterator, which is what Glance's client uploads from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Takes the chunks; nothing is read yet."""
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Returns up to `size` bytes, all that is left when it is negative, nothing at the end."""
        parts, have = [self._rest], len(self._rest)
        while size < 0 or have < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            parts.append(chunk)
            have += len(chunk)
        everything = b"".join(parts)
        cut = len(everything) if size < 0 else size
        self._rest = everything[cut:]
        return everything[:cut]


def changes_of(image_config: dict[str, Any], container_entrypoint: list[str]) -> list[str]:
    """Returns the instructions that give a snapshot the command of the image its instance was made from.

    A container's own command has the driver's boot script in front of it, which the instances made from the snapshot
    get anew. The engine can replace an entry point but not take it away, so a command without one becomes one.

    Args:
        image_config: `Config` of that image.
        container_entrypoint: What the container runs.
    """
    entrypoint, command = image_config.get("Entrypoint") or [], image_config.get("Cmd") or []
    if not entrypoint:
        entrypoint, command = command or without_boot(container_entrypoint), []
    changes = [f"ENTRYPOINT {json.dumps(list(entrypoint))}"]
    if command:
        changes.append(f"CMD {json.dumps(list(command))}")
    # Nor can a label be taken away; an empty one is no instance's.
    return [*changes, *(f'LABEL {label}=""' for label in (names.LABEL_INSTANCE, names.LABEL_NAME, names.LABEL_IMAGE))]


def upload(
    engine: Engine,
    image_api: Any,
    context: Any,
    instance: Any,
    image_id: str,
    update_task_state: Callable[..., None],
) -> None:
    """Stores an instance's file system under an image that Nova has made in Glance.

    The instance is frozen while the engine copies its layer. The layer is not read again on this host: it becomes its
    copy of the new image.

    Args:
        engine: The host's engine.
        image_api: Nova's Glance client.
        context: Security context of the request.
        instance: The instance.
        image_id: Glance's id of the new image.
        update_task_state: Tells Nova how far it is.

    Raises:
        engine.APIError: The engine cannot copy it.
        nova.exception.NovaException: Glance refuses the upload.
    """
    container = engine.client.inspect_container(names.container_name(instance.uuid))
    origin = engine.client.inspect_image(container["Image"])
    update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
    made = engine.bulk_client.commit(
        container["Id"],
        repository=names.IMAGE_REPOSITORY,
        tag=image_id,
        # The SDK passes the list on as it is, and the engine takes one parameter per instruction.
        changes=changes_of(origin["Config"], container["Config"]["Entrypoint"]),
    )
    try:
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        metadata = {"disk_format": "raw", "container_format": "docker"}
        stream = engine.bulk_client.get_image(made["Id"])
        image_api.update(context, image_id, metadata, ChunkReader(iter(stream)), purge_props=False)
    except BaseException:
        with contextlib.suppress(APIError, NotFound):
            engine.client.remove_image(names.image_tag(image_id))
        raise
