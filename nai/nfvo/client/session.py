"""A user's session with the orchestrator: projects, requests."""

from __future__ import annotations

from typing import Any, ClassVar

from nai.catalogue import Project
from nai.core.api_session import ApiError, ApiSession

ANY_PROJECT = "*"


class NfvoError(ApiError):
    """The orchestrator refused a request or could not be reached; `status` is None in the second case."""


class NfvoSession(ApiSession):
    """One user's session, in one project at a time. It logs in by itself, and again when the token has expired."""

    service_name: ClassVar[str] = "NFVO"
    error_class: ClassVar[type[ApiError]] = NfvoError

    def __init__(self, url: str, username: str, password: str, *, project: str | None = None, **options: Any) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: where the orchestrator is, for example `http://10.0.0.2:8080`.
            username: a user.
            password: the user's password.
            project: name of the project to work in; `use_project` changes it.
            **options: as ApiSession has them.
        """
        super().__init__(url, username, password, **options)
        self._project_name = project
        self._project_id: str | None = None

    async def projects(self) -> list[Project]:
        """List the projects that the user has a role in."""
        return [Project.from_wire(each) for each in await self.request("GET", "/projects", project_id=ANY_PROJECT)]

    async def ensure_project(self, name: str, description: str = "") -> Project:
        """Return the project of a name, which is made if it is missing."""
        for project in await self.projects():
            if project.name == name:
                return project
        body = Project(name=name, description=description).to_wire()
        return Project.from_wire(await self.request("POST", "/projects", json=body, project_id=ANY_PROJECT))

    async def use_project(self, name: str) -> Project:
        """Work in the project of a name from now on.

        Raises:
            NfvoError: the user has no role in a project of that name.
        """
        for project in await self.projects():
            if project.name == name:
                self._project_name, self._project_id = name, project.id
                return project
        message = f"the user {self._username} has no project {name}"
        raise NfvoError(message, 404)

    async def request(self, method: str, path: str, *, project_id: str | None = None, **options: Any) -> Any:
        """Make a request below `/api/v1` and return the body of its answer.

        Args:
            method: HTTP's.
            path: below `/api/v1`.
            project_id: header to send; None sends that of the project in use.
            **options: as httpx has them.

        Raises:
            NfvoError: it was refused, or nobody answers.
        """
        project = project_id or await self._project_in_use()
        return await self.send(method, f"/api/v1{path}", headers={"project-id": project}, **options)

    async def _project_in_use(self) -> str:
        if self._project_id is None and self._project_name is not None:
            await self.use_project(self._project_name)
        return self._project_id or ANY_PROJECT
