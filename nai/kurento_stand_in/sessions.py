"""Sessions of clients: which objects they hold, what they subscribed to, and over which connection events go.

A session outlives its connection: a client that comes back with its id finds everything as it was. After the
collection time (240 s in Kurento) its objects are released, unless another session holds them too.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import INVALID_SESSION, RpcError

Send = Callable[[dict[str, Any]], None]
"""Hands a message to a connection; never waits."""


@dataclass
class Subscription:
    """What a session wants to be told."""

    id: str
    object_id: str
    event: str


@dataclass
class Session:
    """One session.

    Attributes:
        id: Of the session.
        send: Its connection; None while there is none.
        objects: Ids of the objects that it holds.
        subscriptions: By id.
        gone_since: When its connection went, on the monotonic clock.
    """

    id: str
    send: Send | None
    objects: set[str] = field(default_factory=set)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    gone_since: float | None = None


class Sessions:
    """All sessions."""

    def __init__(self) -> None:
        """Starts without any."""
        self._all: dict[str, Session] = {}

    def ids(self) -> list[str]:
        """Ids of all sessions."""
        return list(self._all)

    def find(self, session_id: object) -> Session:
        """Finds a session.

        Raises:
            RpcError: It has been collected, or never was.
        """
        found = self._all.get(session_id) if isinstance(session_id, str) else None
        if found is None:
            raise RpcError(INVALID_SESSION, "Invalid session")
        return found

    def open(self, send: Send) -> Session:
        """Makes a session for a connection."""
        made = Session(str(uuid.uuid4()), send)
        self._all[made.id] = made
        return made

    def of_connection(self, send: Send) -> Session | None:
        """The first session of a connection."""
        return next((session for session in self._all.values() if session.send is send), None)

    def attach(self, session: Session, send: Send) -> None:
        """Gives a session another connection."""
        session.send, session.gone_since = send, None

    def connection_lost(self, send: Send, now: float) -> None:
        """Notes that a connection is gone."""
        for session in self._all.values():
            if session.send is send:
                session.send, session.gone_since = None, now

    def close(self, session: Session) -> set[str]:
        """Ends a session; returns the ids of objects that no other one holds."""
        self._all.pop(session.id, None)
        return {item for item in session.objects if not any(item in other.objects for other in self._all.values())}

    def overdue(self, now: float, seconds: float) -> list[Session]:
        """Sessions whose connection has been gone for a time."""
        return [
            session
            for session in self._all.values()
            if session.gone_since is not None and now - session.gone_since >= seconds
        ]

    def forget_object(self, object_id: str) -> None:
        """Removes an object, and what was subscribed to it, from every session."""
        for session in self._all.values():
            session.objects.discard(object_id)
            for item in [item for item in session.subscriptions.values() if item.object_id == object_id]:
                del session.subscriptions[item.id]

    def subscribers(self, object_id: str, event: str) -> list[Session]:
        """Sessions that are to be told of an event of an object, once for each subscription."""
        return [
            session
            for session in self._all.values()
            for item in session.subscriptions.values()
            if (item.object_id, item.event) == (object_id, event)
        ]
