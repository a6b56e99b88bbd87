"""Who asks, and in which project: what every operation of the API depends on (wire contracts 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer

from nai.catalogue.applications import PaasUser
from nai.core.errors import ForbiddenError, UnauthorizedError
from nai.paas.context import Paas
from nai.paas.errors import StartingError
from nai.paas.identity.projects import get_project, project_named
from nai.paas.identity.roles import ADMIN, check_access, is_administrator

_bearer = OAuth2PasswordBearer(tokenUrl="/oauth/token", auto_error=False, description="`value` of the token's answer")


def paas_of(request: Request) -> Paas:
    """The running PaaS manager.

    Raises:
        StartingError: It is not up yet.
    """
    paas: Paas | None = getattr(request.app.state, "paas", None)
    if paas is None:
        raise StartingError("The PaaS manager is starting; it waits for its database or for the broker")
    return paas


Running = Annotated[Paas, Depends(paas_of)]
"""The running PaaS manager."""

Token = Annotated[str | None, Depends(_bearer)]
"""The token of the request's header, if there is one."""


async def logged_in(paas: Running, token: Token) -> PaasUser:
    """The user of the request's token.

    Raises:
        UnauthorizedError: There is no token, or it is not good any more.
    """
    if not token:
        raise UnauthorizedError("Full authentication is required to access this resource")
    return await paas.logins.user_of(token)


LoggedIn = Annotated[PaasUser, Depends(logged_in)]
"""A user, in no particular project."""


async def administrator(user: LoggedIn) -> PaasUser:
    """The user, who administers everything.

    Raises:
        ForbiddenError: The user does not.
    """
    if not is_administrator(user):
        raise ForbiddenError(f"The user {user.username} is not an administrator")
    return user


Administrator = Annotated[PaasUser, Depends(administrator)]
"""A user who administers everything."""


@dataclass(frozen=True)
class Caller:
    """A user in a project."""

    user: PaasUser
    project_id: str
    project_name: str

    @property
    def username(self) -> str:
        """The user's name."""
        return self.user.username or ""

    @property
    def sees_everything(self) -> bool:
        """Whether applications of all projects are seen from here: from the administrators' project they are."""
        return self.project_name == ADMIN


ProjectHeader = Annotated[
    str | None,
    Header(
        alias="project-id",
        description="Id of the project to work in; without it, the first that the user has a role in",
    ),
]


async def in_project(request: Request, user: LoggedIn, paas: Running, project_id: ProjectHeader = None) -> Caller:
    """The caller.

    Raises:
        ForbiddenError: The user's role in the project does not allow it, or there is no role in any.
        NotFoundError: There is no such project.
    """
    async with paas.database.session() as session:
        if project_id:
            project = await get_project(session, project_id)
        else:
            first = next((role.project for role in user.roles if role.project), None)
            found = await project_named(session, first) if first else None
            if found is None:
                raise ForbiddenError(f"The user {user.username} has no role in any project")
            project = found
    name = project.name or ""
    check_access(user, name, request.method)
    return Caller(user, project.id or "", name)


InProject = Annotated[Caller, Depends(in_project)]
"""A user who may do this in the project of the request."""
