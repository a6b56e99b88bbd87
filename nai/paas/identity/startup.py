"""What has to exist before the first request: the administrator and the administrators' project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from nai.catalogue import RoleEnum
from nai.catalogue.applications import PaasProject, PaasRole, PaasUser
from nai.core.passwords import hash_password, verify_password
from nai.paas.identity.projects import add_project, project_named
from nai.paas.identity.roles import ADMIN
from nai.paas.identity.users import add_user, find_user, user_row
from nai.paas.tables import TokenRow

if TYPE_CHECKING:
    from nai.core.database import Database
    from nai.paas.settings import PaasSettings


async def ensure_identities(database: Database, settings: PaasSettings) -> None:
    """Make the user and the project `admin`, if they are missing.

    The administrator's password is that of the settings whenever those say another one than at the last start; a
    password that was changed through the API stays until then.
    """
    configured = settings.admin_password.get_secret_value()
    async with database.session() as session:
        if await project_named(session, ADMIN) is None:
            await add_project(session, PaasProject(name=ADMIN, description="From here everything is seen"))
        row = await find_user(session, ADMIN)
        taken_over = row.configured_hash if row is not None else ""
    if taken_over and await verify_password(taken_over, configured):
        return
    hashed = await hash_password(configured)
    async with database.session() as session:
        if await find_user(session, ADMIN) is None:
            role = PaasRole(role=RoleEnum.ADMIN, project=ADMIN)
            await add_user(session, PaasUser(username=ADMIN, enabled=True, roles=[role]), hashed)
        row = await user_row(session, ADMIN)
        row.password_hash = row.configured_hash = hashed
        await session.execute(delete(TokenRow).where(TokenRow.user_id == row.id))
