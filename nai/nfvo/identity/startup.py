"""What has to exist before the first request: the administrator and the default project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import Project, Role, RoleEnum, User
from nai.core.passwords import hash_password, verify_password
from nai.nfvo.identity.roles import ANY_PROJECT
from nai.nfvo.store.projects import projects
from nai.nfvo.store.users import add_user, find_user, user_row

if TYPE_CHECKING:
    from nai.core.database import Database
    from nai.nfvo.settings import NfvoSettings

ADMINISTRATOR = "admin"


async def ensure_identities(database: Database, settings: NfvoSettings) -> None:
    """Make the administrator and the default project, if they are missing.

    The administrator's password is that of the settings whenever those say another one than at the last start; a
    password that was changed through the API stays until then.
    """
    configured = settings.admin_password.get_secret_value()
    async with database.session() as session:
        if await projects.named(session, settings.default_project) is None:
            await projects.add_new(session, Project(name=settings.default_project, description="default project"))
        row = await find_user(session, ADMINISTRATOR)
        taken_over = row.configured_hash if row is not None else ""
    if taken_over and await verify_password(taken_over, configured):
        return
    hashed = await hash_password(configured)
    async with database.session() as session:
        if await find_user(session, ADMINISTRATOR) is None:
            everything = Role(role=RoleEnum.ADMIN, project=ANY_PROJECT)
            await add_user(session, User(username=ADMINISTRATOR, enabled=True, roles=[everything]), hashed)
        row = await user_row(session, ADMINISTRATOR)
        row.password_hash = hashed
        row.configured_hash = hashed
