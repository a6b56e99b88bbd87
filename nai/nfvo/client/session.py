"""A user's session with the orchestrator: logging in, projects, requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx

from nai.catalogue import Project
from nai.core.errors import ServiceError

if TYPE_CHECKING:
    from types import TracebackType

CLIENT_ID, CLIENT_SECRET = "openbatonOSClient", "secret"  # public: every client has it built in
ANSWER_SECONDS = 60.0


class NfvoError(ServiceError):
    """The orchestrator refused a request or could not be reached; `status` is None in the second case."""

    def __init__(self, message: str, status: int | None = None) -> None:
        """Make the error."""
        super().__init__(message)
        self.status = status


class NfvoSession:
    """One user's session, in one project at a time. It logs in by itself, and again when the token has expired."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        *,
        project: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            url: where the orchestrator is, for example `http://10.0.0.2:8080`.
            username: a user.
            password: the user's password.
            project: name of the project to work in; `use_project` changes it.
            transport: how requests are sent; tests put in an application.
            timeout_seconds: how long an answer may take.
        """
        self._client = httpx.AsyncClient(base_url=url, transport=transport, timeout=timeout_seconds)
        self._username = username
        self._password = password
        self._token: str | None = None
        self._project_name = project
        self._project_id: str | None = None

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def log_in(self) -> str:
        """Get a token and return it.

        Raises:
            NfvoError: the user or password is wrong, or nobody answers.
        """
        form = {"grant_type": "password", "username": self._username, "password": self._password}
        answer = await self._send("POST", "/oauth/token", auth=httpx.BasicAuth(CLIENT_ID, CLIENT_SECRET), data=form)
        _check(answer)
        body = answer.json()
        self._token = str(body.get("value") or body["access_token"])
        return self._token

    async def projects(self) -> list[Project]:
        """List the projects that the user has a role in."""
        return [Project.from_wire(each) for each in await self.request("GET", "/projects", project_id="*")]

    async def ensure_project(self, name: str, description: str = "") -> Project:
        """Return the project of a name, which is made if it is missing."""
        for project in await self.projects():
            if project.name == name:
                return project
        body = Project(name=name, description=description).to_wire()
        return Project.from_wire(await self.request("POST", "/projects", json=body, project_id="*"))

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
        if self._token is None:
            await self.log_in()
        project = project_id or await self._project_in_use()
        answer = await self._send(method, f"/api/v1{path}", headers=self._headers(project), **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            # The token has expired, or the orchestrator has forgotten it.
            await self.log_in()
            answer = await self._send(method, f"/api/v1{path}", headers=self._headers(project), **options)
        _check(answer)
        if not answer.content:
            return None
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else answer.text

    async def _project_in_use(self) -> str:
        if self._project_id is None and self._project_name is not None:
            await self.use_project(self._project_name)
        return self._project_id or "*"

    def _headers(self, project_id: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "project-id": project_id}

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            message = f"the NFVO at {self._client.base_url} does not answer: {error or type(error).__name__}"
            raise NfvoError(message) from None


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        body = answer.json()
        reason = body.get("message") or body.get("error_description") or body.get("error") or answer.text
    except (ValueError, AttributeError):
        reason = answer.text
    message = f"{answer.request.method} {answer.request.url.path}: {reason}"
    raise NfvoError(message, answer.status_code)
