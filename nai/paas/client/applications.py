"""Applications, their media servers, and keys of Git repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue.applications import (
    Application,
    BuildLogs,
    CreateApplication,
    CreateApplicationAnswer,
    CreateSecret,
    DeleteApplicationAnswer,
    DeleteApplicationsAnswer,
    Host,
)
from nai.paas.client.session import PaasError, PaasSession, part

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_FOUND = 404


class ApplicationOperations(PaasSession):
    """What developers do, in the project in use."""

    async def applications(self) -> list[Application]:
        """The project's applications; from the project `admin`, those of all projects."""
        return [Application.from_wire(each) for each in await self.in_project("GET", "/app")]

    async def application(self, application_id: str) -> Application:
        """An application."""
        return Application.from_wire(await self.in_project("GET", _app(application_id)))

    async def create_application(self, request: CreateApplication) -> Application:
        """Deploy an application; it runs once its status is RUNNING."""
        answer = await self.in_project("POST", "/app", json=request.to_wire())
        return CreateApplicationAnswer.from_wire(answer).app

    async def delete_application(self, application_id: str) -> DeleteApplicationAnswer:
        """Delete an application with everything of it; all is gone once `application` answers 404.

        Raises:
            PaasError: With status 404 if there is none, which the API tells in the body of a success.
        """
        answer = DeleteApplicationAnswer.from_wire(await self.in_project("DELETE", _app(application_id)))
        if answer.code == NOT_FOUND:
            raise PaasError(f"the project has no application {application_id}", NOT_FOUND)
        return answer

    async def delete_applications(self) -> DeleteApplicationsAnswer:
        """Delete all applications of the project; `code` is 404 where there is none."""
        return DeleteApplicationsAnswer.from_wire(await self.in_project("DELETE", "/app"))

    async def delete_some_applications(self, ids: Sequence[str]) -> None:
        """Delete applications by their ids."""
        await self.in_project("POST", "/multipledelete", json=list(ids))

    async def restart_application(self, application_id: str) -> Application:
        """Replace all its containers by new ones."""
        return Application.from_wire(await self.in_project("POST", f"{_app(application_id)}/restart"))

    async def redeploy_application(self, application_id: str, revision: str | None = None) -> Application:
        """Build it anew, perhaps as another revision; also the way out of FAILED."""
        body = {} if revision is None else {"revision": revision}
        return Application.from_wire(await self.in_project("POST", f"{_app(application_id)}/redeploy", json=body))

    async def set_replicas(self, application_id: str, replicas: int) -> Application:
        """Run so many of its containers."""
        body = {"replicasNumber": replicas}
        return Application.from_wire(await self.in_project("PUT", f"{_app(application_id)}/replicas", json=body))

    async def build_logs(self, application_id: str) -> BuildLogs:
        """What the build has said so far."""
        return BuildLogs.from_wire(await self.in_project("GET", f"{_app(application_id)}/buildlogs"))

    async def log(self, application_id: str, pod: str) -> str:
        """What a container has said."""
        return str(await self.in_project("GET", f"{_app(application_id)}/logs/{part(pod)}") or "")

    async def create_secret(self, project_name: str, private_key: str) -> str:
        """Keep a private key that may read a Git repository, and return the name that applications use it by."""
        body = CreateSecret(project_name=project_name, private_key=private_key).to_wire()
        return str(await self.in_project("POST", "/secret", json=body))

    async def delete_secret(self, project_name: str, secret_name: str) -> None:
        """Forget a key."""
        await self.in_project("DELETE", f"/secret/{part(project_name)}/{part(secret_name)}")

    async def server_ip(self) -> str:
        """The address of the media servers' manager, as applications reach it."""
        return str(await self.in_project("GET", "/server-ip"))

    async def media_servers(self, application_id: str) -> list[Host]:
        """An application's media servers."""
        return [Host.from_wire(each) for each in await self.in_project("GET", _hosts(application_id))]

    async def media_server(self, application_id: str, hostname: str) -> Host:
        """One of an application's media servers."""
        return Host.from_wire(await self.in_project("GET", f"{_hosts(application_id)}/{part(hostname)}"))

    async def add_media_server(self, application_id: str) -> None:
        """Add a media server; it is there once its status says so."""
        await self.in_project("POST", _hosts(application_id))

    async def remove_media_server(self, application_id: str, hostname: str | None = None) -> None:
        """Remove a media server: a certain one, or any."""
        path = _hosts(application_id)
        await self.in_project("DELETE", path if hostname is None else f"{path}/{part(hostname)}")

    async def start_media_server(self, application_id: str, hostname: str) -> None:
        """Start a stopped media server."""
        await self.in_project("PUT", f"{_hosts(application_id)}/{part(hostname)}/start")

    async def stop_media_server(self, application_id: str, hostname: str) -> None:
        """Stop a running media server."""
        await self.in_project("PUT", f"{_hosts(application_id)}/{part(hostname)}/stop")


def _app(application_id: str) -> str:
    return f"/app/{part(application_id)}"


def _hosts(application_id: str) -> str:
    return f"{_app(application_id)}/media-server"
