"""What happened to a VNFR, its servers or its applications, told to whoever subscribed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from nai.vnfm.media_server.model import Application, MediaServer


class ChangeKind(StrEnum):
    """What a change is."""

    MANAGED = "MANAGED"
    TASK = "TASK"
    RELEASED = "RELEASED"
    SERVER_ADDED = "SERVER_ADDED"
    SERVER_CHANGED = "SERVER_CHANGED"
    SERVER_REMOVED = "SERVER_REMOVED"
    REGISTERED = "REGISTERED"
    UNREGISTERED = "UNREGISTERED"
    REFUSED = "REFUSED"
    """A registration found no room: the fleet is too small."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, already made in memory.

    Attributes:
        kind: What happened.
        vnfr_id: The VNFR.
        server: The media server concerned, if one is.
        application: The application concerned, if one is.
    """

    kind: ChangeKind
    vnfr_id: str
    server: MediaServer | None = None
    application: Application | None = None


Listener = Callable[[Change], None]
"""Called at once, in the loop, and so must neither block nor raise nor change anything: it sets an event, counts, …"""
