"""Who asks, and in which project: what every operation of the API depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer

from nai.catalogue import User
from nai.core.errors import ForbiddenError, UnauthorizedError
from nai.nfvo.context import Nfvo
from nai.nfvo.errors import StartingError
from nai.nfvo.identity.roles import ANY_PROJECT, check_access, is_administrator
from nai.nfvo.store.projects import projects

if TYPE_CHECKING:
    from nai.catalogue import Project

_bearer = OAuth2PasswordBearer(tokenUrl="/oauth/token", auto_error=False, description="`value` of the token's answer")


def nfvo_of(request: Request) -> Nfvo:
    """Return the running orchestrator.

    Raises:
        StartingError: it is not up yet.
    """
    nfvo: Nfvo | None = getattr(request.app.state, "nfvo", None)
    if nfvo is None:
        message = "the orchestrator is starting; it waits for its database or for the broker"
        raise StartingError(message)
    return nfvo


Running = Annotated[Nfvo, Depends(nfvo_of)]
"""The running orchestrator."""


async def logged_in(request: Request, nfvo: Running, token: Annotated[str | None, Depends(_bearer)]) -> User:
    """Return the user of the request's token.

    Raises:
        UnauthorizedError: there is no token, or it is not good any more.
    """
    if not token:
        message = "Full authentication is required to access this resource"
        raise UnauthorizedError(message)
    user = await nfvo.logins.user_of(token)
    # The history of requests reads it there.
    request.state.username = user.username
    return user


LoggedIn = Annotated[User, Depends(logged_in)]
"""A user, in no particular project."""


async def administrator(user: LoggedIn) -> User:
    """Return the user, who administers everything.

    Raises:
        ForbiddenError: the user does not.
    """
    if not is_administrator(user):
        message = f"the user {user.username} is not an administrator"
        raise ForbiddenError(message)
    return user


Administrator = Annotated[User, Depends(administrator)]
"""A user who administers everything."""


@dataclass(frozen=True)
class Caller:
    """A user in a project."""

    user: User
    project_id: str
    project_name: str

    @property
    def username(self) -> str:
        """Return the user's name."""
        return self.user.username or ""


ProjectHeader = Annotated[str, Header(alias="project-id", description="Id of the project to work in")]
OptionalProjectHeader = Annotated[
    str | None,
    Header(alias="project-id", description="Id of the project; absent or `*`: none in particular"),
]


async def in_project(request: Request, user: LoggedIn, nfvo: Running, project_id: ProjectHeader) -> Caller:
    """Return the caller.

    Raises:
        ForbiddenError: the user's role in the project does not allow it.
        NotFoundError: there is no such project.
    """
    async with nfvo.database.session() as session:
        project: Project = await projects.get(session, project_id)
    name = project.name or ""
    check_access(user, name, request.method)
    return Caller(user, str(project.id), name)


InProject = Annotated[Caller, Depends(in_project)]
"""A user who may do this in the project of the request's header."""


async def perhaps_in_project(
    request: Request, user: LoggedIn, nfvo: Running, project_id: OptionalProjectHeader = None
) -> Caller:
    """Return the caller, who need not name a project; whoever does not has to be an administrator to change anything.

    Raises:
        ForbiddenError: the user's role does not allow it.
        NotFoundError: there is no such project.
    """
    if project_id in (None, "", ANY_PROJECT):
        if not is_administrator(user):
            message = f"the user {user.username} has to name a project in the header project-id"
            raise ForbiddenError(message)
        return Caller(user, "", ANY_PROJECT)
    return await in_project(request, user, nfvo, project_id)


PerhapsInProject = Annotated[Caller, Depends(perhaps_in_project)]
"""A user who may name a project."""
