"""`/projects`. A user sees the projects there is a role in; administrators see and change all."""

from __future__ import annotations

from nai.catalogue.applications import PaasProject
from nai.core.errors import ConflictError, NotFoundError
from nai.paas.api.access import Administrator, LoggedIn, Running
from nai.paas.api.routing import Id, Ids, resource
from nai.paas.context import Paas
from nai.paas.errors import DUPLICATED
from nai.paas.identity.projects import add_project, delete_project, get_project, list_projects, replace_project
from nai.paas.identity.roles import role_in

router = resource("projects")


@router.get("")
async def get_projects(user: LoggedIn, paas: Running) -> list[PaasProject]:
    """List the projects that the user has a role in."""
    async with paas.database.session() as session:
        return [each for each in await list_projects(session) if role_in(user, each.name or "") is not None]


@router.post("", status_code=201, responses=DUPLICATED)
async def create_project(body: PaasProject, _user: Administrator, paas: Running) -> PaasProject:
    """Make a project, with its users' roles; its name is unique."""
    async with paas.database.session() as session:
        return await add_project(session, body)


@router.post("/multipledelete", status_code=204)
async def delete_projects(ids: Ids, _user: Administrator, paas: Running) -> None:
    """Delete projects, all of them or none."""
    await _delete(paas, list(dict.fromkeys(ids)))


@router.get("/{project_id}")
async def get_project_by_id(project_id: Id, user: LoggedIn, paas: Running) -> PaasProject:
    """Return a project."""
    async with paas.database.session() as session:
        project = await get_project(session, project_id)
    if role_in(user, project.name or "") is None:
        # As if it did not exist: whoever has no role in it need not learn its name.
        raise NotFoundError(f"Project with id {project_id} was not found")
    return project


@router.put("/{project_id}", status_code=202, responses=DUPLICATED)
async def update_project(project_id: Id, body: PaasProject, _user: Administrator, paas: Running) -> PaasProject:
    """Change a project; its users and its quota where the document has them. A quota `{}` is the installation's."""
    async with paas.database.session() as session:
        return await replace_project(session, project_id, body)


@router.delete("/{project_id}", status_code=204)
async def delete_project_by_id(project_id: Id, _user: Administrator, paas: Running) -> None:
    """Delete a project that has no applications any more."""
    await _delete(paas, [project_id])


async def _delete(paas: Paas, ids: list[str]) -> None:
    for identifier in ids:
        if await paas.usage.has_applications(identifier):
            raise ConflictError(f"The project with id {identifier} still has applications; delete them first")
    async with paas.database.session() as session:
        for identifier in ids:
            await delete_project(session, identifier)
