"""Who sees and changes what. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nai.core.errors import ForbiddenError, UnauthorizedError

if TYPE_CHECKING:
    from nai.marketplace.people import Caller
    from nai.marketplace.settings import Who


def check_may(caller: Caller, who: Who, what: str) -> None:
    """Refuse who has to log in first.

    Raises:
        UnauthorizedError: Nobody is logged in, and somebody has to be.
    """
    if who == "logged_in" and not caller.is_logged_in:
        raise UnauthorizedError(f"One has to be logged in to {what} here: send a token of the PaaS manager")


def check_may_change(caller: Caller, owner_id: str, shared_by: str, writers: Who) -> None:
    """Refuse who is neither the owner of an application nor an administrator; what nobody owns is anybody's who writes.

    Raises:
        ForbiddenError: The caller may not.
    """
    if caller.is_administrator or (owner_id and caller.id == owner_id):
        return
    if owner_id:
        raise ForbiddenError(f"Only {shared_by}, who has shared it, and administrators may change or delete it")
    if writers != "anyone":
        raise ForbiddenError("Nobody in particular has shared it; only administrators may change or delete it")
