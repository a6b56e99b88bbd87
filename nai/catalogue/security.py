"""Who may do what where: keys, projects, users and their roles; and the descriptors' security sections."""

from __future__ import annotations

from enum import StrEnum

from nai.catalogue.quotas import Quota
from nai.core.wire import WireModel, wire


class RoleEnum(StrEnum):
    """What a user may do in a project, least first."""

    GUEST = "GUEST"
    USER = "USER"
    ADMIN = "ADMIN"


class Security(WireModel):
    """The security section of a descriptor: opaque here, kept as it came."""

    id: str | None = None
    version: int = 0


class Key(WireModel):
    """The public half of a key pair that instances accept."""

    id: str | None = None
    name: str | None = None
    project_id: str | None = wire("projectId")
    public_key: str | None = wire("publicKey")
    fingerprint: str | None = None


class Project(WireModel):
    """A project: what is in one cannot be seen from another."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    quota: Quota | None = None


class Role(WireModel):
    """A user's role in a project, given by the project's name; `*` stands for all of them."""

    id: str | None = None
    role: RoleEnum | None = None
    project: str | None = None


class User(WireModel):
    """A user; the password only ever comes in."""

    id: str | None = None
    username: str | None = None
    password: str | None = None
    enabled: bool = False
    email: str | None = None
    roles: list[Role] = []
