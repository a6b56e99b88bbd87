"""What objects can be asked to do (`invoke`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import sdp
from .errors import INVALID_PARAMS, OPERATION_NOT_FOUND, RpcError
from .objects import MediaObject, Objects
from .statistics import endpoint_statistics

VERSION = "6.6.0"
"""Of Kurento: the one whose protocol is spoken."""

Emit = Callable[[MediaObject, str, dict[str, Any]], None]
"""Tells the subscribers of an event."""

# Properties of objects that are read and written by operations `get…` and `set…`, beside those that are computed.
_SETTABLE = frozenset(
    {
        "audioFormat",
        "latencyStats",
        "maxOutputBitrate",
        "maxVideoRecvBandwidth",
        "maxVideoSendBandwidth",
        "minOutputBitrate",
        "minVideoRecvBandwidth",
        "minVideoSendBandwidth",
        "name",
        "outputBitrate",
        "sendTagsInEvents",
        "stunServerAddress",
        "stunServerPort",
        "turnUrl",
        "videoFormat",
    }
)


class Operations:
    """Carries out operations on objects."""

    def __init__(self, objects: Objects, emit: Emit, address: str, sessions: Callable[[], list[str]]) -> None:
        """Keeps what operations need.

        Args:
            objects: All objects.
            emit: Tells subscribers.
            address: The server's address, for session descriptions.
            sessions: Ids of all sessions.
        """
        self._objects = objects
        self._emit = emit
        self._address = address
        self._sessions = sessions

    def invoke(self, target: MediaObject, operation: object, parameters: dict[str, Any]) -> Any:
        """Carries out one operation; returns its value, None for none.

        Raises:
            RpcError: The object has no such operation, or parameters are missing.
        """
        name = str(operation)
        handlers = self._handlers(target)
        if name in handlers:
            try:
                return handlers[name](parameters)
            except KeyError as error:
                raise RpcError(INVALID_PARAMS, f"{name} needs the parameter {error}") from None
        property_name = name[3:4].lower() + name[4:]
        if property_name in _SETTABLE and name.startswith("get"):
            return target.name if property_name == "name" else target.properties.get(property_name)
        if property_name in _SETTABLE and name.startswith("set"):
            return self._set(target, property_name, parameters)
        raise RpcError(OPERATION_NOT_FOUND, f"Object of type '{target.kind.name}' has no operation '{name}'")

    def _handlers(self, target: MediaObject) -> dict[str, Callable[[dict[str, Any]], Any]]:
        handlers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "addTag": lambda given: target.tags.update({given["key"]: given["value"]}),
            "removeTag": lambda given: target.tags.pop(given["key"], None) and None,
            "getTag": lambda given: target.tags.get(given["key"]),
            "getTags": lambda _given: _tags(target),
            "getId": lambda _given: target.id,
            "getCreationTime": lambda _given: int(target.created),
            "getParent": lambda _given: target.parent.id if target.parent else None,
            "getMediaPipeline": lambda _given: target.pipeline.id,
            "getChilds": lambda _given: self._children(target),
            "getChildren": lambda _given: self._children(target),
        }
        if target.kind.name == "ServerManager":
            handlers |= self._manager_handlers()
        if target.kind.name == "MediaPipeline":
            handlers["getGstreamerDot"] = lambda _given: "digraph pipeline {}"
        if target.kind.is_element:
            handlers |= self._element_handlers(target)
        if target.kind.is_sdp_endpoint:
            handlers |= self._sdp_handlers(target)
        if target.kind.name == "WebRtcEndpoint":
            handlers |= self._ice_handlers(target)
        if target.kind.is_uri_endpoint:
            handlers |= self._uri_handlers(target)
        return handlers

    def _manager_handlers(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "getPipelines": lambda _given: [item.id for item in self._objects.pipelines()],
            "getSessions": lambda _given: self._sessions(),
            "getInfo": lambda _given: {
                "version": VERSION,
                "type": "KMS",
                "modules": [
                    {"name": name, "version": VERSION, "generationTime": "", "factories": []}
                    for name in ("core", "elements", "filters")
                ],
                "capabilities": ["transactions"],
            },
            "getMetadata": lambda _given: "",
            "getUsedMemory": lambda _given: _used_memory_kib(),
            "getCpuCount": lambda _given: 1,
        }

    def _element_handlers(self, element: MediaObject) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "connect": lambda given: self._connect(element, given),
            "disconnect": lambda given: self._disconnect(element, given),
            "getSinkConnections": lambda given: [
                _connection(element, self._objects.get(sink), media)
                for sink, media in element.sinks.items()
                if given.get("mediaType") in (None, media)
            ],
            "getSourceConnections": lambda given: [
                _connection(source, element, media)
                for source, media in self._objects.sources(element)
                if given.get("mediaType") in (None, media)
            ],
            "getStats": lambda given: self._statistics(element, given),
            "isMediaFlowingIn": lambda _given: element.connected_since is not None,
            "isMediaFlowingOut": lambda _given: element.connected_since is not None,
        }

    def _sdp_handlers(self, endpoint: MediaObject) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "generateOffer": lambda _given: self._offer(endpoint),
            "processOffer": lambda given: self._answer(endpoint, given["offer"]),
            "processAnswer": lambda given: self._take_answer(endpoint, given["answer"]),
            "getLocalSessionDescriptor": lambda _given: endpoint.properties.get("localSdp", ""),
            "getRemoteSessionDescriptor": lambda _given: endpoint.properties.get("remoteSdp", ""),
            "getMediaState": lambda _given: _state(endpoint),
            "getConnectionState": lambda _given: _state(endpoint),
        }

    def _ice_handlers(self, endpoint: MediaObject) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "gatherCandidates": lambda _given: self._gather(endpoint),
            # Both sides' candidates are known now; there is nothing more to find out without media.
            "addIceCandidate": lambda given: self._flow(endpoint) if given["candidate"] else None,
            "getICECandidatePairs": lambda _given: [],
            "getIceConnectionState": lambda _given: [],
        }

    def _uri_handlers(self, endpoint: MediaObject) -> dict[str, Callable[[dict[str, Any]], Any]]:
        def become(state: str) -> Callable[[dict[str, Any]], Any]:
            return lambda _given: self._set_state(endpoint, state)

        return {
            "getUri": lambda _given: endpoint.properties.get("uri", ""),
            "getState": lambda _given: endpoint.properties.get("state", "STOP"),
            "play": become("START"),
            "record": become("START"),
            "pause": become("PAUSE"),
            "stop": become("STOP"),
            "stopAndWait": become("STOP"),
        }

    def _children(self, parent: MediaObject) -> list[str]:
        return [item.id for item in self._objects.children(parent)]

    def _set(self, target: MediaObject, name: str, parameters: dict[str, Any]) -> None:
        if name not in parameters:
            raise RpcError(INVALID_PARAMS, f"the parameter '{name}' is missing")
        if name == "name":
            target.name = str(parameters[name])
        else:
            target.properties[name] = parameters[name]

    def _connect(self, source: MediaObject, parameters: dict[str, Any]) -> None:
        sink = self._objects.get(parameters["sink"])
        source.sinks[sink.id] = str(parameters.get("mediaType") or "VIDEO")
        self._emit(source, "ElementConnected", {"sink": sink.id, "mediaType": source.sinks[sink.id]})

    def _disconnect(self, source: MediaObject, parameters: dict[str, Any]) -> None:
        sink = self._objects.get(parameters["sink"])
        media = source.sinks.pop(sink.id, None)
        if media is not None:
            self._emit(source, "ElementDisconnected", {"sink": sink.id, "mediaType": media})

    def _statistics(self, element: MediaObject, parameters: dict[str, Any]) -> dict[str, Any]:
        since = element.connected_since
        flowing = 0.0 if since is None else time.monotonic() - since
        return endpoint_statistics(element.id, parameters.get("mediaType"), flowing, time.time())

    def _offer(self, endpoint: MediaObject) -> str:
        endpoint.properties["localSdp"] = sdp.offer(self._address)
        return str(endpoint.properties["localSdp"])

    def _answer(self, endpoint: MediaObject, offer: str) -> str:
        answered = sdp.answer(offer, self._address)
        endpoint.properties.update(remoteSdp=offer, localSdp=answered)
        if endpoint.kind.name != "WebRtcEndpoint":  # no ICE: media flows as soon as both sides know each other
            self._flow(endpoint)
        return answered

    def _take_answer(self, endpoint: MediaObject, answered: str) -> str:
        sdp.answer(answered, self._address)  # it is one
        endpoint.properties["remoteSdp"] = answered
        self._flow(endpoint)
        return str(endpoint.properties.get("localSdp", ""))

    def _gather(self, endpoint: MediaObject) -> None:
        kinds = [f"host {self._address} 40000 typ host"]
        stun, turn = endpoint.properties.get("stunServerAddress"), endpoint.properties.get("turnUrl")
        if stun:
            kinds.append(f"stun {self._address} 40001 typ srflx raddr {self._address} rport 40000")
        if turn:
            relay = str(turn).rpartition("@")[2].partition("?")[0].partition(":")[0]
            kinds.append(f"turn {relay} 40002 typ relay raddr {self._address} rport 40000")
        for number, kind in enumerate(kinds, start=1):
            _, address, port, rest = kind.split(" ", 3)
            line = f"candidate:{number} 1 UDP {2013266431 - number} {address} {port} {rest}"
            candidate = {"candidate": line, "sdpMid": "0", "sdpMLineIndex": 0}
            self._emit(endpoint, "IceCandidateFound", {"candidate": candidate})
            self._emit(endpoint, "OnIceCandidate", {"candidate": candidate})
        self._emit(endpoint, "IceGatheringDone", {})
        self._emit(endpoint, "OnIceGatheringDone", {})
        if "remoteSdp" in endpoint.properties:
            self._flow(endpoint)

    def _flow(self, endpoint: MediaObject) -> None:
        """Media begins to flow."""
        if endpoint.connected_since is not None:
            return
        endpoint.connected_since = time.monotonic()
        before, after = (
            {"oldState": "DISCONNECTED", "newState": "CONNECTED"},
            {"state": "FLOWING", "mediaType": "VIDEO"},
        )
        self._emit(endpoint, "MediaStateChanged", before)
        self._emit(endpoint, "ConnectionStateChanged", before)
        self._emit(endpoint, "MediaFlowInStateChange", {**after, "padName": "default"})

    def _set_state(self, endpoint: MediaObject, state: str) -> None:
        endpoint.properties["state"] = state
        self._emit(endpoint, "UriEndpointStateChanged", {"state": state})


def _tags(target: MediaObject) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in target.tags.items()]


def _state(endpoint: MediaObject) -> str:
    return "DISCONNECTED" if endpoint.connected_since is None else "CONNECTED"


def _connection(source: MediaObject, sink: MediaObject, media: str) -> dict[str, Any]:
    pads = {"sourceDescription": "default", "sinkDescription": "default"}
    return {"source": source.id, "sink": sink.id, "type": media, **pads}


def _used_memory_kib() -> int:
    """Resident memory of this process."""
    with open("/proc/self/statm") as file:  # noqa: PTH123  # as short as it is
        return int(file.read().split()[1]) * 4
