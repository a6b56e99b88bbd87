"""What a user's roles allow. A role names its project by name; `*` means every project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import RoleEnum
from nai.core.errors import ForbiddenError

if TYPE_CHECKING:
    from nai.catalogue import User

ANY_PROJECT = "*"

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_administrator(user: User) -> bool:
    """Say whether a user administers everything: role ADMIN on `*`."""
    return any(role.role is RoleEnum.ADMIN and role.project == ANY_PROJECT for role in user.roles)


def role_in(user: User, project_name: str) -> RoleEnum | None:
    """Return a user's strongest role in a project, or None."""
    order = list(RoleEnum)
    held = [role.role for role in user.roles if role.role and role.project in (project_name, ANY_PROJECT)]
    return max(held, key=order.index, default=None)


def check_access(user: User, project_name: str, method: str) -> None:
    """Refuse a request that the user's role in the project does not allow.

    Raises:
        ForbiddenError: there is no role in it, or it is GUEST, which only reads.
    """
    role = role_in(user, project_name)
    if role is None:
        message = f"the user {user.username} has no role in the project {project_name}"
        raise ForbiddenError(message)
    if role is RoleEnum.GUEST and method not in READING:
        message = f"a guest of the project {project_name} may only read"
        raise ForbiddenError(message)
