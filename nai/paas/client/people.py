"""Users and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue.applications import PaasProject, PaasUser
from nai.paas.client.session import PaasSession, part

if TYPE_CHECKING:
    from collections.abc import Sequence

USERS, PROJECTS = "/api/v1/users", "/api/v1/projects"


class PeopleOperations(PaasSession):
    """What administrators do, and everybody with the own account."""

    async def users(self) -> list[PaasUser]:
        """All users."""
        return await self._list(USERS, PaasUser)

    async def user(self, username: str) -> PaasUser:
        """A user by name."""
        return PaasUser.from_wire(await self.send("GET", f"{USERS}/{part(username)}"))

    async def current_user(self) -> PaasUser:
        """The user who asks."""
        return PaasUser.from_wire(await self.send("GET", f"{USERS}/current"))

    async def create_user(self, user: PaasUser) -> PaasUser:
        """Make a user, with the password of the document."""
        return PaasUser.from_wire(await self.send("POST", USERS, json=user.to_wire()))

    async def update_user(self, username: str, change: PaasUser) -> PaasUser:
        """Change what the document has of a user's mail address, roles, password, and whether the user may log in."""
        return PaasUser.from_wire(await self.send("PUT", f"{USERS}/{part(username)}", json=change.to_wire()))

    async def delete_user(self, username: str) -> None:
        """Delete a user by name."""
        await self.send("DELETE", f"{USERS}/{part(username)}")

    async def delete_users(self, ids: Sequence[str]) -> None:
        """Delete users by ids or names, all of them or none."""
        await self.send("POST", f"{USERS}/multipledelete", json=list(ids))

    async def change_password(self, old: str, new: str) -> None:
        """Change the own password."""
        await self.send("PUT", f"{USERS}/changepwd", json={"old_pwd": old, "new_pwd": new})
        if self._username:
            self._password = new

    async def reset_password(self, username: str, password: str) -> PaasUser:
        """Set a user's password."""
        answer = await self.send("PUT", f"{USERS}/{part(username)}/reset", json={"password": password})
        return PaasUser.from_wire(answer)

    async def register(self, user: PaasUser) -> PaasUser:
        """Make a disabled user without being logged in."""
        return PaasUser.from_wire(await self.send_as_nobody("POST", "/register", json=user.to_wire()))

    async def project(self, project_id: str) -> PaasProject:
        """A project by id."""
        return PaasProject.from_wire(await self.send("GET", f"{PROJECTS}/{part(project_id)}"))

    async def create_project(self, project: PaasProject) -> PaasProject:
        """Make a project, with its users' roles."""
        return PaasProject.from_wire(await self.send("POST", PROJECTS, json=project.to_wire()))

    async def update_project(self, project_id: str, change: PaasProject) -> PaasProject:
        """Change a project; its users and its quota where the document has them."""
        answer = await self.send("PUT", f"{PROJECTS}/{part(project_id)}", json=change.to_wire())
        return PaasProject.from_wire(answer)

    async def delete_project(self, project_id: str) -> None:
        """Delete a project that has no applications any more."""
        await self.send("DELETE", f"{PROJECTS}/{part(project_id)}")

    async def delete_projects(self, ids: Sequence[str]) -> None:
        """Delete projects, all of them or none."""
        await self.send("POST", f"{PROJECTS}/multipledelete", json=list(ids))

    async def marketplace_address(self) -> str:
        """Host and port of the marketplace as browsers reach it."""
        return str(await self.send_as_nobody("GET", "/api/v1/nubomedia/config"))
