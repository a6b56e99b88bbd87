"""Passwords at rest: Argon2id, computed in a thread because it is slow on purpose."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nai.core.threads import in_thread

_hasher = PasswordHasher()

NOBODY = _hasher.hash("the password of nobody")
"""Checked in place of a user who does not exist, so that both answers take as long."""


async def hash_password(password: str) -> str:
    """The encoded Argon2id hash (RFC 9106) of a password."""
    return await in_thread(_hasher.hash, password)


async def verify_password(encoded: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Args:
        encoded: What `hash_password` returned; None for a user who does not exist, which is as slow and never true.
        password: What somebody typed.
    """
    return await in_thread(_verify, encoded, password)


def _verify(encoded: str | None, password: str) -> bool:
    try:
        _hasher.verify(encoded or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return encoded is not None
