"""What people order: each order is checked, and written down together with the operation that carries it out."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from nai.catalogue.applications import (
    Application,
    AppStatus,
    CreateApplication,
    PaasQuota,
    SupportingService,
)
from nai.core.identifiers import new_id
from nai.core.operations import OperationState
from nai.core.operations.table import microseconds
from nai.paas.applications import secrets, store
from nai.paas.applications.addresses import Allowed
from nai.paas.applications.checks import Rules, accepted, check, check_replicas, check_revision
from nai.paas.applications.deleting import BEING_DELETED, DELETE
from nai.paas.applications.deploying import DEPLOY, RECOVER, RENEW, RESIZE, RESTART
from nai.paas.applications.names import host_name, new_os_name, service_os_name
from nai.paas.applications.quota import Quota, check_quota
from nai.paas.applications.resolving import check_where_they_lead
from nai.paas.applications.store import Stored
from nai.paas.errors import ApplicationNotFoundError, DuplicatedError, FieldsError, WrongStateError
from nai.paas.tables import ProjectRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.operations import Operations
    from nai.paas.applications.resolving import Resolve
    from nai.paas.context import Paas
    from nai.paas.settings import PaasSettings


class Orders:
    """Takes orders for applications."""

    def __init__(self, paas: Paas, operations: Operations, resolve: Resolve) -> None:
        """Use the parts.

        Args:
            paas: The PaaS manager's.
            operations: Carries orders out.
            resolve: Says where the name of a host leads.
        """
        self._paas, self._operations, self._resolve = paas, operations, resolve
        self.rules = rules(paas.settings)

    async def create(
        self, request: CreateApplication, *, username: str, project_id: str, project_name: str
    ) -> Application:
        """Order an application.

        Args:
            request: What it is to be.
            username: Who orders it.
            project_id: The project that it will belong to.
            project_name: The project's name.

        Raises:
            FieldsError: The request is wrong; all wrong fields are named.
            DuplicatedError: The project has an application of that name.
            LimitError: The project's quota has no room for it.
        """
        check(request, self.rules)
        wanted = accepted(request)
        await check_where_they_lead(wanted, self.rules.allowed, self._resolve)
        now = self._now()
        async with self._paas.database.session() as session:
            used = await store.used(session, project_id)
            if await store.named(session, project_id, wanted.name or ""):
                raise DuplicatedError(f"The project has an application {wanted.name} already")
            if wanted.secret_name and not await secrets.exists(session, wanted.secret_name, project_id):
                raise FieldsError({"secretName": "the project has no secret of that name"})
            stored = self._made(wanted, now)
            application = stored.application
            application.project_id, application.project_name = project_id, project_name
            application.created_by = username
            for service in application.services:
                service.project_id = project_id
            check_quota(
                await self._quota(session, project_id),
                used,
                instances=store.instances_of(application),
                replicas=store.replicas_of(application),
            )
            await store.add(session, stored, now)
            await self._begin(session, stored, DEPLOY, {})
        return application

    async def redeploy(self, identifier: str, project_id: str | None, revision: str | None = None) -> Application:
        """Order that an application is built and deployed anew; its media servers are replaced if they have failed.

        Args:
            identifier: The application's id.
            project_id: The project that it has to be of; None: any.
            revision: What its source is called from now on; None: as before.

        Raises:
            FieldsError: The revision cannot be kept.
            ApplicationNotFoundError: The project has none of that id.
            WrongStateError: Something is being done to it.
        """
        check_revision(revision or "")
        async with self._paas.database.session() as session:
            stored = await self._idle(session, identifier, project_id)
            if revision is not None:
                stored.application.revision = revision
            ready = stored.application.resource_ok
            stored.enter(AppStatus.INITIALISED if ready else AppStatus.CREATED, self._now())
            await self._begin(session, stored, DEPLOY, {RENEW: True})
        await self._give_up_failed(stored.id)
        return stored.application

    async def restart(self, identifier: str, project_id: str | None) -> Application:
        """Order new containers for an application. Errors as of `redeploy`, also where it has never run."""
        async with self._paas.database.session() as session:
            stored = await self._idle(session, identifier, project_id)
            if not stored.application.pod_list:
                raise WrongStateError("The application has no containers that could be restarted; redeploy it")
            stored.enter(AppStatus.DEPLOYING, self._now())
            await self._begin(session, stored, RESTART, {})
        await self._give_up_failed(stored.id)
        return stored.application

    async def resize(self, identifier: str, project_id: str | None, replicas: int) -> Application:
        """Order so many containers. Errors as of `redeploy`, also where it does not run.

        Raises:
            FieldsError: There cannot be so many.
            LimitError: The project's quota has no room for them.
        """
        check_replicas(replicas)
        async with self._paas.database.session() as session:
            stored = await self._idle(session, identifier, project_id)
            application = stored.application
            if application.status is not AppStatus.RUNNING:
                raise WrongStateError(f"The application is {application.status}; only one that is RUNNING is scaled")
            used = await store.used(session, application.project_id or "", but=stored.id)
            application.replicas_number = replicas
            check_quota(
                await self._quota(session, application.project_id or ""),
                used,
                instances=store.instances_of(application),
                replicas=store.replicas_of(application),
            )
            stored.enter(AppStatus.SCALING, self._now())
            await self._begin(session, stored, RESIZE, {})
        await self._give_up_failed(stored.id)
        return application

    async def recover(self, identifier: str, reason: str) -> None:
        """Order that what is gone from the engine is started again, unless something is being done already."""
        async with self._paas.database.session() as session:
            stored = await store.find(session, identifier, self._now(), lock=True)
            if stored is None or stored.deleting or stored.operation_id:
                return
            stored.enter(AppStatus.PAAS_RESOURCE_MISSING, self._now(), reason)
            await self._begin(session, stored, RECOVER, {})
        await self._give_up_failed(identifier)

    async def delete(self, identifier: str, project_id: str | None) -> Application:
        """Order the end of an application; whatever is being done to it is given up. Ordered twice it is one order.

        Raises:
            ApplicationNotFoundError: The project has none of that id.
        """
        async with self._paas.database.session() as session:
            stored = await store.get(session, identifier, self._now(), project_id=project_id, lock=True)
            if stored.deleting and stored.operation_id:
                return stored.application
            stored.deleting = True
            stored.enter(AppStatus.PAAS_RESOURCE_MISSING, self._now(), BEING_DELETED)
            interrupted = stored.operation_id
            await self._begin(session, stored, DELETE, {})
        if interrupted:
            await self._operations.cancel(interrupted, "The application is being deleted")
        await self._give_up_failed(stored.id)
        return stored.application

    async def delete_all(self, project_id: str | None) -> list[Application]:
        """Order the end of all applications of a project (None: of all projects)."""
        async with self._paas.database.session() as session:
            found = await store.identifiers(session, project_id=project_id)
        return await self.delete_these(found, project_id)

    async def delete_these(self, identifiers: list[str], project_id: str | None) -> list[Application]:
        """Order the end of those of some applications that the project has."""
        deleted = []
        for identifier in dict.fromkeys(identifiers):
            try:
                deleted.append(await self.delete(identifier, project_id))
            except ApplicationNotFoundError:
                continue
        return deleted

    def _made(self, wanted: CreateApplication, now: datetime) -> Stored:
        os_name = new_os_name()
        fields = {name: getattr(wanted, name) for name in CreateApplication.model_fields}
        application = Application(
            **{name: value for name, value in fields.items() if value is not None and name != "turn_server_password"},
            id=new_id(),
            os_name=os_name,
            route=host_name(os_name, self._paas.settings.domain_name),
            status=AppStatus.CREATED,
            created_at=written(now),
            pod_list=[],
            resource_ok=False,
        )
        application.services = [
            SupportingService(
                id=new_id(),
                name=service.name,
                os_name=service_os_name(os_name),
                docker_url=service.docker_url,
                replicas_number=service.replicas_number,
                ports=service.ports,
                env_vars=service.env_vars,
                pod_list=[],
                status=AppStatus.CREATED,
            )
            for service in wanted.services
        ]
        password = wanted.turn_server_password or ""
        return Stored(
            application=application,
            since=microseconds(now),
            sealed=self._paas.cipher.encrypt(password) if password else "",
        )

    async def _idle(self, session: AsyncSession, identifier: str, project_id: str | None) -> Stored:
        stored = await store.get(session, identifier, self._now(), project_id=project_id, lock=True)
        if stored.deleting:
            raise WrongStateError("The application is being deleted")
        if stored.operation_id:
            raise WrongStateError(f"The application is {stored.application.status}; wait until that is over")
        return stored

    async def _begin(self, session: AsyncSession, stored: Stored, kind: str, data: dict[str, Any]) -> None:
        operation = await self._operations.start(kind, stored.id, data, session)
        stored.operation_id = operation.id
        await store.save(session, stored)

    async def _give_up_failed(self, subject: str) -> None:
        """What failed before is not to be taken up any more."""
        for operation in await self._operations.list(subject):
            if operation.state is OperationState.FAILED_TEMP:
                await self._operations.fail(operation.id)

    async def _quota(self, session: AsyncSession, project_id: str) -> Quota:
        row = await session.scalar(select(ProjectRow.quota).where(ProjectRow.id == project_id))
        if row:
            own = PaasQuota.from_wire(row)
            return Quota(own.applications, own.instances, own.replicas)
        default = self._paas.settings.default_quota
        return Quota(default.applications, default.instances, default.replicas)

    def _now(self) -> datetime:
        return self._paas.clock.now()


def rules(settings: PaasSettings) -> Rules:
    """What the settings allow."""
    sources = settings.sources
    return Rules(
        allowed=Allowed(
            networks=[ipaddress.ip_network(each) for each in sources.allowed_networks],
            hosts=frozenset(each.lower().rstrip(".") for each in sources.allowed_hosts),
        ),
        has_stun_server=settings.stun_server is not None,
        has_turn_server=settings.turn_server is not None,
    )


def written(moment: datetime) -> str:
    """A time as Gson writes it: `Oct 9, 2016 1:05:00 PM`; UTC."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    half = "AM" if moment.hour < 12 else "PM"
    clock = f"{(moment.hour + 11) % 12 + 1}:{moment.minute:02}:{moment.second:02} {half}"
    return f"{months[moment.month - 1]} {moment.day}, {moment.year} {clock}"
