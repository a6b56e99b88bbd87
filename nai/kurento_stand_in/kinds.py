"""Kinds of media objects: which there are, what they descend from, what happens to them."""

from __future__ import annotations

from dataclasses import dataclass

_OBJECT_EVENTS = frozenset({"Error"})
_ELEMENT_EVENTS = _OBJECT_EVENTS | {
    "ElementConnected",
    "ElementDisconnected",
    "MediaFlowInStateChange",
    "MediaFlowOutStateChange",
}
_SDP_EVENTS = _ELEMENT_EVENTS | {
    "MediaSessionStarted",
    "MediaSessionTerminated",
    "MediaStateChanged",
    "ConnectionStateChanged",
}
_ICE_EVENTS = _SDP_EVENTS | {
    "DataChannelClose",
    "DataChannelOpen",
    "IceCandidateFound",
    "IceComponentStateChange",
    "IceComponentStateChanged",
    "IceGatheringDone",
    "NewCandidatePairSelected",
    "OnIceCandidate",
    "OnIceComponentStateChanged",
    "OnIceGatheringDone",
}
_URI_EVENTS = _ELEMENT_EVENTS | {"UriEndpointStateChanged"}
_MANAGER_EVENTS = frozenset({"ObjectCreated", "ObjectDestroyed"})


@dataclass(frozen=True)
class Kind:
    """A kind of media object.

    Attributes:
        name: As `create` calls it.
        hierarchy: What it descends from, nearest first.
        events: What a client may subscribe to.
    """

    name: str
    hierarchy: tuple[str, ...]
    events: frozenset[str]

    @property
    def is_element(self) -> bool:
        """It lives in a pipeline."""
        return "MediaElement" in self.hierarchy

    @property
    def is_sdp_endpoint(self) -> bool:
        """It negotiates by SDP."""
        return "SdpEndpoint" in self.hierarchy

    @property
    def is_uri_endpoint(self) -> bool:
        """It plays or records something at a URI."""
        return "UriEndpoint" in self.hierarchy

    @property
    def qualified_hierarchy(self) -> list[str]:
        """The hierarchy with the names' module, as `describe` answers it."""
        return [f"kurento.{name}" for name in self.hierarchy]


_ELEMENT = ("MediaElement", "MediaObject")
_SDP = ("BaseRtpEndpoint", "SdpEndpoint", "SessionEndpoint", "Endpoint", *_ELEMENT)
_URI = ("UriEndpoint", "Endpoint", *_ELEMENT)
_HTTP = ("HttpEndpoint", "SessionEndpoint", "Endpoint", *_ELEMENT)


def _kinds() -> tuple[Kind, ...]:
    return (
        Kind("MediaPipeline", ("MediaObject",), _OBJECT_EVENTS),
        Kind("WebRtcEndpoint", _SDP, _ICE_EVENTS),
        Kind("RtpEndpoint", _SDP, _SDP_EVENTS),
        Kind("PlayerEndpoint", _URI, _URI_EVENTS | {"EndOfStream"}),
        Kind("RecorderEndpoint", _URI, _URI_EVENTS | {"Recording", "Paused", "Stopped"}),
        Kind(
            "HttpPostEndpoint",
            ("HttpEndpoint", "SessionEndpoint", "Endpoint", *_ELEMENT),
            _SDP_EVENTS | {"EndOfStream"},
        ),
        Kind("PassThrough", _ELEMENT, _ELEMENT_EVENTS),
        Kind("Composite", ("Hub", "MediaObject"), _OBJECT_EVENTS),
        Kind("Dispatcher", ("Hub", "MediaObject"), _OBJECT_EVENTS),
        Kind("DispatcherOneToMany", ("Hub", "MediaObject"), _OBJECT_EVENTS),
        Kind("HubPort", _ELEMENT, _ELEMENT_EVENTS),
        Kind("FaceOverlayFilter", ("Filter", *_ELEMENT), _ELEMENT_EVENTS),
        Kind("GStreamerFilter", ("Filter", *_ELEMENT), _ELEMENT_EVENTS),
        Kind("ImageOverlayFilter", ("Filter", *_ELEMENT), _ELEMENT_EVENTS),
        Kind("ZBarFilter", ("Filter", *_ELEMENT), _ELEMENT_EVENTS | {"CodeFound"}),
        Kind("ServerManager", ("MediaObject",), _OBJECT_EVENTS | _MANAGER_EVENTS),
    )


KINDS = {kind.name: kind for kind in _kinds()}
