"""Opaque tokens: a random text for the client, only its digest in the database."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A token with 256 bits of randomness, safe in a header and in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal. A token is random, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
