"""Log-ins of the orchestrator's users: what `nai.core.logins` needs to know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.catalogue import User
from nai.core.login_guard import LoginGuard
from nai.core.logins import Account, Logins
from nai.nfvo.store.users import find_user, read_user
from nai.nfvo.tables import TokenRow, UserRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.core.clock import Clock
    from nai.core.database import Database
    from nai.nfvo.settings import NfvoSettings


class UserAccounts:
    """Finds users for log-ins."""

    async def named(self, session: AsyncSession, username: str) -> Account[User] | None:
        """Return the account of a user name, or None."""
        return _account(await find_user(session, username))

    async def by_id(self, session: AsyncSession, identifier: str) -> Account[User] | None:
        """Return the account of an id, or None."""
        return _account(await session.get(UserRow, identifier))


def open_logins(database: Database, clock: Clock, settings: NfvoSettings) -> Logins[User]:
    """Return the log-ins of the orchestrator's users."""
    return Logins(database, clock, LoginGuard(clock), UserAccounts(), TokenRow, float(settings.token_seconds))


def _account(row: UserRow | None) -> Account[User] | None:
    if row is None:
        return None
    user = read_user(row)
    return Account(row.id, row.password_hash, bool(user.enabled), user)
