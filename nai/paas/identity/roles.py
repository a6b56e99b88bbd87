"""What a role allows: a guest reads, a user has the project, an administrator has everything (seed 3.4.1.3). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import RoleEnum
from nai.core.errors import ForbiddenError

if TYPE_CHECKING:
    from nai.catalogue.applications import PaasUser

ADMIN = "admin"
"""The user and the project that always exist; from the project everything is seen."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_administrator(user: PaasUser) -> bool:
    """Whether a user administers everything: role ADMIN in any project, as in the original."""
    return any(role.role is RoleEnum.ADMIN for role in user.roles)


def role_in(user: PaasUser, project_name: str) -> RoleEnum | None:
    """A user's strongest role in a project, or None; an administrator's is ADMIN everywhere."""
    if is_administrator(user):
        return RoleEnum.ADMIN
    order = list(RoleEnum)
    held = [role.role for role in user.roles if role.role and role.project == project_name]
    return max(held, key=order.index, default=None)


def check_access(user: PaasUser, project_name: str, method: str) -> None:
    """Refuse what the user's role in a project does not allow.

    Raises:
        ForbiddenError: There is no role in it, or it is GUEST, which only reads.
    """
    role = role_in(user, project_name)
    if role is None:
        raise ForbiddenError(f"The user {user.username} has no role in the project {project_name}")
    if role is RoleEnum.GUEST and method not in READING:
        raise ForbiddenError("Guest is only allowed to execute GET")
