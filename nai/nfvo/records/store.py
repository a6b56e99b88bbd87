"""Reading and writing of records.

A service is inserted once, with everything it consists of. From then on rows are updated, and an update that meets no
row says so: whoever was too late learns that the record was released, and nothing comes back from the dead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, update

from nai.catalogue import NetworkServiceRecord, VirtualLinkRecord, VirtualNetworkFunctionRecord
from nai.core.errors import NotFoundError
from nai.nfvo.records.service import Function, Inner, Service, assembled
from nai.nfvo.records.tables import FunctionRow, LinkRow, ServiceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import CursorResult
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.dml import Update

    from nai.core.database import Database


class RecordGoneError(NotFoundError):
    """A record was to be changed that has been released."""


class RecordStore:
    """The rows of all services."""

    def __init__(self, database: Database) -> None:
        """Use a database whose tables exist."""
        self._database = database

    async def add(self, service: Service, session: AsyncSession) -> None:
        """Insert a new service with its functions, in the caller's transaction."""
        service.written = service.document.to_wire()
        session.add(
            ServiceRow(
                id=service.id,
                project_id=service.project_id,
                descriptor_id=service.document.descriptor_reference or "",
                name=service.document.name or "",
                status=service.document.status,
                created_at=service.document.created_at or "",
                document=service.written,
            )
        )
        await session.flush()
        session.add_all(self._function_row(service, function) for function in service.functions.values())
        session.add_all(self._link_row(service, link) for link in service.links)

    async def add_function(self, service: Service, function: Function, session: AsyncSession) -> None:
        """Insert one more function of a service, in the caller's transaction."""
        session.add(self._function_row(service, function))
        await self._write(service, (), session)

    async def save(self, service: Service, *functions: Function, session: AsyncSession | None = None) -> None:
        """Write the given functions of a service, and the service's own record if that has changed.

        Args:
            service: the service; its status follows those of its functions and is set by the caller.
            *functions: which of its functions to write.
            session: the caller's transaction; None for one of its own. The caller holds `service.lock` then.

        Raises:
            RecordGoneError: it has been released.
        """
        if session is not None:
            await self._write(service, functions, session)
            return
        async with service.lock:
            if service.released:
                raise RecordGoneError(f"The record of service {service.id} was released")
            try:
                async with self._database.session() as own:
                    await self._write(service, functions, own)
            except BaseException:
                # Not committed, or nobody knows whether it was.
                service.written = {}
                raise

    async def _write(self, service: Service, functions: Sequence[Function], session: AsyncSession) -> None:
        document = service.document.to_wire()
        if document != service.written:
            statement = (
                update(ServiceRow)
                .where(ServiceRow.id == service.id)
                .values(status=service.document.status, document=document, revision=ServiceRow.revision + 1)
            )
            await self._must_meet(statement, session, f"service {service.id}")
            service.written = document
        for function in functions:
            statement = (
                update(FunctionRow)
                .where(FunctionRow.id == function.id)
                .values(
                    status=function.document.status,
                    document=function.document.to_wire(),
                    inner=function.inner.model_dump(mode="json"),
                    revision=FunctionRow.revision + 1,
                )
            )
            await self._must_meet(statement, session, f"function {function.id}")

    async def _must_meet(self, statement: Update, session: AsyncSession, what: str) -> None:
        result = cast("CursorResult[Any]", await session.execute(statement))
        if result.rowcount == 0:
            raise RecordGoneError(f"The record of {what} was released")

    async def add_links(self, service: Service, links: Sequence[VirtualLinkRecord], session: AsyncSession) -> None:
        """Insert links of a service, in the caller's transaction."""
        known = set(await session.scalars(select(LinkRow.id).where(LinkRow.service_id == service.id)))
        session.add_all(self._link_row(service, link) for link in links if link.id not in known)

    async def remove_function(self, service: Service, function: Function) -> None:
        """Delete one function's row."""
        async with service.lock, self._database.session() as session:
            await session.execute(delete(FunctionRow).where(FunctionRow.id == function.id))
            service.functions.pop(function.id, None)
            if not service.released:
                await self._write(service, (), session)

    async def remove(self, service: Service) -> None:
        """Delete a service with everything it consists of; no later write can bring it back."""
        async with service.lock, self._database.session() as session:
            service.released = True
            # Said for each table: SQLite follows foreign keys only where a connection was told to.
            for table in (LinkRow, FunctionRow):
                await session.execute(delete(table).where(table.service_id == service.id))
            await session.execute(delete(ServiceRow).where(ServiceRow.id == service.id))

    async def load(self, service_id: str) -> Service | None:
        """Read a service with everything it consists of."""
        async with self._database.session() as session:
            row = await session.get(ServiceRow, service_id)
            if row is None:
                return None
            functions = await session.scalars(
                select(FunctionRow).where(FunctionRow.service_id == service_id).order_by(FunctionRow.position)
            )
            links = await session.scalars(select(LinkRow).where(LinkRow.service_id == service_id))
            return Service(
                document=NetworkServiceRecord.model_validate(row.document),
                functions={
                    each.id: Function(
                        document=VirtualNetworkFunctionRecord.model_validate(each.document),
                        inner=Inner.model_validate(each.inner),
                        position=each.position,
                    )
                    for each in functions
                },
                links=[VirtualLinkRecord.model_validate(each.document) for each in links],
                written=row.document,
            )

    async def service_of_function(self, function_id: str) -> str | None:
        """Return the id of the service that a function belongs to."""
        async with self._database.session() as session:
            return await session.scalar(select(FunctionRow.service_id).where(FunctionRow.id == function_id))

    async def ids(self, project_id: str) -> set[str]:
        """Return the ids of a project's services."""
        async with self._database.session() as session:
            return set(await session.scalars(select(ServiceRow.id).where(ServiceRow.project_id == project_id)))

    async def project_of(self, service_id: str) -> str | None:
        """Return the project that a service belongs to; None if there is no such service."""
        async with self._database.session() as session:
            return await session.scalar(select(ServiceRow.project_id).where(ServiceRow.id == service_id))

    async def documents(self, project_id: str | None) -> list[dict[str, Any]]:
        """Return the whole records of a project's services, oldest first; of all projects without one."""
        chosen = select(ServiceRow).order_by(ServiceRow.created_at, ServiceRow.id)
        if project_id is not None:
            chosen = chosen.where(ServiceRow.project_id == project_id)
        return await self._assembled(chosen)

    async def document(self, service_id: str, project_id: str | None = None) -> dict[str, Any] | None:
        """Return one service's whole record; None if there is none, or it belongs to another project."""
        chosen = select(ServiceRow).where(ServiceRow.id == service_id)
        if project_id is not None:
            chosen = chosen.where(ServiceRow.project_id == project_id)
        return next(iter(await self._assembled(chosen)), None)

    async def _assembled(self, chosen: Any) -> list[dict[str, Any]]:
        async with self._database.session() as session:
            services = list(await session.scalars(chosen))
            ids = [row.id for row in services]
            functions = await self._by_service(session, FunctionRow, ids)
            links = await self._by_service(session, LinkRow, ids)
        return [assembled(row.document, functions.get(row.id, []), links.get(row.id, [])) for row in services]

    async def _by_service(
        self, session: AsyncSession, table: type[FunctionRow] | type[LinkRow], ids: Sequence[str]
    ) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        if ids:
            order = table.position if issubclass(table, FunctionRow) else table.name
            rows: Iterable[Any] = await session.execute(
                select(table.service_id, table.document).where(table.service_id.in_(ids)).order_by(order)
            )
            for service_id, document in rows:
                found.setdefault(service_id, []).append(document)
        return found

    async def uses_descriptor(self, descriptor_id: str) -> bool:
        """Tell whether a service was made of this descriptor."""
        async with self._database.session() as session:
            found = await session.scalar(
                select(ServiceRow.id).where(ServiceRow.descriptor_id == descriptor_id).limit(1)
            )
        return found is not None

    async def uses_vim(self, name: str) -> bool:
        """Tell whether a function may have instances on the infrastructure of this name."""
        async with self._database.session() as session:
            placements = await session.scalars(select(FunctionRow.inner))
            return any(name in names for inner in placements for names in inner.get("vims", {}).values())

    def _function_row(self, service: Service, function: Function) -> FunctionRow:
        return FunctionRow(
            id=function.id,
            service_id=service.id,
            position=function.position,
            name=function.name,
            endpoint=function.endpoint,
            status=function.document.status,
            document=function.document.to_wire(),
            inner=function.inner.model_dump(mode="json"),
        )

    def _link_row(self, service: Service, link: VirtualLinkRecord) -> LinkRow:
        return LinkRow(id=link.id, service_id=service.id, name=link.name or "", document=link.to_wire())
