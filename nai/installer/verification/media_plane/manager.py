"""The media-server VNFM, as an application knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nai.installer.verification.media_plane.http import Service


@dataclass(frozen=True)
class Session:
    """A registered session of an application.

    Attributes:
        id: Its id.
        address: IP address of the media server that carries it.
        server: Id of that media server.
        points: What it takes of the server's capacity.
    """

    id: str
    address: str
    server: str
    points: int


@dataclass(frozen=True)
class MediaServer:
    """A media server.

    Attributes:
        id: Its id.
        hostname: Name of its instance.
        address: Where applications reach it; empty as long as it has none.
        used: Points that its sessions take.
        capacity: Points that it carries.
        status: ACTIVE, IDLE, RELEASE or INACTIVE.
    """

    id: str
    hostname: str
    address: str
    used: int
    capacity: int
    status: str


class Manager:
    """The VNFM's REST interface for one VNFR."""

    def __init__(self, url: str, vnfr_id: str) -> None:
        """Contacts nothing.

        Args:
            url: Where the VNFM listens.
            vnfr_id: Whose media servers are meant.
        """
        self._service = Service("the media-server VNFM", url.removesuffix("/vnfr"))
        self._path = f"/vnfr/{vnfr_id}"

    def servers(self) -> list[MediaServer]:
        """All media servers, by host name."""
        found = self._service.ask("GET", f"{self._path}/media-server", (200, 404))
        return sorted(map(_server, found.json() if found.ok else []), key=lambda server: server.hostname)

    def register(self, points: int, name: str) -> Session | None:
        """Registers a session; None when there is no room.

        Args:
            points: What it takes.
            name: The application's own name of it: registered again, it is the same session.
        """
        body = {"points": points, "extAppId": name}
        answer = self._service.ask("POST", f"{self._path}/app", (200, 201, 404), json=body)
        return _session(answer.json()) if answer.ok else None

    def session(self, session_id: str) -> dict[str, Any] | None:
        """The document of a session; None when there is none."""
        answer = self._service.ask("GET", f"{self._path}/app/{session_id}", (200, 404))
        found: dict[str, Any] = answer.json()
        return found if answer.ok else None

    def beat(self, session_id: str) -> None:
        """Says that a session lives."""
        self._service.ask("PUT", f"{self._path}/app/{session_id}/heartbeat", (200, 201))

    def end(self, session_id: str) -> None:
        """Ends a session; one that is gone is no error."""
        self._service.ask("DELETE", f"{self._path}/app/{session_id}", (200, 204, 404))

    def consumed(self, hostname: str) -> float:
        """What autoscaling reads of a server: CONSUMED_CAPACITY."""
        return float(self._service.ask("GET", f"/monitor/{hostname}/CONSUMED_CAPACITY").text)


def _server(document: dict[str, Any]) -> MediaServer:
    return MediaServer(
        id=str(document["id"]),
        hostname=str(document["hostName"]),
        address=str(document.get("ip") or ""),
        used=int(document["usedPoints"]),
        capacity=int(document["maxCapacity"]),
        status=str(document["status"]),
    )


def _session(document: dict[str, Any]) -> Session:
    return Session(
        id=str(document["id"]),
        address=str(document["ip"]),
        server=str(document["mediaServerId"]),
        points=int(document["points"]),
    )
