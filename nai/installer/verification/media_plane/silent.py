"""A session whose application has died: it never says that it lives."""

from __future__ import annotations

import time

from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.load import POINTS, Load
from nai.installer.verification.media_plane.manager import Manager, MediaServer, Session
from nai.installer.verification.report import Report


class Silent:
    """Registers one session and leaves it alone."""

    def __init__(self, report: Report, manager: Manager, name: str) -> None:
        """Registers nothing.

        Args:
            report: Gets the steps.
            manager: The VNFM.
            name: The session's own name.
        """
        self._report = report
        self._manager = manager
        self._name = name
        self._began = 0.0

    def begin(self) -> Session:
        """Registers it.

        Raises:
            CheckFailedError: There is no room.
        """
        with self._report.step("session that will not beat registered") as step:
            session = self._manager.register(POINTS, self._name)
            self._began = time.monotonic()
            if session is None:
                raise CheckFailedError("room for a session", "none")
            step.seen = f"{session.points} points at {session.address}"
        return session

    def wait_until_released(self, session: Session, load: Load) -> None:
        """Waits until the VNFM has given it up: it looks every 30 s, and does so at the third missed heartbeat.

        Args:
            session: The silent one.
            load: The sessions that beat meanwhile; they have to stay.

        Raises:
            CheckFailedError: It does not, or another session went with it.
        """

        def released(servers: list[MediaServer]) -> bool:
            taken = sum(server.used for server in servers)
            return self._manager.session(session.id) is None and taken == sum(each.points for each in load.sessions)

        expected = "the session without heartbeats given up, its points free, all others there"
        with self._report.step("session without heartbeats released by the VNFM", expected) as step:
            load.wait_for(expected, released, filling=False)
            step.seen = f"{time.monotonic() - self._began:.0f} s after its registration"
