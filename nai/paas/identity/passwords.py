"""What a password of a user may be."""

from __future__ import annotations

from nai.core.passwords import hash_password
from nai.paas.errors import FieldsError

FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 1024


async def hashed(password: str | None, field: str = "password") -> str:
    """The hash of a password that somebody has chosen.

    Args:
        password: The password; None: none was given.
        field: What the request calls it.

    Raises:
        FieldsError: It is missing, too short or too long.
    """
    if not password or not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise FieldsError({field: f"a password has {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters"})
    return await hash_password(password)
