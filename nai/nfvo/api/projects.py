"""`/projects`. A user sees the projects there is a role in; administrators see and change all.

No header is needed; clients of the day send `project-id: *` before they know any project.
"""

from __future__ import annotations

from nai.catalogue import Project
from nai.core.errors import NotFoundError
from nai.nfvo.api.access import Administrator, LoggedIn, Running
from nai.nfvo.api.routing import Id, Ids, resource
from nai.nfvo.identity.roles import role_in
from nai.nfvo.store.projects import projects

router = resource("projects")


@router.get("")
async def list_projects(user: LoggedIn, nfvo: Running) -> list[Project]:
    """List the projects that the user has a role in."""
    async with nfvo.database.session() as session:
        return [each for each in await projects.list(session) if role_in(user, each.name or "") is not None]


@router.post("", status_code=201)
async def create_project(body: Project, _user: Administrator, nfvo: Running) -> Project:
    """Make a project; its name is unique."""
    async with nfvo.database.session() as session:
        return await projects.add_new(session, body)


@router.post("/multipledelete", status_code=204)
async def delete_projects(ids: Ids, _user: Administrator, nfvo: Running) -> None:
    """Delete projects, all of them or none."""
    async with nfvo.database.session() as session:
        for id_ in ids:
            await projects.delete_empty(session, id_)


@router.get("/{project_id}")
async def get_project(project_id: Id, user: LoggedIn, nfvo: Running) -> Project:
    """Return a project."""
    async with nfvo.database.session() as session:
        project = await projects.get(session, project_id)
    if role_in(user, project.name or "") is None:
        message = f"Project with id {project_id} was not found"
        raise NotFoundError(message)
    return project


@router.put("/{project_id}", status_code=202)
async def replace_project(project_id: Id, body: Project, _user: Administrator, nfvo: Running) -> Project:
    """Change a project."""
    async with nfvo.database.session() as session:
        return await projects.rename(session, project_id, body)


@router.delete("/{project_id}", status_code=204)
async def delete_project(project_id: Id, _user: Administrator, nfvo: Running) -> None:
    """Delete a project that has no descriptors, packages or infrastructures any more."""
    async with nfvo.database.session() as session:
        await projects.delete_empty(session, project_id)
