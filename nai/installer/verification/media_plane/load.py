"""Sessions that load the media servers, and keep beating meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from nai.installer.verification.cloud import wait_for
from nai.installer.verification.media_plane.manager import Manager, MediaServer, Session

POINTS = 50
"""What an ordinary session takes."""

BEAT_SECONDS = 10.0
"""The VNFM gives a session up after three times 30 s without a beat."""

Answer = TypeVar("Answer")


class Load:
    """The sessions of one application."""

    def __init__(self, manager: Manager, name: str, timeout_seconds: float) -> None:
        """Registers nothing.

        Args:
            manager: Where the sessions are registered.
            name: What their own names start with.
            timeout_seconds: Longest wait for one thing.
        """
        self.sessions: list[Session] = []
        self._manager = manager
        self._name = name
        self._number = 0
        self._timeout = timeout_seconds
        self._beaten = time.monotonic()

    def add(self) -> Session | None:
        """Registers one more session; None when there is no room."""
        made = self._manager.register(POINTS, f"{self._name}-{self._number + 1}")
        if made is not None:
            self._number += 1
            self.sessions.append(made)
        return made

    def fill(self) -> None:
        """Registers sessions until there is no room."""
        while self.add() is not None:
            pass

    def end(self, session: Session) -> None:
        """Ends a session."""
        self._manager.end(session.id)
        self.sessions.remove(session)

    def wait_for(
        self, expected: str, holds: Callable[[list[MediaServer]], bool], *, filling: bool
    ) -> list[MediaServer]:
        """Looks at the servers until something holds; the sessions beat meanwhile.

        Args:
            expected: What is waited for, for the message.
            holds: Whether the servers are as they must be.
            filling: Also take all room that comes up.

        Raises:
            CheckFailedError: It does not hold in time.
        """
        seen: list[MediaServer] = []

        def look() -> list[MediaServer] | None:
            if filling:
                self.fill()
            self.beat()
            seen[:] = self._manager.servers()
            return seen if holds(seen) else None

        return wait_for(
            look, expected, lambda: described(seen), self._timeout, 1.0, clock=time.monotonic, pause=time.sleep
        )

    def stay(self, seconds: float, *, filling: bool) -> list[MediaServer]:
        """Lets time pass; the sessions beat meanwhile.

        Returns:
            The servers at the end.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if filling:
                self.fill()
            self.beat()
            time.sleep(1)
        return self._manager.servers()

    def beat(self) -> None:
        """Says of every session that it lives, when it is time again."""
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            for session in self.sessions:
                self._manager.beat(session.id)
            self._beaten = time.monotonic()


def described(servers: list[MediaServer]) -> str:
    """The servers in one line."""
    lines = [f"{each.hostname} {each.status} {each.used}/{each.capacity} at {each.address or '-'}" for each in servers]
    return "; ".join(lines) or "no media server"
