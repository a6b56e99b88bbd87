"""`/nubomedia/paas/app`: applications (wire contracts 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute
from pydantic import Field

from nai.catalogue.applications import (
    Application,
    BuildLogs,
    CreateApplication,
    CreateApplicationAnswer,
    DeleteApplicationAnswer,
    DeleteApplicationsAnswer,
)
from nai.core.wire import WireModel
from nai.paas.api.access import Caller, InProject, Running
from nai.paas.api.routing import Id, Ids
from nai.paas.applications import store
from nai.paas.applications.checks import refusal
from nai.paas.applications.manager import Manager
from nai.paas.errors import DUPLICATED, LOGGED_IN, OUTSIDE, ApplicationNotFoundError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "There is no such application"}}
TURN: dict[int | str, dict[str, Any]] = {
    428: {"model": Problem, "description": "The TURN server requires authentication parameters"}
}
OK, NONE = 200, 404
"""Codes in the bodies of answers."""


async def manager_of(request: HttpRequest, _paas: Running) -> Manager:
    """What looks after applications."""
    manager: Manager = request.app.state.applications
    return manager


Applications = Annotated[Manager, Depends(manager_of)]
"""What looks after applications."""

PodName = Annotated[str, Path(min_length=1, max_length=255)]


def scope(caller: Caller) -> str | None:
    """The project whose applications are seen; None: all of them."""
    return None if caller.sees_everything else caller.project_id


class WholeRequest(APIRoute):
    """A route that tells all that is wrong with a request at once: fields of the wrong form beside wrong values."""

    def get_route_handler(self) -> Callable[[HttpRequest], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handler = super().get_route_handler()

        async def handle(request: HttpRequest) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                rules = request.app.state.applications.orders.rules
                refused = refusal(error.body, error.errors(), rules)
                raise (refused or error) from None

        return handle


class Replicas(WireModel):
    """The body of PUT /app/{id}/replicas."""

    replicas_number: int = Field(validation_alias="replicasNumber", serialization_alias="replicasNumber")


class Redeployment(WireModel):
    """The body of POST /app/{id}/redeploy; it may be missing."""

    revision: str | None = Field(None, description="What the source is called from now on; absent: as before")


creating = APIRouter(tags=["app"], responses=LOGGED_IN, route_class=WholeRequest)
router = APIRouter(tags=["app"], responses=LOGGED_IN)


@creating.post("/app", responses={**DUPLICATED, **TURN})
async def create_application(
    body: CreateApplication, caller: InProject, applications: Applications
) -> CreateApplicationAnswer:
    """Order an application; what becomes of it is seen by its status."""
    made = await applications.orders.create(
        body, username=caller.username, project_id=caller.project_id, project_name=caller.project_name
    )
    return CreateApplicationAnswer(app=made, code=OK)


@router.get("/app", response_model=list[Application])
async def list_applications(caller: InProject, paas: Running) -> Response:
    """List the project's applications, oldest first."""
    async with paas.database.session() as session:
        text = await store.documents(session, paas.clock.now(), project_id=scope(caller))
    return Response(text, media_type="application/json")


@router.delete("/app")
async def delete_all_applications(caller: InProject, applications: Applications) -> DeleteApplicationsAnswer:
    """Order the end of all of the project's applications."""
    deleted = await applications.orders.delete_all(scope(caller))
    return DeleteApplicationsAnswer(
        project_id=caller.project_id,
        message=f"{len(deleted)} applications are being deleted" if deleted else "There are no applications",
        code=OK if deleted else NONE,
        responses=[_deleted(each) for each in deleted],
    )


@router.post("/multipledelete", status_code=204)
async def delete_applications(ids: Ids, caller: InProject, applications: Applications) -> None:
    """Order the end of those of some applications that the project has."""
    await applications.orders.delete_these(ids, scope(caller))


@router.get("/app/{id}", response_model=Application, responses=UNKNOWN)
async def get_application(id: Id, caller: InProject, paas: Running) -> Response:  # noqa: A002  # the wire's
    """Return an application."""
    async with paas.database.session() as session:
        text = await store.document(session, id, paas.clock.now(), project_id=scope(caller))
    return Response(text, media_type="application/json")


@router.delete("/app/{id}")
async def delete_application(
    id: Id,  # noqa: A002  # the wire's
    caller: InProject,
    applications: Applications,
) -> DeleteApplicationAnswer:
    """Order the end of an application. It is listed until nothing is left of it; of an unknown one the code is 404."""
    try:
        return _deleted(await applications.orders.delete(id, scope(caller)))
    except ApplicationNotFoundError:
        return DeleteApplicationAnswer(id=id, name_space=caller.project_name, code=NONE)


@router.post("/app/{id}/restart", status_code=202, responses=UNKNOWN)
async def restart_application(id: Id, caller: InProject, applications: Applications) -> Application:  # noqa: A002
    """Order new containers, made the same way."""
    return await applications.orders.restart(id, scope(caller))


@router.post("/app/{id}/redeploy", status_code=202, responses=UNKNOWN)
async def redeploy_application(
    id: Id,  # noqa: A002  # the wire's
    caller: InProject,
    applications: Applications,
    body: Redeployment | None = None,
) -> Application:
    """Order that the source is built again and deployed; media servers that have failed are replaced."""
    return await applications.orders.redeploy(id, scope(caller), body.revision if body else None)


@router.put("/app/{id}/replicas", status_code=202, responses=UNKNOWN)
async def resize_application(
    id: Id,  # noqa: A002  # the wire's
    body: Replicas,
    caller: InProject,
    applications: Applications,
) -> Application:
    """Order so many containers of a running application."""
    return await applications.orders.resize(id, scope(caller), body.replicas_number)


@router.get("/app/{id}/buildlogs", responses={**UNKNOWN, **OUTSIDE})
async def get_build_log(id: Id, caller: InProject, applications: Applications) -> BuildLogs:  # noqa: A002
    """Return what the last build has said so far."""
    return await applications.logs.of_build(id, scope(caller))


@router.get("/app/{id}/logs/{podName}", response_class=PlainTextResponse, responses={**UNKNOWN, **OUTSIDE})
async def get_log(
    id: Id,  # noqa: A002  # the wire's
    podName: PodName,  # noqa: N803
    caller: InProject,
    applications: Applications,
) -> str:
    """Return what a container of the application, or of one of its services, has said."""
    return await applications.logs.of_pod(id, scope(caller), podName)


def _deleted(application: Application) -> DeleteApplicationAnswer:
    return DeleteApplicationAnswer(
        id=application.id,
        name=application.name,
        suffix=application.os_name,
        name_space=application.project_name,
        code=OK,
    )
