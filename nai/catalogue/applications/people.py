"""Users and projects of the PaaS, which differ from the orchestrator's: a project names its users."""

from __future__ import annotations

from nai.catalogue.security import RoleEnum
from nai.core.wire import WireModel, wire


class PaasQuota(WireModel):
    """What the applications of a project may use in all; absent fields are not limited.

    Attributes:
        applications: How many there may be.
        instances: How many media servers they may have together, at their limits.
        replicas: How many containers they and their services may have together.
    """

    applications: int | None = None
    instances: int | None = None
    replicas: int | None = None


class PaasProject(WireModel):
    """A project: applications, and who may do what with them."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    users: dict[str, RoleEnum] = {}
    quota: PaasQuota | None = None


class PaasRole(WireModel):
    """A user's role in a project, given by the project's name."""

    id: str | None = None
    role: RoleEnum | None = None
    project: str | None = None


class PaasUser(WireModel):
    """A user; the password only ever comes in."""

    id: str | None = None
    username: str | None = None
    password: str | None = None
    enabled: bool = False
    email: str | None = None
    roles: list[PaasRole] = []


class ChangePassword(WireModel):
    """The body of PUT /users/changepwd."""

    old_password: str | None = wire("old_pwd")
    new_password: str | None = wire("new_pwd")
