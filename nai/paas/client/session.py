"""A user's session with the PaaS manager, in one project at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import quote

from nai.catalogue.applications import PaasProject
from nai.core.api_session import ApiError, ApiSession

if TYPE_CHECKING:
    from nai.core.wire import WireModel

Model = TypeVar("Model", bound="WireModel")


class PaasError(ApiError):
    """The PaaS manager refused a request or could not be reached; `status` is None in the second case."""


class PaasSession(ApiSession):
    """One user's session. It logs in by itself, and again when the token has expired."""

    service_name: ClassVar[str] = "PaaS manager"
    error_class: ClassVar[type[ApiError]] = PaasError

    def __init__(
        self, url: str, username: str = "", password: str = "", *, project: str | None = None, **options: Any
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: Where the PaaS manager is, for example `http://10.0.0.2:8081`.
            username: A user; empty: `token` and `refresh_token` are used.
            password: The user's password.
            project: Name of the project to work in; None: the first that the user has a role in.
            **options: As ApiSession has them.
        """
        super().__init__(url, username, password, **options)
        self._project_name = project
        self._project_id: str | None = None

    async def projects(self) -> list[PaasProject]:
        """The projects that the user has a role in; of an administrator all."""
        return await self._list("/api/v1/projects", PaasProject)

    async def project_named(self, name: str) -> PaasProject:
        """A project of the user by name.

        Raises:
            PaasError: With status 404 if there is none.
        """
        for project in await self.projects():
            if project.name == name:
                return project
        raise PaasError(f"there is no project {name}, or the user has no role in it", 404)

    async def use_project(self, name: str) -> PaasProject:
        """Work in the project of a name from now on.

        Raises:
            PaasError: The user has no role in a project of that name.
        """
        project = await self.project_named(name)
        self._project_name, self._project_id = name, project.id
        return project

    async def in_project(self, method: str, path: str, **options: Any) -> Any:
        """Make a request below `/api/v2/nubomedia/paas`, in the project in use, and return the body of its answer.

        Raises:
            PaasError: It was refused, or nobody answers.
        """
        if self._project_id is None and self._project_name is not None:
            await self.use_project(self._project_name)
        headers = {"project-id": self._project_id} if self._project_id else {}
        return await self.send(method, f"/api/v2/nubomedia/paas{path}", headers=headers, **options)

    async def _list(self, path: str, model: type[Model]) -> list[Model]:
        return [model.from_wire(each) for each in await self.send("GET", path)]


def part(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")
