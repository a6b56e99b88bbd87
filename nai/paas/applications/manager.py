"""Everything about applications put together, started and stopped; `app.state.applications` of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue.applications import AppStatus
from nai.core.errors import NotFoundError
from nai.core.operations import Operations, OperationState
from nai.paas.applications import logs, store
from nai.paas.applications.deleting import Deletion
from nai.paas.applications.deploying import Deployment
from nai.paas.applications.media_plane import MediaPlane
from nai.paas.applications.media_servers import MediaServers
from nai.paas.applications.orders import Orders
from nai.paas.applications.progress import Progress
from nai.paas.applications.resolving import resolve as by_the_system
from nai.paas.applications.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from nai.paas.applications.resolving import Resolve
    from nai.paas.context import Paas

LOST = "The operation on the application was lost"
DELETED = "The application is being deleted"


class Manager:
    """What looks after applications.

    Attributes:
        operations: What is being done to them.
        orders: Takes orders for them.
        media_servers: Takes orders for their media servers.
        logs: What they say.
        watch: Looks at them from time to time.
    """

    def __init__(
        self, paas: Paas, *, resolve: Resolve = by_the_system, observer: Callable[[str], None] | None = None
    ) -> None:
        """Put it together; nothing happens before `start`.

        Args:
            paas: The PaaS manager's parts.
            resolve: Says where the name of a host leads.
            observer: Hears of each point that an operation passes.
        """
        self._paas = paas
        self.operations = Operations(paas.database, paas.clock, observer)
        media_plane, progress = MediaPlane(paas.nfvo, paas.settings), Progress(paas)
        Deployment(paas, media_plane, progress).register(self.operations)
        Deletion(paas, media_plane, progress).register(self.operations)
        self.orders = Orders(paas, self.operations, resolve)
        self.media_servers = MediaServers(paas, media_plane)
        self.logs = logs.Logs(paas)
        self.watch = Watch(paas, media_plane, progress, self.orders, self.operations)

    async def start(self) -> None:
        """Take up what an earlier process left unfinished, and begin to look.

        Raises:
            BusError: The broker is away, or refuses a queue.
            SQLAlchemyError: The database is away.
        """
        await self._put_right()
        await self.watch.start()
        await self.operations.resume()

    async def stop(self) -> None:
        """Lay the work down; unfinished operations stay so for the next process."""
        await self.watch.stop()
        await self.operations.stop()

    async def has_applications(self, project_id: str) -> bool:
        """Whether a project has an application, one on its way out included."""
        async with self._paas.database.session() as session:
            return await store.has_any(session, project_id)

    async def _put_right(self) -> None:
        """What a crash left between two transactions.

        An operation that has failed, whose application does not say so yet; one that goes on though its application is
        being deleted.
        """
        async with self._paas.database.session() as session:
            busy = await store.busy(session)
        for identifier, operation_id, deleting in busy:
            if deleting:
                for operation in await self.operations.list(identifier):
                    if operation.id != operation_id and not operation.over:
                        await self.operations.cancel(operation.id, DELETED)
            try:
                operation = await self.operations.get(operation_id)
            except NotFoundError:
                await self._set_free(identifier, operation_id, LOST)
                continue
            if operation.over:
                failed = operation.state in (OperationState.FAILED_TEMP, OperationState.FAILED)
                await self._set_free(identifier, operation_id, (operation.error or LOST) if failed else "")

    async def _set_free(self, identifier: str, operation_id: str, error: str) -> None:
        now = self._paas.clock.now()
        async with self._paas.database.session() as session:
            stored = await store.find(session, identifier, now, lock=True)
            if stored is None or stored.operation_id != operation_id:
                return
            stored.operation_id = ""
            if error:
                stored.enter(AppStatus.FAILED, now, error)
            await store.save(session, stored)
