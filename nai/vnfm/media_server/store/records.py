"""From the model to rows and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, select

from nai.core.clock import Clock
from nai.core.database import Database
from nai.vnfm.media_server.model import Application, ManagedVnfr, MediaServer, MediaServerStatus
from nai.vnfm.media_server.state import State
from nai.vnfm.media_server.store.writer import GroupWriter
from nai.vnfm.media_server.tables import ApplicationRow, Base, MediaServerRow, VnfrRow


def table_of(row: type[Base]) -> Table:
    """Returns the table behind a row's class."""
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101  # the declarative base makes nothing else of a class with columns
    return table


VNFRS, SERVERS, APPLICATIONS = (table_of(row) for row in (VnfrRow, MediaServerRow, ApplicationRow))


class StoreJournal:
    """The journal of the state, which hands everything to the writer."""

    def __init__(self, writer: GroupWriter) -> None:
        """Takes the writer."""
        self._writer = writer
        self._position = 0
        self._positions: dict[str, int] = {}

    def continue_after(self, position: int) -> None:
        """Numbers new objects from here on; the number keeps the order in which they came."""
        self._position = position

    def place(self, identifier: str, position: int) -> None:
        """Remembers the number of an object that was read back."""
        self._positions[identifier] = position

    def vnfr(self, vnfr: ManagedVnfr) -> None:
        """Writes a VNFR."""
        row = {
            "id": vnfr.id,
            "position": self._position_of(vnfr.id),
            "vnfr_id": vnfr.vnfr_id,
            "nsr_id": vnfr.nsr_id,
            "task": vnfr.task,
            "hb_version": vnfr.hb_version,
        }
        self._writer.put(VNFRS, (vnfr.id,), row)

    def vnfr_gone(self, vnfr: ManagedVnfr) -> None:
        """Deletes a VNFR."""
        self._positions.pop(vnfr.id, None)
        self._writer.put(VNFRS, (vnfr.id,), None)

    def server(self, server: MediaServer) -> None:
        """Writes a media server."""
        row = {
            "id": server.id,
            "position": self._position_of(server.id),
            "vnfr_id": server.vnfr_id,
            "hostname": server.hostname,
            "ip": server.ip,
            "max_capacity": server.max_capacity,
            "status": server.status.value,
            "stopped": server.stopped,
            "claimed": server.claimed,
            "hb_version": server.hb_version,
        }
        self._writer.put(SERVERS, (server.id,), row)

    def server_gone(self, server: MediaServer) -> None:
        """Deletes a media server."""
        self._positions.pop(server.id, None)
        self._writer.put(SERVERS, (server.id,), None)

    def application(self, application: Application) -> None:
        """Writes an application, which never changes afterwards."""
        self._position += 1
        row = {
            "id": application.id,
            "position": self._position,
            "vnfr_id": application.vnfr_id,
            "media_server_id": application.media_server_id,
            "ip": application.ip,
            "points": application.points,
            "ext_app_id": application.ext_app_id,
            "created": application.created.timestamp(),
        }
        self._writer.put(APPLICATIONS, (application.id,), row)

    def application_gone(self, application: Application) -> None:
        """Deletes an application."""
        self._writer.put(APPLICATIONS, (application.id,), None)

    def _position_of(self, identifier: str) -> int:
        position = self._positions.get(identifier)
        if position is None:
            self._position += 1
            position = self._positions[identifier] = self._position
        return position


async def restore(database: Database, state: State, journal: StoreJournal, clock: Clock) -> None:
    """Reads everything back. Every application gets a fresh heartbeat (contract 2.2)."""
    async with database.engine.connect() as connection:
        vnfrs, servers, applications = [
            (await connection.execute(select(table).order_by(table.c.position))).mappings().all()
            for table in (VNFRS, SERVERS, APPLICATIONS)
        ]
    for row in (*vnfrs, *servers):
        journal.place(row["id"], row["position"])
    journal.continue_after(max((rows[-1]["position"] for rows in (vnfrs, servers, applications) if rows), default=0))
    now, beat = clock.now(), clock.monotonic()
    state.restore(
        [ManagedVnfr(row["id"], row["vnfr_id"], row["nsr_id"], row["task"], row["hb_version"]) for row in vnfrs],
        map(_server, servers),
        (_application(row, now, beat) for row in applications),
    )


def _server(row: Mapping[Any, Any]) -> MediaServer:
    return MediaServer(
        id=row["id"],
        vnfr_id=row["vnfr_id"],
        hostname=row["hostname"],
        ip=row["ip"],
        max_capacity=row["max_capacity"],
        status=MediaServerStatus(row["status"]),
        stopped=row["stopped"],
        claimed=row["claimed"],
        hb_version=row["hb_version"],
    )


def _application(row: Mapping[Any, Any], now: datetime, beat: float) -> Application:
    return Application(
        id=row["id"],
        vnfr_id=row["vnfr_id"],
        media_server_id=row["media_server_id"],
        ip=row["ip"],
        points=row["points"],
        ext_app_id=row["ext_app_id"],
        created=datetime.fromtimestamp(row["created"], UTC),
        heartbeat=now,
        beat=beat,
    )
