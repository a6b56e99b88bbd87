"""Applications in the database.

What is asked for most, the list, is put together from stored text: a thousand applications are not read into models
only to be written again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, select

from nai.catalogue.applications import Application, AppStatus
from nai.core.operations.table import microseconds
from nai.paas.applications.descriptor import most_instances
from nai.paas.applications.tables import ApplicationRow, FormerRow
from nai.paas.errors import ApplicationNotFoundError
from nai.paas.tables import ProjectRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

IN_COLUMNS = ("status", "statusReason", "durations")
"""Fields of the wire that the document in the database leaves to columns."""

LONGEST_REASON = 2000


@dataclass
class Stored:
    """An application with what only the manager knows of it.

    Attributes:
        application: As on the wire, the durations as of now.
        since: When its present status began.
        failed_in: Step that failed; empty where it failed while it ran.
        operation_id: What is being done to it; empty: nothing.
        deleting: Whether it is on its way out.
        sealed: Its encrypted secrets.
    """

    application: Application
    since: int
    spent: dict[str, float] = field(default_factory=dict)
    failed_in: str = ""
    operation_id: str = ""
    deleting: bool = False
    sealed: str = ""

    @property
    def id(self) -> str:
        """Its id."""
        return self.application.id or ""

    @property
    def os_name(self) -> str:
        """Its name on the platform."""
        return self.application.os_name or ""

    @property
    def nsr_id(self) -> str:
        """The record of its media servers at the orchestrator; empty: none is known."""
        group = self.application.media_server_group
        return (group.nsr_id if group else None) or ""

    @property
    def os_names(self) -> list[str]:
        """All names that it has in the engine: its own and those of its services."""
        return [self.os_name, *(service.os_name or "" for service in self.application.services)]

    def enter(self, status: AppStatus, now: datetime, reason: str = "") -> None:
        """Go into a status, or stay in it for another reason; what was spent in the former one is kept."""
        former = self.application.status
        self.application.status_reason = reason[:LONGEST_REASON] or None
        if status is former:
            return
        moment = microseconds(now)
        if former is not None:
            self.spent[former] = round(self.spent.get(former, 0.0) + (moment - self.since) / 1e6, 3)
        self.since = moment
        self.application.status = status
        if status is not AppStatus.FAILED:
            self.failed_in = ""


async def add(session: AsyncSession, stored: Stored, created_at: datetime) -> None:
    """Insert an application.

    Raises:
        sqlalchemy.exc.IntegrityError: The project has one of that name.
    """
    row = ApplicationRow(
        id=stored.id,
        project_id=stored.application.project_id,
        name=stored.application.name,
        os_name=stored.os_name,
        created_at=microseconds(created_at),
    )
    _fill(row, stored)
    session.add(row)
    await session.flush()


async def get(
    session: AsyncSession, identifier: str, now: datetime, *, project_id: str | None = None, lock: bool = False
) -> Stored:
    """An application.

    Args:
        session: The transaction.
        identifier: Its id.
        now: The time, for the duration of the present status.
        project_id: The project that it has to be of; None: any.
        lock: Whether nobody else may change it before the transaction is over.

    Raises:
        ApplicationNotFoundError: There is none of that id, or it is of another project.
    """
    row = await _row(session, identifier, lock=lock)
    if row is None or (project_id is not None and row.project_id != project_id):
        raise ApplicationNotFoundError("Application not found")
    return _stored(row, now)


async def find(session: AsyncSession, identifier: str, now: datetime, *, lock: bool = False) -> Stored | None:
    """An application, or None; for what runs beside its deletion."""
    row = await _row(session, identifier, lock=lock)
    return None if row is None else _stored(row, now)


async def save(session: AsyncSession, stored: Stored) -> None:
    """Write an application that was read with a lock."""
    row = await session.get(ApplicationRow, stored.id)
    if row is not None:
        _fill(row, stored)
        await session.flush()


async def forget(session: AsyncSession, stored: Stored, descriptor_name: str, now: datetime) -> None:
    """Delete an application; its names stay known, so that what comes up under them late can be removed."""
    await session.execute(delete(ApplicationRow).where(ApplicationRow.id == stored.id))
    for name in stored.os_names[:1]:
        await session.merge(FormerRow(os_name=name, descriptor_name=descriptor_name, deleted_at=microseconds(now)))


async def document(session: AsyncSession, identifier: str, now: datetime, *, project_id: str | None) -> str:
    """An application as JSON.

    Raises:
        ApplicationNotFoundError: There is none of that id, or it is of another project.
    """
    query = select(*_SHOWN).where(ApplicationRow.id == identifier[:64])
    found = (await session.execute(_of(query, project_id))).first()
    if found is None:
        raise ApplicationNotFoundError("Application not found")
    return _text(found, microseconds(now))


async def documents(session: AsyncSession, now: datetime, *, project_id: str | None) -> str:
    """All applications of a project (None: of all), oldest first, as a JSON list."""
    query = select(*_SHOWN).order_by(ApplicationRow.created_at, ApplicationRow.id)
    moment = microseconds(now)
    rows = (await session.execute(_of(query, project_id))).all()
    return f"[{','.join(_text(row, moment) for row in rows)}]"


async def identifiers(session: AsyncSession, *, project_id: str | None) -> list[str]:
    """The ids of all applications of a project (None: of all), oldest first."""
    query = select(ApplicationRow.id).order_by(ApplicationRow.created_at, ApplicationRow.id)
    return list(await session.scalars(_of(query, project_id)))


async def by_service_record(session: AsyncSession, nsr_id: str) -> str | None:
    """The id of the application whose media servers are in a record of the orchestrator, or None."""
    return await session.scalar(select(ApplicationRow.id).where(ApplicationRow.nsr_id == nsr_id)) if nsr_id else None


async def named(session: AsyncSession, project_id: str, name: str) -> bool:
    """Whether a project has an application of a name, one on its way out included."""
    query = select(ApplicationRow.id).where(ApplicationRow.project_id == project_id, ApplicationRow.name == name)
    return await session.scalar(query) is not None


async def idle(session: AsyncSession, now: datetime, *, running: bool) -> list[Stored]:
    """Applications that nothing is being done to: those that run, or the others."""
    status = ApplicationRow.status == AppStatus.RUNNING
    query = select(ApplicationRow).where(
        status if running else ~status, ApplicationRow.operation_id == "", ~ApplicationRow.deleting
    )
    return [_stored(row, now) for row in await session.scalars(query)]


async def every(session: AsyncSession, now: datetime) -> list[Stored]:
    """All applications."""
    return [_stored(row, now) for row in await session.scalars(select(ApplicationRow))]


async def busy(session: AsyncSession) -> list[tuple[str, str, bool]]:
    """Id, operation, and whether it is being deleted, of all applications that something is being done to."""
    query = select(ApplicationRow.id, ApplicationRow.operation_id, ApplicationRow.deleting)
    found = await session.execute(query.where(ApplicationRow.operation_id != ""))
    return [(row.id, row.operation_id, row.deleting) for row in found]


async def former(session: AsyncSession) -> list[FormerRow]:
    """Names of applications that were deleted."""
    return list(await session.scalars(select(FormerRow)))


async def forget_former(session: AsyncSession, before: datetime) -> None:
    """Forget the names of those that were deleted longer ago."""
    await session.execute(delete(FormerRow).where(FormerRow.deleted_at < microseconds(before)))


@dataclass(frozen=True)
class Used:
    """What the applications of a project use."""

    applications: int
    instances: int
    replicas: int


async def used(session: AsyncSession, project_id: str, *, but: str = "") -> Used:
    """What a project uses, one of its applications left out; nobody else adds to it before the transaction is over."""
    await session.execute(select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update())
    query = select(
        func.count(ApplicationRow.id),
        func.coalesce(func.sum(ApplicationRow.instances), 0),
        func.coalesce(func.sum(ApplicationRow.replicas), 0),
    ).where(and_(ApplicationRow.project_id == project_id, ApplicationRow.id != but))
    applications, instances, replicas = (await session.execute(query)).one()
    return Used(int(applications), int(instances), int(replicas))


async def has_any(session: AsyncSession, project_id: str) -> bool:
    """Whether a project has an application, one on its way out included."""
    query = select(ApplicationRow.id).where(ApplicationRow.project_id == project_id).limit(1)
    return await session.scalar(query) is not None


def instances_of(application: Application) -> int:
    """Media servers that an application may have."""
    return most_instances(application)


def replicas_of(application: Application) -> int:
    """Containers that an application has, those of its services included."""
    return application.replicas_number + sum(service.replicas_number for service in application.services)


_SHOWN = (
    ApplicationRow.document,
    ApplicationRow.status,
    ApplicationRow.status_reason,
    ApplicationRow.status_since,
    ApplicationRow.durations,
)


def _of(query: Any, project_id: str | None) -> Any:
    return query if project_id is None else query.where(ApplicationRow.project_id == project_id)


async def _row(session: AsyncSession, identifier: str, *, lock: bool) -> ApplicationRow | None:
    condition: ColumnElement[bool] = ApplicationRow.id == identifier[:64]
    query = select(ApplicationRow).where(condition)
    return await session.scalar(query.with_for_update() if lock else query)


def _text(row: Sequence[Any], now: int) -> str:
    content, status, reason, since, spent = row
    durations = json.loads(spent)
    durations[status] = _with_present(durations, status, since, now)
    told = f',"statusReason":{json.dumps(reason)}' if reason else ""
    return f'{content[:-1]},"status":"{status}"{told},"durations":{json.dumps(durations)}}}'


def _with_present(durations: dict[str, float], status: str, since: int, now: int) -> float:
    return round(durations.get(status, 0.0) + max(now - since, 0) / 1e6, 3)


def _stored(row: ApplicationRow, now: datetime) -> Stored:
    application = Application.from_wire(json.loads(row.document))
    spent = json.loads(row.durations)
    application.status = AppStatus(row.status)
    application.status_reason = row.status_reason or None
    present = _with_present(spent, row.status, row.status_since, microseconds(now))
    application.durations = spent | {row.status: present}
    return Stored(
        application=application,
        since=row.status_since,
        spent=spent,
        failed_in=row.failed_in,
        operation_id=row.operation_id,
        deleting=row.deleting,
        sealed=row.sealed,
    )


def _fill(row: ApplicationRow, stored: Stored) -> None:
    content = stored.application.to_wire()
    for name in IN_COLUMNS:
        content.pop(name, None)
    row.document = json.dumps(content, separators=(",", ":"))
    row.status = stored.application.status or AppStatus.CREATED
    row.status_reason = stored.application.status_reason or ""
    row.status_since = stored.since
    row.durations = json.dumps(stored.spent)
    row.failed_in = stored.failed_in
    row.operation_id = stored.operation_id
    row.deleting = stored.deleting
    row.sealed = stored.sealed
    row.nsr_id = stored.nsr_id
    row.instances = instances_of(stored.application)
    row.replicas = replicas_of(stored.application)
