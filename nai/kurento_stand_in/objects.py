"""Media objects: a pipeline, its elements, how they are connected, and the manager that knows all pipelines."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from .errors import INVALID_PARAMS, OBJECT_NOT_FOUND, TYPE_NOT_FOUND, RpcError
from .kinds import KINDS, Kind

MANAGER_ID = "manager_ServerManager"


@dataclass
class MediaObject:
    """One object.

    Attributes:
        id: `<uuid>_kurento.<kind>`, after the pipeline's id and `/` for what lives in one.
        kind: What it is.
        parent: Pipeline (or hub) that it lives in; None for pipelines and the manager.
        created: Seconds since 1970.
        name: As a client calls it.
        tags: Of a client.
        properties: What clients set, by name.
        sinks: Ids of elements that media goes to, with the kind of media.
        memory: What it holds for the load's sake.
        connected_since: When media began to flow, on the monotonic clock; None before.
    """

    id: str
    kind: Kind
    parent: MediaObject | None = None
    created: float = field(default_factory=time.time)
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    sinks: dict[str, str] = field(default_factory=dict)
    memory: bytearray = field(default_factory=bytearray, repr=False)
    connected_since: float | None = None

    @property
    def pipeline(self) -> MediaObject:
        """The pipeline that it lives in, or is."""
        return self if self.parent is None else self.parent.pipeline


class Objects:
    """All objects of the server."""

    def __init__(self) -> None:
        """Starts with the manager."""
        self._all: dict[str, MediaObject] = {}
        self.manager = self._keep(MediaObject(MANAGER_ID, KINDS["ServerManager"]))

    def get(self, object_id: object) -> MediaObject:
        """Finds an object.

        Raises:
            RpcError: There is none of that id.
        """
        found = self._all.get(object_id) if isinstance(object_id, str) else None
        if found is None:
            raise RpcError(OBJECT_NOT_FOUND, f"Object '{object_id}' not found")
        return found

    def create(self, kind_name: object, parameters: dict[str, Any]) -> MediaObject:
        """Makes an object.

        Args:
            kind_name: As the client names it; with or without `kurento.`.
            parameters: Of its constructor; `mediaPipeline` (or `hub`) says where it lives.

        Raises:
            RpcError: There is no such kind, or the pipeline is missing.
        """
        kind = KINDS.get(str(kind_name).removeprefix("kurento."))
        if kind is None or kind.name == "ServerManager":
            raise RpcError(TYPE_NOT_FOUND, f"Class '{kind_name}' not found")
        own = f"{uuid.uuid4()}_kurento.{kind.name}"
        if kind.name == "MediaPipeline":
            return self._keep(MediaObject(own, kind))
        key = "hub" if kind.name == "HubPort" else "mediaPipeline"
        if key not in parameters:
            raise RpcError(INVALID_PARAMS, f"'{key}' parameter should be present in {kind.name}")
        parent = self.get(parameters[key])
        rest = {name: value for name, value in parameters.items() if name != key}
        return self._keep(MediaObject(f"{parent.pipeline.id}/{own}", kind, parent, properties=rest))

    def release(self, target: MediaObject) -> list[MediaObject]:
        """Removes an object with all that lives in it; returns what went, the innermost first."""
        gone = [item for child in self.children(target) for item in self.release(child)]
        self._all.pop(target.id, None)
        for other in self._all.values():
            other.sinks.pop(target.id, None)
        target.memory = bytearray()
        return [*gone, target]

    def children(self, parent: MediaObject) -> list[MediaObject]:
        """What lives in a pipeline or hub, in the order of creation."""
        return [item for item in self._all.values() if item.parent is parent]

    def pipelines(self) -> list[MediaObject]:
        """All pipelines, in the order of creation."""
        return [item for item in self._all.values() if item.kind.name == "MediaPipeline"]

    def sources(self, sink: MediaObject) -> list[tuple[MediaObject, str]]:
        """Elements that media comes from, with the kind of media."""
        return [(item, item.sinks[sink.id]) for item in self._all.values() if sink.id in item.sinks]

    def busy_endpoints(self) -> int:
        """How many endpoints media flows through."""
        return sum(item.connected_since is not None for item in list(self._all.values()))

    def __contains__(self, object_id: object) -> bool:
        """Whether an object of that id is there."""
        return object_id in self._all

    def _keep(self, made: MediaObject) -> MediaObject:
        made.name = made.id
        self._all[made.id] = made
        return made
