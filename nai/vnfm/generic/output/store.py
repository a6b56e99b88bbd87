"""Reading and writing the runs of scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from nai.vnfm.generic.output.table import ScriptRunRow

if TYPE_CHECKING:
    from nai.catalogue import Event, VirtualNetworkFunctionRecord
    from nai.core.clock import Clock
    from nai.core.database import Database

LOST = -1
"""Status of a run whose agent was lost."""


class ScriptRun(BaseModel):
    """A run of a script, as the REST interface shows it."""

    id: int
    vnfr_id: str
    vnfr_name: str
    nsr_id: str
    hostname: str
    event: str
    position: int
    script: str
    variables: list[str] = Field(description="Names of its variables.")
    status: int | None = Field(description="Exit status; none while it runs, -1 when the agent was lost.")
    output: str
    err: str
    started_at: datetime
    finished_at: datetime | None


class Outputs:
    """The runs of scripts of one generic VNFM."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Uses a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def begin(
        self,
        run_key: str,
        vnfr: VirtualNetworkFunctionRecord,
        hostname: str,
        *,
        event: Event,
        position: int,
        script: str,
        variables: Sequence[str],
    ) -> ScriptRun:
        """Stores a run that begins; returns the stored one when it has begun before."""
        row = ScriptRunRow(
            run_key=run_key,
            vnfr_id=vnfr.id or "",
            vnfr_name=vnfr.name or "",
            nsr_id=vnfr.parent_ns_id or "",
            hostname=hostname,
            event=event,
            position=position,
            script=script,
            variables=sorted(variables),
            status=None,
            output="",
            err="",
            started_at=self._now(),
            finished_at=None,
        )
        try:
            async with self._database.session() as session:
                session.add(row)
                await session.flush()
                return _run(row)
        except IntegrityError:
            async with self._database.session() as session:
                found = await session.scalar(select(ScriptRunRow).where(ScriptRunRow.run_key == run_key))
                if found is None:
                    raise
                return _run(found)

    async def finish(self, run_key: str, *, status: int, output: str, err: str) -> None:
        """Stores how a run ended."""
        values = {"status": status, "output": output, "err": err, "finished_at": self._now()}
        async with self._database.session() as session:
            await session.execute(update(ScriptRunRow).where(ScriptRunRow.run_key == run_key).values(**values))

    async def of_vnfr(self, vnfr_id: str, *, hostname: str | None = None, event: str | None = None) -> list[ScriptRun]:
        """Returns the runs of a VNF in order of their beginnings."""
        statement = select(ScriptRunRow).where(ScriptRunRow.vnfr_id == vnfr_id).order_by(ScriptRunRow.id)
        if hostname is not None:
            statement = statement.where(ScriptRunRow.hostname == hostname)
        if event is not None:
            statement = statement.where(ScriptRunRow.event == event)
        return await self._all(statement)

    async def of_instance(self, vnfr_name: str, hostname: str, nsr_id: str | None = None) -> list[ScriptRun]:
        """Returns the runs in an instance, by the names that people know."""
        statement = (
            select(ScriptRunRow)
            .where(ScriptRunRow.vnfr_name == vnfr_name, ScriptRunRow.hostname == hostname)
            .order_by(ScriptRunRow.id)
        )
        if nsr_id is not None:
            statement = statement.where(ScriptRunRow.nsr_id == nsr_id)
        return await self._all(statement)

    async def find(self, vnfr_id: str, run_id: int) -> ScriptRun | None:
        """Returns one run."""
        statement = select(ScriptRunRow).where(ScriptRunRow.vnfr_id == vnfr_id, ScriptRunRow.id == run_id)
        return next(iter(await self._all(statement)), None)

    async def has_failed(self, vnfr_id: str, event: Event) -> bool:
        """Whether a script of this event has failed for a VNF before."""
        statement = select(ScriptRunRow.id).where(
            ScriptRunRow.vnfr_id == vnfr_id, ScriptRunRow.event == event, ScriptRunRow.status != 0
        )
        async with self._database.session() as session:
            return await session.scalar(statement.limit(1)) is not None

    async def forget(self, days: float) -> None:
        """Removes what began longer ago than this."""
        limit = self._now() - timedelta(days=days)
        async with self._database.session() as session:
            await session.execute(delete(ScriptRunRow).where(ScriptRunRow.started_at < limit))

    async def _all(self, statement: Select[ScriptRunRow]) -> list[ScriptRun]:
        async with self._database.session() as session:
            return [_run(row) for row in await session.scalars(statement)]

    def _now(self) -> datetime:
        # MariaDB's DATETIME knows no time zone: UTC by agreement.
        return self._clock.now().astimezone(UTC).replace(tzinfo=None)


def _run(row: ScriptRunRow) -> ScriptRun:
    return ScriptRun(
        id=row.id,
        vnfr_id=row.vnfr_id,
        vnfr_name=row.vnfr_name,
        nsr_id=row.nsr_id,
        hostname=row.hostname,
        event=row.event,
        position=row.position,
        script=row.script,
        variables=row.variables,
        status=row.status,
        output=row.output,
        err=row.err,
        started_at=row.started_at.replace(tzinfo=UTC),
        finished_at=row.finished_at.replace(tzinfo=UTC) if row.finished_at else None,
    )
